// Pages that are not ours, in a real browser: another site's, a sibling subdomain's, and frames without an origin. Whatever they
// try, nothing gets to the issuer; the page itself works.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, createServer as createTcpServer } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { issueButton, issueForm, choose, issued, press } from './demo-page.mjs';
import { raise, STEP_LIMIT_MS, TEST_LIMIT_MS, USER } from './stage.mjs';

// Browsers take names below localhost for as trustworthy as https, and send fetch metadata. `cards.localhost` is a site of its own.
const OURS = 'app.cards.localhost';
const SIBLING = 'evil.cards.localhost';
const FOREIGN = 'evil.example';

const BODY = JSON.stringify({ user_id: USER, card_type: 'virtual' });

/** Runs in the attacking page: makes one attempt, and never tells more than that it is over. */
async function attempt({ name, target, body, here }) {
  const url = `${target}/api/ingo/cards/issue`;
  const key = `forged-${name}-0123456789`.slice(0, 64);
  const ours = { 'cardwright-contract': '1', 'idempotency-key': key, 'content-type': 'application/json' };
  const send = (more, at = url) => fetch(at, { method: 'POST', body, credentials: 'include', ...more });
  const submit = (enctype, fields, method = 'POST') => {
    const frame = Object.assign(document.createElement('iframe'), { name: `to-${name}` });
    const form = Object.assign(document.createElement('form'), { method, action: url, target: frame.name, enctype });
    for (const [field, value] of Object.entries(fields)) form.append(Object.assign(document.createElement('input'), { name: field, value }));
    document.body.append(frame, form);
    form.submit();
    return new Promise((resolve) => frame.addEventListener('load', resolve));
  };
  const load = (element, attribute) => new Promise((resolve) => {
    const made = document.createElement(element);
    made.onload = made.onerror = resolve;
    made[attribute] = url;
    document.body.append(made);
  });
  const fields = { user_id: 'user-8f3a2b1c-0e44-4f2d-9a11-7b23cc90d1ef', card_type: 'virtual', 'Idempotency-Key': key, _method: 'POST' };
  const attempts = {
    'no-cors-text': () => send({ mode: 'no-cors' }),
    'no-cors-json': () => send({ mode: 'no-cors', headers: ours }),
    'no-cors-form': () => send({ mode: 'no-cors', body: new URLSearchParams(fields) }),
    'no-cors-multipart': () => send({ mode: 'no-cors', body: Object.entries(fields).reduce((form, [field, value]) => (form.append(field, value), form), new FormData()) }),
    'cors-plain': () => send({}),
    'cors-headers': () => send({ headers: ours }),
    'cors-override': () => fetch(url, { headers: { ...ours, 'x-http-method-override': 'POST' }, credentials: 'include' }),
    'redirected': () => send({ mode: 'no-cors' }, `${here}/redirect?to=${encodeURIComponent(url)}`),
    'beacon': async () => navigator.sendBeacon(url, new Blob([body], { type: 'text/plain' })),
    'beacon-json': async () => navigator.sendBeacon(url, new Blob([body], { type: 'application/json' })),
    'xhr': () => new Promise((resolve) => {
      const request = new XMLHttpRequest();
      request.onloadend = resolve;
      request.open('POST', url);
      request.withCredentials = true;
      request.send(body);
    }),
    'form-urlencoded': () => submit('application/x-www-form-urlencoded', fields),
    'form-multipart': () => submit('multipart/form-data', fields),
    // A form whose text is JSON: the name is its beginning, the value its end.
    'form-text': () => submit('text/plain', { [`${body.slice(0, -1)},"x":"`]: '"}' }),
    'form-get': () => submit('application/x-www-form-urlencoded', fields, 'GET'),
    'image': () => load('img', 'src'),
    'script': () => load('script', 'src'),
    'frame': () => load('iframe', 'src'),
    'read': () => fetch(`${target}/api/me`, { mode: 'no-cors', credentials: 'include' }),
    'freeze': () => send({ mode: 'no-cors' }, `${target}/api/ingo/cards/freeze`),
  };
  if (!name) return Object.keys(attempts);
  const late = new Promise((resolve) => setTimeout(resolve, 5_000));
  await Promise.race([late, Promise.resolve().then(attempts[name]).catch(() => {})]);
}

/** Forwards every byte, so that the proxy's port is known before it starts. */
async function forward() {
  const server = createTcpServer((from) => {
    const to = connect(server.to);
    for (const socket of [from, to]) socket.on('error', () => [from, to].forEach((end) => end.destroy()));
    from.pipe(to).pipe(from);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return server;
}

/** Pages of an attacker, under every name that leads here. */
async function attacker() {
  const server = createServer((request, response) => {
    const url = new URL(request.url, 'http://attacker');
    if (url.pathname === '/redirect') return response.writeHead(307, { location: url.searchParams.get('to') }).end();
    const frame = `<iframe sandbox="allow-scripts allow-forms" src="/page"></iframe>`;
    response.writeHead(200, { 'content-type': 'text/html' }).end(`<!doctype html><title>x</title><body>${url.pathname === '/framed' ? frame : ''}`);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return server;
}

describe('pages that are not ours', { timeout: 3 * TEST_LIMIT_MS }, () => {
  let stage;
  let ours;
  let theirs;
  before(async () => {
    [ours, theirs] = await Promise.all([forward(), attacker()]);
    stage = await raise({
      proxy: { CARDWRIGHT_ALLOWED_HOST: `${OURS}:${ours.address().port}` },
      browserArguments: [`--host-resolver-rules=MAP *.localhost 127.0.0.1, MAP ${FOREIGN} 127.0.0.1`],
    });
    ours.to = Number(new URL(stage.proxy.url).port);
  });
  after(async () => {
    await stage?.down();
    ours?.close();
    theirs?.close();
  });

  /** What the proxy has answered so far: a line of its log for each request. */
  const answered = () => stage.proxy.log.split('\n').filter((line) => line.includes('"answered"')).map((line) => JSON.parse(line));

  test('none of sixty forged requests gets to the issuer, and the page works', async () => {
    const target = `http://${OURS}:${ours.address().port}`;
    let made = 0;
    for (const host of [FOREIGN, SIBLING]) {
      const here = `http://${host}:${theirs.address().port}`;
      for (const framed of [false, true]) {
        const context = await stage.browser.newContext();
        const page = await context.newPage();
        page.setDefaultTimeout(STEP_LIMIT_MS);
        // A session of ours is open beside it, and what the sibling can set is set.
        await page.goto(target);
        await context.addCookies([{ name: 'session', value: 'tossed', domain: SIBLING.split('.').slice(1).join('.'), path: '/' }]);
        await page.goto(`${here}/${framed ? 'framed' : 'page'}`);
        const frame = framed ? page.frames().find((frame) => frame.url().endsWith('/page')) : page.mainFrame();
        assert.equal(await frame.evaluate(() => origin), framed ? 'null' : here);
        const names = await frame.evaluate(attempt, {});
        await Promise.all(names.map((name) => frame.evaluate(attempt, { name, target, body: BODY, here })));
        made += names.length;
        // As an address that is opened.
        await page.goto(`${target}/api/ingo/cards/issue`).catch(() => {});
        made += 1;
        await context.close();
      }
    }
    assert.ok(made >= 60, `${made}`);
    const { cards, requests } = await stage.ledger();
    assert.deepEqual([cards.length, requests.length], [0, 0]);

    // The control: they did get to the proxy, which refused them.
    const codes = answered().filter(({ status }) => status >= 400).map(({ code }) => code);
    assert.ok(codes.length >= 40, `${codes.length} of ${made} got to the proxy: ${codes}`);
    assert.ok(codes.filter((code) => code === 'cross_site').length >= 40, `${codes}`);
    // Our own page beside them has read its lists.
    const passed = answered().filter(({ operation, status }) => operation && status < 400 && !/\.list/.test(operation));
    assert.deepEqual(passed, []);

    const page = await stage.newPage({ at: target });
    await choose(issueForm(page), 'Virtual');
    await press(issueButton(page));
    await issued(page);
    assert.equal((await stage.ledger()).cards.length, 1);
    console.log(`# ${made} forged requests in Chromium, ${codes.length} got to the proxy, 0 to the issuer`);
    await page.context().close();
  });
});
