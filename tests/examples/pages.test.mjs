// The examples with a page, in Chromium: a wrong form never submits, its message stands at its field, a right one is one card.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { extname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { chromium } from 'playwright-core';
import { BROWSER_ARGUMENTS } from '../e2e/stage.mjs';
import { cardwright, project, tool } from './project.mjs';

const require = createRequire(join(project, 'index.js'));
const { ingo } = require('cardwright');
const { fakeProxy } = require('cardwright/testing');
const USER = 'user-8f3a2b1c-0e44-4f2d-9a11-7b23cc90d1ef';
const KINDS = { '.html': 'text/html', '.js': 'text/javascript' };
let browser;

before(async () => {
  [browser] = await Promise.all([
    chromium.launch({ executablePath: process.env.CHROMIUM, args: BROWSER_ARGUMENTS }),
    tool('vite/bin/vite.js', 'build', '--logLevel', 'warn'),
  ]);
});
after(() => browser?.close());

/** Opens the page of an example; its proxy is a fake one. `from` is the folder it is served from. */
async function open(name, from = join(project, 'dist')) {
  const proxy = fakeProxy();
  const page = await browser.newPage();
  page.setDefaultTimeout(15_000);
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.route('http://localhost/**', (route) => {
    const { pathname } = new URL(route.request().url());
    const file = pathname.startsWith('/cardwright/') ? join(cardwright, 'dist', pathname.slice('/cardwright/'.length)) : join(from, pathname);
    return route.fulfill({ contentType: KINDS[extname(file)], body: readFileSync(file) });
  });
  await page.route('http://localhost/api/**', async (route) => {
    const request = route.request();
    const response = await proxy.handler({ request: new Request(request.url(), { method: request.method(), headers: request.headers(), body: request.postData() }) });
    await route.fulfill({ status: response.status, headers: Object.fromEntries(response.headers), body: await response.text() });
  });
  await page.goto(`http://localhost/${name}/index.html`);
  return {
    proxy,
    page,
    fill: (label, text) => page.getByLabel(label, { exact: true }).fill(text),
    press: (name) => page.getByRole('button', { name, exact: true }).click(),
    says: (text) => page.getByText(text).waitFor(),
    /** Waits until a field is marked as wrong and its own message is this one. */
    async complains(label, message) {
      const field = page.getByLabel(label, { exact: true });
      const id = await field.getAttribute('aria-describedby');
      await page.locator(`[id="${id}"]`, { hasText: message }).waitFor();
      assert.equal(await field.getAttribute('aria-invalid'), 'true');
    },
    async close() {
      await page.close();
      assert.deepEqual(complaints, []);
    },
  };
}

const messageOf = (values, path) => ingo.issueCard.check(values).issues.find((issue) => issue.path.join('.') === path).message;
const WRONG = { user_id: 'someone', card_type: 'virtual' };

for (const [name, from] of [['react-hook-form'], ['tanstack-form'], ['conform'], ['vue'], ['plain-html', project]]) {
  test(name, async () => {
    const view = await open(name, from);
    const { ledger } = view.proxy;
    await view.fill('User id', WRONG.user_id);
    await view.press('Issue card');
    await view.complains('User id', messageOf(WRONG, 'user_id'));
    assert.equal(ledger.requests.length, 0, 'a wrong form never submits');

    view.proxy.fail('ingo.issueCard', 'rejected', { slug: 'user_not_verified', field: 'user_id' });
    await view.fill('User id', USER);
    await view.press('Issue card');
    await view.complains('User id', 'The card issuer did not accept this.');
    assert.equal(ledger.cards.length, 0);

    view.proxy.fail('ingo.issueCard', 'unknown');
    await view.page.getByRole('button', { name: 'Issue card', exact: true }).dblclick();
    await view.press('Find out');
    await view.says(/The card •••• \d{4} is issued/);
    assert.equal(ledger.cards.length, 1, 'a right form is one card, whatever becomes of its answer');
    await view.says(`•••• ${ledger.cards[0].last_four} `);
    await view.close();
  });
}

test('react-hook-form: the address is asked for when it is needed, and its issues stand where they belong', async () => {
  const view = await open('react-hook-form');
  assert.equal(await view.page.getByLabel('city').count(), 0);
  await view.fill('User id', USER);
  await view.page.getByLabel('Card type').selectOption('physical');
  const address = { address_one: '100 Innovation Way', city: 'Anytown', state: 'TX', postal_code: '3004' };
  for (const [field, text] of Object.entries(address)) await view.page.locator(`[name="shipping_address.${field}"]`).fill(text);
  await view.press('Issue card');
  const values = { user_id: USER, card_type: 'physical', shipping_address: { ...address, country: 'US' } };
  await view.complains(ingo.issueCard.fields['shipping_address.postal_code'].label, messageOf(values, 'shipping_address.postal_code'));
  assert.equal(view.proxy.ledger.requests.length, 0);
  await view.page.locator('[name="shipping_address.postal_code"]').fill('30044');
  await view.press('Issue card');
  await view.says(/is issued/);
  assert.equal(view.proxy.ledger.cards[0].card_type, 'physical');
  await view.close();
});

test('tanstack-query', async () => {
  const view = await open('tanstack-query');
  const { fetch, ledger } = view.proxy;
  const headers = { 'cardwright-contract': '1', 'content-type': 'application/json', 'idempotency-key': 'a-card-that-is-there' };
  await fetch('/api/ingo/cards/issue', { method: 'POST', headers, body: JSON.stringify({ user_id: USER, card_type: 'virtual' }) });
  await view.page.reload();
  const [card] = ledger.cards;
  await view.says(`•••• ${card.last_four}, active`);

  const writes = () => ledger.requests.filter(({ operation }) => operation === 'ingo.freezeCard').length;
  await view.fill('Card id', 'card-1');
  await view.press('Freeze by id');
  const { message } = ingo.freezeCard.check({ user_id: USER, id: 'card-1' }).issues[0];
  await view.complains('Card id', message);
  assert.equal(writes(), 0);

  await view.page.getByRole('button', { name: 'Freeze', exact: true }).dblclick();
  await view.says(`•••• ${card.last_four}, suspended`);
  assert.deepEqual([writes(), ledger.cards[0].status], [1, 'suspended']);
  assert.ok(await view.page.getByRole('button', { name: 'Freeze', exact: true }).isDisabled());
  await view.close();
});
