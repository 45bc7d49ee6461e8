// The accept/reject cases of tests/fixtures/cases over raw HTTP: the proxy judges as the wasm does, and sends what was accepted.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { raise } from './stage.mjs';

const ROUTES = {
  issueCard: 'ingo/cards/issue',
  activateCard: 'ingo/cards/activate',
  freezeCard: 'ingo/cards/freeze',
  unfreezeCard: 'ingo/cards/unfreeze',
  reissueCard: 'ingo/cards/reissue',
  listCards: 'ingo/cards',
  createCard: 'pintopay/cards/create',
  checkOrder: 'pintopay/orders/check',
  getCard: 'pintopay/cards/get',
  listOrders: 'pintopay/orders',
};
const folder = join(import.meta.dirname, '../fixtures/cases');

let stage;
before(async () => (stage = await raise({ pintopay: { speed: 1 } })));
after(() => stage.down());

/** Sends a case as a page would, or nothing where HTTP cannot say it. */
async function ask(one) {
  const method = one.operation.split('.')[1];
  const url = `${stage.proxy.url}/api/${ROUTES[method]}`;
  if (method.startsWith('list')) {
    // A query holds text alone; what else an input may be is not said this way.
    const { input } = one;
    if (input === undefined || input === null || typeof input !== 'object' || Array.isArray(input)) return undefined;
    if (!Object.entries(input).every(([name, value]) => typeof value === 'string' || (name === 'page' && typeof value === 'number'))) return undefined;
    return fetch(`${url}?${new URLSearchParams(one.input)}`, { headers: { 'cardwright-contract': '1', 'sec-fetch-site': 'same-origin' } });
  }
  const key = one.key ?? one.request_key ?? (one.input ?? parsed(one.text))?.idempotent_key;
  return fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'cardwright-contract': '1',
      'sec-fetch-site': 'same-origin',
      'idempotency-key': encodable(key) ? key : randomUUID(),
      'accept-notices': 'old_card_ends',
    },
    body: one.text ?? JSON.stringify(one.input),
  });
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A key that a header can carry as it is. */
const encodable = (key) => typeof key === 'string' && /^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/.test(key);

/** Answers that say of the body as a whole what an issue says of an input. */
const WHOLE = { not_json: 'not_json', request_too_large: 'input_too_large' };

let judged = 0;
for (const file of readdirSync(folder).sort()) {
  test(file, async () => {
    for (const one of JSON.parse(readFileSync(join(folder, file), 'utf8')).cases) {
      if (one.key !== undefined && !encodable(one.key)) continue;
      const answer = await ask(one);
      if (answer === undefined) continue;
      judged += 1;
      const said = await answer.json();
      if (one.accepts === undefined) {
        const issues = WHOLE[said.code] ? [{ path: [], code: WHOLE[said.code] }] : said.issues?.map(({ path, code }) => ({ path, code }));
        assert.deepEqual(issues, one.issues, `${one.name}: ${said.code}`);
        assert.equal(said.outcome, 'not_sent', one.name);
        continue;
      }
      assert.ok(answer.status === 200 || said.code === 'issuer_rejected', `${one.name}: ${JSON.stringify(said)}`);
      if (one.operation.includes('.list')) continue;
      const { payload, body_base64 } = (await stage.ledger()).requests.at(-1);
      // What the proxy adds is no part of the request: a key for what is keyed, a timestamp for what is sealed.
      const { idempotent_key, idempotency_key, request_timestamp, ...sent } = payload ?? JSON.parse(Buffer.from(body_base64, 'base64'));
      assert.deepEqual(sent, one.accepts, one.name);
      const keyed = ['ingo.issueCard', 'pintopay.createCard'].includes(one.operation);
      assert.equal((idempotent_key ?? idempotency_key) !== undefined, keyed, 'only a keyed operation carries a key');
      assert.equal(request_timestamp !== undefined, one.operation.startsWith('pintopay.'));
    }
  });
}

test('at least 250 cases were judged, and no refused one reached the issuer', async (context) => {
  context.diagnostic(`${judged} cases judged by the proxy`);
  assert.ok(judged >= 250, `${judged}`);
  const { requests } = await stage.ledger();
  assert.ok(requests.every(({ refusal }) => !['invalid_field', 'invalid_body', 'invalid_request'].includes(refusal)), 'the issuer found nothing wrong with any of them');
});
