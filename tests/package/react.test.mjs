// `cardwright/react` in Chromium: one form instance, one intent, one card.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { chromium } from 'playwright-core';
import { BROWSER_ARGUMENTS, raise } from '../e2e/stage.mjs';
import { folder, load, project, require } from './installed.mjs';
import { CARD, USER, VIRTUAL } from './issuer.mjs';

const OTHER = USER.replace('8f3a', '9f3a');
const ISSUE = { operation: 'ingo.issueCard', values: VIRTUAL };
const { fakeProxy } = await load('testing');

for (const name of ['react', 'react-dom', 'scheduler']) symlinkSync(join(import.meta.dirname, 'node_modules', name), join(project, 'node_modules', name));

/** The page with everything in it. */
function bundled() {
  const input = join(project, 'react-page.jsx');
  writeFileSync(input, readFileSync(join(import.meta.dirname, 'pages/react.jsx')));
  const esbuild = join(import.meta.dirname, '../../pkg/node_modules/.bin/esbuild');
  const settings = ['--bundle', '--format=esm', '--jsx=automatic', '--define:process.env.NODE_ENV="development"', '--preserve-symlinks', '--log-level=error'];
  return execFileSync(esbuild, [input, ...settings], { cwd: project, encoding: 'utf8', maxBuffer: 2 ** 26 });
}

const script = bundled();
let browser;
before(async () => (browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: BROWSER_ARGUMENTS })));
after(() => browser?.close());

/** A page in front of a proxy: what arrives there is kept, and can be held up. */
async function open(answer) {
  const page = await browser.newPage();
  page.setDefaultTimeout(15_000);
  const found = { page, requests: [], complaints: [], gate: undefined };
  page.on('pageerror', (error) => found.complaints.push(error.message));
  page.on('console', (message) => ['error', 'warning'].includes(message.type()) && found.complaints.push(message.text()));
  await page.route('http://localhost/**', (route) => route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>form</title><link rel="icon" href="data:,"><main></main><script type="module" src="/page.js"></script>' }));
  await page.route('http://localhost/page.js', (route) => route.fulfill({ contentType: 'text/javascript', body: script }));
  await page.route('http://localhost/api/**', async (route) => {
    const request = route.request();
    const headers = await request.allHeaders();
    const made = new Request(request.url(), { method: request.method(), headers, body: request.postData() });
    found.requests.push({ method: request.method(), key: headers['idempotency-key'], body: request.postData(), headers });
    const response = await answer(made);
    await found.gate;
    // The page may have left.
    await route.fulfill({ status: response.status, headers: Object.fromEntries(response.headers), body: await response.text() }).catch(() => {});
  });
  await page.goto('http://localhost/');
  await page.waitForFunction(() => typeof window.show === 'function');
  return Object.assign(found, {
    show: (given) => page.evaluate((given) => window.show(given), given),
    leave: () => page.evaluate(() => window.leave()),
    panel: () => page.evaluate(() => window.panel()),
    press: (name) => page.getByRole('button', { name, exact: true }).click(),
    type: (text) => page.locator('input').fill(text),
    state: async () => JSON.parse(await page.locator('output').innerText()),
    /** Waits until the form shows this. */
    shows: (text) => page.locator('output').filter({ hasText: text }).waitFor(),
    /** Waits until the form shows this status, and gives all it shows. */
    async reaches(status) {
      await page.waitForFunction((status) => JSON.parse(document.querySelector('output')?.textContent || '{}').status === status, status);
      return found.state();
    },
    sends: () => found.requests.filter(({ method }) => method === 'POST'),
    hold() {
      let go;
      found.gate = new Promise((resolve) => (go = resolve));
      return () => ((found.gate = undefined), go());
    },
    async close() {
      await page.unrouteAll({ behavior: 'ignoreErrors' });
      await page.close();
      assert.deepEqual(found.complaints.filter((text) => !/Failed to load resource/.test(text)), []);
    },
  });
}

/** A test with a page in front of a fake proxy. */
function paged(name, run) {
  test(name, async () => {
    const proxy = fakeProxy();
    const view = await open((request) => proxy.handler({ request }));
    await run(view, proxy);
    await view.close();
  });
}

paged('a double click, Enter and click, and what is typed in between are one card', async (view, proxy) => {
  await view.show(ISSUE);
  assert.deepEqual(await view.state(), { status: 'idle', notices: [], isStable: true });
  const go = view.hold();
  await view.page.getByRole('button', { name: 'Send' }).dblclick();
  await view.page.locator('input').press('Enter');
  await view.type(OTHER);
  await view.page.locator('input').press('Enter');
  assert.equal((await view.state()).status, 'sending');
  go();
  const { card, isStable } = await view.reaches('done');
  await view.press('Send');
  assert.equal((await view.state()).card, card, 'done stays done, whatever the values');
  assert.deepEqual([proxy.ledger.cards.map(({ id }) => id), view.requests.length, isStable], [[card], 1, true]);

  await view.press('Start new');
  assert.equal((await view.state()).status, 'idle');
  await view.press('Send');
  assert.notEqual((await view.reaches('done')).card, card);
  assert.equal(proxy.ledger.cards.length, 2);
});

paged('the double effects of StrictMode are one card, and its answer is shown', async (view, proxy) => {
  await view.show({ ...ISSUE, isStrict: true, sendsAtOnce: true });
  await view.reaches('done');
  assert.deepEqual([proxy.ledger.cards.length, view.requests.length], [1, 1]);
  assert.ok(!(await view.page.evaluate(() => window.states)).includes('unknown'));
});

paged('to start new while one is under way does nothing', async (view, proxy) => {
  await view.show(ISSUE);
  const go = view.hold();
  await view.press('Send');
  await view.press('Start new');
  await view.type(OTHER);
  await view.press('Send');
  assert.equal((await view.state()).status, 'sending');
  go();
  await view.reaches('done');
  assert.deepEqual([view.requests.length, proxy.ledger.cards.length], [1, 1]);
});

paged('unmounting ends the waiting, and never the claim', async (view, proxy) => {
  await view.show(ISSUE);
  const go = view.hold();
  const cancelled = view.page.waitForEvent('requestfailed');
  await view.press('Send');
  await view.page.waitForFunction(() => window.states.at(-1) === 'sending');
  while (proxy.ledger.cards.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  const before = await view.page.evaluate(() => window.states.length);
  await view.leave();
  assert.match((await cancelled).failure().errorText, /ERR_ABORTED/);
  go();
  assert.equal(await view.page.evaluate(() => window.states.length), before, 'nothing is rendered any more');

  await view.show(ISSUE);
  await view.press('Send');
  const { card } = await view.reaches('done');
  assert.deepEqual(proxy.ledger.cards.map(({ id }) => id), [card], 'who comes back finds the card');
  assert.equal(new Set(view.sends().map(({ key }) => key)).size, 1);
});

paged('after unknown nothing is sent until it is known what became of it', async (view, proxy) => {
  proxy.fail('ingo.issueCard', 'unknown');
  await view.show(ISSUE);
  await view.press('Send');
  assert.equal((await view.reaches('unknown')).code, 'issuer_timeout');
  for (const user of [USER, OTHER]) {
    await view.type(user);
    await view.press('Send');
    assert.deepEqual(await view.state(), { status: 'unknown', code: 'cannot_revise', outcome: 'unknown', notices: [], isStable: true });
  }
  assert.equal(view.requests.length, 1);
  await view.press('Find out');
  const { card } = await view.reaches('done');
  assert.deepEqual([view.sends().length, proxy.ledger.cards.map(({ id }) => id)], [1, [card]]);
});

paged('a form that shows unknown sends nothing else, whatever another form has seen of the same intent', async (view, proxy) => {
  proxy.fail('ingo.issueCard', 'unknown');
  await view.show({ ...ISSUE, count: 2 });
  const forms = view.page.locator('form');
  const shows = (nth, text) => forms.nth(nth).locator('output').filter({ hasText: text }).waitFor();
  const press = (nth, name) => forms.nth(nth).getByRole('button', { name, exact: true }).click();
  await press(0, 'Send');
  await shows(0, 'issuer_timeout');
  await press(1, 'Send');
  await shows(1, 'done');
  await forms.nth(0).locator('input').fill(OTHER);
  await press(0, 'Send');
  await shows(0, 'cannot_revise');
  await press(0, 'Find out');
  await shows(0, 'done');
  assert.equal(proxy.ledger.cards.length, 1);
});

test('what another part of the page has found out is shown first, and a yes is not carried over to other values', async () => {
  const proxy = fakeProxy();
  let isDown = false;
  const view = await open((request) => (isDown ? new Response('', { status: 502 }) : proxy.handler({ request })));
  const reissue = { operation: 'ingo.reissueCard', values: { user_id: USER, id: CARD, reuse_pan: false } };
  // What waits for a yes, with what it is sent then, and what the other part finds: it never came, or was not done.
  for (const [shown, code, yes, end] of [[reissue, 'confirmation_required', 'accept-notices', 'key_closed'], [ISSUE, 'possible_duplicate', 'confirm-new', 'issuer_rejected']]) {
    await view.show(shown);
    await view.type(USER);
    if (shown === ISSUE) proxy.fail(shown.operation, code);
    await view.press('Send');
    await view.shows(code);
    isDown = shown === reissue;
    if (!isDown) proxy.fail(shown.operation, 'unknown', { effect: false });
    await view.press('Yes');
    await view.reaches('unknown');
    isDown = false;
    assert.deepEqual(await view.panel(), [end]);
    const { length } = view.sends();
    assert.notEqual(view.sends().at(-1).headers[yes], undefined);
    await view.type(OTHER);
    await view.press('Send');
    await view.shows(end);
    assert.equal(view.sends().length, length, 'nothing is sent');
    await view.press('Send');
    await (shown === reissue ? view.shows(code) : view.reaches('done'));
    assert.deepEqual(view.sends().slice(length).map(({ headers }) => headers[yes]), shown === reissue ? [] : [undefined]);
  }
  await view.close();
});

test('what was not sent goes with the client of now, and what may have been sent is asked about by it', async () => {
  const proxy = fakeProxy();
  let token = 'old';
  const view = await open((request) => {
    if (request.headers.get('authorization') === token) return proxy.handler({ request });
    return Response.json({ code: 'unauthenticated', outcome: 'not_sent' }, { status: 401, headers: { 'content-type': 'application/problem+json', 'cardwright-contract': '1' } });
  });
  const as = (token) => view.show({ ...ISSUE, token });
  // A submit.
  await as('none');
  await view.press('Send');
  await view.shows('unauthenticated');
  await as('old');
  await view.press('Send');
  await view.reaches('done');
  assert.equal(proxy.ledger.cards.length, 1);
  // A yes, which stays one.
  await view.press('Start new');
  proxy.fail('ingo.issueCard', 'possible_duplicate');
  await view.press('Send');
  await view.shows('possible_duplicate');
  await as('none');
  await view.press('Yes');
  await view.shows('unauthenticated');
  await as('old');
  await view.press('Send');
  await view.reaches('done');
  assert.deepEqual([view.sends().at(-1).headers['confirm-new'], proxy.ledger.cards.length], ['true', 2]);
  // A question: nothing is sent until it is answered, whatever the answer; what is sent then is another intent.
  for (const [next, settings, end] of [['new', {}, 'done'], ['newer', { effect: false }, 'rejected']]) {
    await view.press('Start new');
    proxy.fail('ingo.issueCard', 'unknown', settings);
    await view.press('Send');
    await view.shows('issuer_timeout');
    token = next;
    const sends = view.sends().length;
    await view.press('Find out');
    await view.shows('unauthenticated');
    assert.equal((await view.state()).status, 'unknown');
    await as(next);
    await view.press('Send');
    await view.shows('cannot_revise');
    await view.press('Find out');
    await view.reaches(end);
    assert.equal(view.sends().length, sends);
  }
  assert.equal(proxy.ledger.cards.length, 3);
  await view.press('Send');
  await view.reaches('done');
  assert.equal(proxy.ledger.cards.length, 4);
  await view.close();
});

paged('what turns out never to have been done can be sent, as a new intent', async (view, proxy) => {
  proxy.fail('ingo.issueCard', 'unknown', { effect: false });
  await view.show(ISSUE);
  await view.press('Send');
  await view.reaches('unknown');
  await view.press('Find out');
  assert.equal((await view.reaches('rejected')).code, 'issuer_rejected');
  await view.press('Send');
  await view.reaches('done');
  const [first, second] = view.sends();
  assert.notEqual(first.key, second.key);
  assert.equal(proxy.ledger.cards.length, 1);
});

paged('after a rejection the next submit is a new intent, with the same values too', async (view, proxy) => {
  proxy.fail('ingo.issueCard', 'rejected', { times: 2, slug: 'user_not_verified' });
  await view.show(ISSUE);
  await view.press('Send');
  assert.equal((await view.reaches('rejected')).outcome, 'rejected');
  await view.type(OTHER);
  const go = view.hold();
  await view.press('Send');
  await view.reaches('sending');
  go();
  await view.reaches('rejected');
  await view.press('Send');
  await view.reaches('done');
  assert.equal(new Set(view.sends().map(({ key }) => key)).size, 3);
  assert.deepEqual(view.sends().map(({ body }) => JSON.parse(body).user_id), [USER, OTHER, OTHER]);
  assert.equal(proxy.ledger.cards.length, 1);
});

paged('what was not sent keeps its key, until the values change or the key is spent', async (view, proxy) => {
  proxy.fail('ingo.issueCard', 'forbidden', { times: 3 });
  await view.show(ISSUE);
  const refused = async (count) => {
    await view.press('Send');
    while (view.sends().length < count) await new Promise((resolve) => setTimeout(resolve, 10));
    assert.equal((await view.reaches('idle')).code, 'forbidden');
  };
  await refused(1);
  await view.press('Yes');
  await view.type(` ${USER} `);
  await refused(2);
  await view.type(OTHER);
  await refused(3);
  proxy.fail('ingo.issueCard', 'key_closed');
  await view.press('Send');
  await view.page.waitForFunction(() => document.querySelector('output').textContent.includes('key_closed'));
  // What is wrong with other values makes no spent key good again.
  await view.type('someone');
  await view.press('Send');
  await view.page.waitForFunction(() => document.querySelector('output').textContent.includes('invalid_request'));
  await view.type(OTHER);
  await view.press('Send');
  await view.reaches('done');
  const [a, b, c, d, e] = view.sends().map(({ key }) => key);
  assert.deepEqual([a === b, b === c, c === d, d === e], [true, false, true, false]);
  assert.equal(proxy.ledger.cards.length, 1);
});

paged('a broken rule sends nothing; a notice waits for a yes', async (view, proxy) => {
  await view.show(ISSUE);
  await view.type('someone');
  await view.press('Send');
  assert.deepEqual(await view.state(), { status: 'idle', code: 'invalid_request', outcome: 'not_sent', notices: [], isStable: true });
  await view.press('Yes');
  await view.press('Find out');
  assert.equal(view.requests.length, 0);

  await view.show({ operation: 'ingo.reissueCard', values: { user_id: USER, id: CARD, reuse_pan: false } });
  assert.equal((await view.state()).status, 'idle', 'another operation is another intent');
  await view.type(USER);
  await view.press('Send');
  await view.page.waitForFunction(() => document.querySelector('output').textContent.includes('old_card_ends'));
  assert.deepEqual([(await view.state()).code, view.requests.length], ['confirmation_required', 0]);
  await view.press('Yes');
  assert.equal((await view.reaches('rejected')).code, 'issuer_rejected', 'there is no such card');
  assert.equal(view.requests.length, 1);
  await view.press('Send');
  await view.reaches('idle');
  assert.equal(view.requests.length, 1, 'a new intent asks again');
});

paged('a possible duplicate is sent once the person says it is meant', async (view, proxy) => {
  proxy.fail('ingo.issueCard', 'possible_duplicate');
  await view.show(ISSUE);
  await view.press('Send');
  await view.page.waitForFunction(() => document.querySelector('output').textContent.includes('possible_duplicate'));
  await view.press('Yes');
  await view.reaches('done');
  assert.equal(proxy.ledger.cards.length, 1);
});

describe('in front of the real proxy', () => {
  let stage;
  before(async () => (stage = await raise({ browser: false })));
  after(() => stage?.down());

  test('clicks and double effects are one card', async () => {
    const view = await open(async (request) => {
      const { pathname } = new URL(request.url);
      const body = request.method === 'POST' ? await request.text() : undefined;
      const headers = [...request.headers].filter(([name]) => /^(accept|accept-notices|cardwright-contract|content-type|confirm-new|idempotency-key)$/.test(name));
      return fetch(stage.proxy.url + pathname, { method: request.method, headers: [...headers, ['sec-fetch-site', 'same-origin']], body });
    });
    await view.show({ ...ISSUE, isStrict: true, sendsAtOnce: true });
    await view.page.getByRole('button', { name: 'Send' }).dblclick();
    const { card } = await view.reaches('done');
    assert.deepEqual((await stage.ledger()).cards.map(({ id }) => id), [card]);
    await view.close();
  });
});

test('on a server it renders, and does nothing; it brings neither React nor the rules, and says where it runs', () => {
  const { createElement } = require('react');
  const { renderToString } = require('react-dom/server');
  const { CardClient } = require('cardwright');
  const { useIntent } = require('cardwright/react');
  const client = new CardClient({ fetch: () => assert.fail('sent') });
  const Form = () => createElement('p', null, useIntent(client, 'ingo.freezeCard').status);
  assert.equal(renderToString(createElement(Form)), '<p>idle</p>');
  for (const [file, start] of [['react.js', /^"use client";/], ['react.cjs', /^"use strict";\s*"use client";/]]) {
    const text = readFileSync(join(folder, 'dist', file), 'utf8');
    assert.match(text, start);
    assert.ok(text.length < 6_000, `${file}: ${text.length}`);
  }
});
