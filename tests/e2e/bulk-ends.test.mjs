// How a run ends, and what the page says of it: no more than may be made, and nothing that is not so.

import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { bulkPage, people, table } from './bulk-page.mjs';
import { press } from './demo-page.mjs';
import { raise, TEST_LIMIT_MS } from './stage.mjs';

describe('the end of a run', { timeout: 2 * TEST_LIMIT_MS }, () => {
  let stage;
  let page;
  let bulk;
  before(async () => (stage = await raise({ pintopay: { speed: 1_000 } })));
  after(() => stage?.down());
  beforeEach(async () => {
    await stage.reset();
    page = await stage.newPage();
    bulk = bulkPage(page);
  });
  afterEach(() => page.context().close());

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
});
