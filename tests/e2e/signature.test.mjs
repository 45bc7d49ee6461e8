// The signature, checked by Node's crypto on requests the proxy really sent, as the issuer's ledger received them.

import assert from 'node:assert/strict';
import { createHash, createHmac, randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { USER, raise } from './stage.mjs';

let stage;
before(async () => (stage = await raise()));
after(() => stage.down());

const call = (route, body) =>
  fetch(`${stage.proxy.url}/api/ingo/cards/${route}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'cardwright-contract': '1', 'sec-fetch-site': 'same-origin', 'idempotency-key': randomUUID() },
    body: JSON.stringify(body),
  });

test('each operation is signed over the exact bytes sent', async () => {
  const issued = await (await call('issue', { user_id: USER, card_type: 'virtual' })).json();
  const card = { user_id: USER, id: issued.data.card?.id ?? issued.data.items[0].id };
  const reason = 'Überprüfung: "quoted" \\ 😀';
  for (const [route, body] of [['freeze', { ...card, reason }], ['unfreeze', card], ['activate', card], ['reissue', { ...card, reuse_pan: true }]]) {
    assert.equal((await call(route, body)).status, 200, route);
  }
  const { requests } = await stage.ledger();
  assert.equal(requests.length, 5);
  for (const { request_line, headers, body_base64, api_key_present, accepted } of requests) {
    const body = Buffer.from(body_base64, 'base64');
    const digest = createHash('sha512').update(body).digest('base64');
    const [, names, signature] = /^hmac username="[^"]+", algorithm="hmac-sha512", headers="([^"]+)", signature="([^"]+)"$/.exec(headers.authorization);
    assert.equal(names, 'request-line x-date content-type content-sha512 content-length');
    assert.equal(headers['content-sha512'], digest);
    assert.equal(headers['content-length'], String(body.length));
    const lines = names.split(' ').map((name) => (name === 'request-line' ? request_line : `${name}: ${headers[name]}`));
    assert.equal(signature, createHmac('sha512', stage.secrets.secret).update(lines.join('\n')).digest('base64'));
    assert.match(request_line, /^POST \/api\/v[34]\/user\/routable-cards\/[a-z]+ HTTP\/1\.1$/);
    assert.ok(Math.abs(Date.parse(headers['x-date']) - Date.now()) < 60_000);
    assert.deepEqual([api_key_present, accepted], [true, true]);
  }
});

test('another secret gives another signature: the check can fail', async () => {
  const { requests } = await stage.ledger();
  const { headers, request_line } = requests[0];
  const [, names, signature] = /headers="([^"]+)", signature="([^"]+)"/.exec(headers.authorization);
  const lines = names.split(' ').map((name) => (name === 'request-line' ? request_line : `${name}: ${headers[name]}`));
  assert.notEqual(signature, createHmac('sha512', `${stage.secrets.secret}x`).update(lines.join('\n')).digest('base64'));
});
