// How a run ends, and what the page says of it: no more than may be made, and nothing that is not so.

import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import { people, staged, table } from './bulk-page.mjs';
import { press } from './demo-page.mjs';
import { TEST_LIMIT_MS } from './stage.mjs';

describe('the end of a run', { timeout: 2 * TEST_LIMIT_MS }, () => {
  const on = staged({ pintopay: { speed: 1_000 } });
  let stage;
  let page;
  let bulk;
  beforeEach(() => ({ stage, page, bulk } = on));

  const made = async () => (await stage.ledger()).cards.length;

  test('no press lifts the limit of a day, also of another file; a higher one does', async () => {
    await bulk.choose(table(people(12)), 'limit.csv');
    await bulk.limit('5');
    await bulk.plan.getByText('Of these, 5 can be made today').waitFor();
    await press(bulk.main);
    await bulk.outcome.getByText('5 cards are made. 7 rows left: the limit of the day is reached.').waitFor();
    await bulk.plan.getByText('What may be made today is made.').waitFor();
    await page.waitForTimeout(600);
    assert.equal(await bulk.main.getAttribute('aria-disabled'), 'true');
    await bulk.main.click({ force: true });
    await bulk.choose(table(people(12)), 'limit-2.csv');
    await bulk.plan.getByText('What may be made today is made.').waitFor();
    assert.equal(await made(), 5);
    await bulk.limit('8');
    await bulk.batch('limit');
    await press(bulk.main);
    await bulk.outcome.getByText('8 cards are made, 5 of them before. 4 rows left: the limit of the day is reached.').waitFor();
    assert.equal(await made(), 8);
  });

  test('a batch needs a name, and blanks around it are none of it', async () => {
    await bulk.choose(table(people(3)), 'named.csv');
    await bulk.batch(' ');
    await bulk.plan.getByText('The batch needs a name').waitFor();
    assert.equal(await bulk.main.getAttribute('aria-disabled'), 'true');
    for (const [name, words] of [['named', '3 cards are made.'], ['named ', '3 cards are made, 3 of them before.']]) {
      await bulk.batch(name);
      await press(bulk.main);
      await bulk.outcome.getByText(words, { exact: true }).waitFor();
    }
    assert.equal(await made(), 3);
  });

  const ordering = (codes) => JSON.stringify(codes.map((product_code, at) => ({ employee: `e-${at}`, product_code, external_user_id: `person-${at}` })));

  test('an order that fails is no card, and every order made stands in the list of orders', async () => {
    await page.locator('.orders__list[aria-busy=false]').waitFor();
    await bulk.choose(ordering(['plain', 'fail-later-invalid_pricing', 'plain', 'topup-fails', 'fail-later-invalid_pricing']), 'orders.json');
    await press(bulk.main);
    await bulk.outcome.getByText('5 orders are made. 2 orders failed, without a card. 1 card came with a problem: do not order again.').waitFor({ timeout: TEST_LIMIT_MS });
    assert.equal(await bulk.outcome.locator('.message--unknown').count(), 1);
    const { 'Not ordered': notOrdered, Failed, Cards } = await bulk.facts('.bulk-run__facts');
    assert.deepEqual([notOrdered, Failed, Cards], ['0', undefined, '3']);
    assert.equal(await bulk.plan.innerText(), 'Every row is one order, and the orders show how each goes on.');
    const ordered = (await stage.ledger()).orders.map(({ order_id }) => order_id);
    const shown = page.locator('[data-order]');
    await shown.nth(4).waitFor();
    assert.deepEqual(await shown.evaluateAll((all) => all.map((one) => one.dataset.order).sort()), ordered.sort());
  });

  test('a run that is stopped while cards are awaited says so', async () => {
    await bulk.choose(ordering(['stuck-new', 'stuck-new']), 'stuck.json');
    await press(bulk.main);
    await page.waitForFunction(() => document.querySelector('.bulk-run__facts')?.textContent.includes('Orders2'));
    assert.equal(await bulk.view.locator('.bulk-run__now').innerText(), 'Waiting for the last cards');
    await press(bulk.button('Stop'));
    await bulk.outcome.getByText('2 orders are made. 2 cards are still to come.').waitFor();
    assert.equal(await bulk.plan.innerText(), 'Every row is one order, and the orders show how each goes on.');
  });

  /** What the server says instead of making a card. */
  const refuse = (status, code, more) =>
    page.route('**/api/ingo/cards/issue', (route) => route.fulfill({ status, contentType: 'application/problem+json', body: JSON.stringify({ title: 't', status, code, outcome: 'not_sent', ...more }) }));

  test('a run that gives up says why, and not that nobody answers', async () => {
    const cases = [
      [429, 'card_limit_reached', { retry_after_ms: 3_600_000 }, 'the server lets no more cards be made for now.'],
      [401, 'unauthenticated', {}, 'you are not signed in.'],
    ];
    for (const [status, code, more, words] of cases) {
      await refuse(status, code, more);
      await bulk.choose(table(people(30)), `${code}.csv`);
      await press(bulk.main);
      await bulk.outcome.getByText(words).waitFor();
      await page.unroute('**/api/ingo/cards/issue');
    }
  });

  test('the seconds of a wait go by', async () => {
    await refuse(429, 'rate_limited', { retry_after_ms: 9_000 });
    await bulk.choose(table(people(30)), 'patience.csv');
    await press(bulk.main);
    for (const seconds of [9, 7]) await bulk.view.getByText(`going on in ${seconds} s`).waitFor();
  });
});
