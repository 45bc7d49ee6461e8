// What a person does to the rows of a file is done to these rows, and to no others; what the page reads is what the rules read.

import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { bulkPage, people, table } from './bulk-page.mjs';
import { oneGesture, press } from './demo-page.mjs';
import { raise, TEST_LIMIT_MS } from './stage.mjs';

/** People of whom some have a card type that there is not. */
const withWrong = (count, wrong) => people(count).map(([employee, id, type], at) => [employee, id, wrong.includes(at + 1) ? 'metal' : type]);

describe('the rows of a file', { timeout: 2 * TEST_LIMIT_MS }, () => {
  let stage;
  let page;
  let bulk;
  before(async () => (stage = await raise()));
  after(() => stage?.down());
  beforeEach(async () => {
    await stage.reset();
    page = await stage.newPage();
    bulk = bulkPage(page);
  });
  afterEach(() => page.context().close());

  const requests = async () => (await stage.ledger()).requests.length;
  const listed = async () => (await bulk.problems()).map(([row]) => row);

  test('a double click leaves out the one row it was made on', async () => {
    for (const [count, rows, ready] of [[20, '19', '17'], [20_000, '19,999', '19,997']]) {
      const choose = async () => {
        await bulk.choose(table(withWrong(count, [3, 9, 15])));
        await bulk.button('Leave row 3 out').waitFor();
      };
      await choose();
      await oneGesture(page, () => bulk.button('Leave row 3 out').dblclick(), choose);
      await bulk.isOffered();
      assert.deepEqual(await bulk.facts('.bulk__counts'), { Rows: rows, Ready: ready, 'With problems': '2' });
      assert.deepEqual(await listed(), ['Row 9', 'Row 15']);
    }
  });

  test('what is fixed while the rows are looked at again is fixed in its own row', async () => {
    await bulk.choose(table(withWrong(20, [3, 9, 15])));
    await bulk.button('Leave row 3 out').waitFor();
    await page.evaluate(() => {
      document.querySelector('[aria-label="Leave row 3 out"]').click();
      const fix = document.querySelector('[aria-label="Card type of row 9"]');
      fix.value = 'virtual';
      fix.dispatchEvent(new Event('change'));
    });
    await bulk.view.getByText('1 problem in 1 row').waitFor();
    assert.deepEqual([await listed(), await bulk.facts('.bulk__counts')], [['Row 15'], { Rows: '19', Ready: '18', 'With problems': '1' }]);
  });

  test('a file that is not UTF-8 is refused, and no letter of an address is lost', async () => {
    const address = 'employee,user_id,card_type,address_one,city,state,postal_code,country\r\n' + people(1).map(([employee, id]) => `${employee},${id},physical,1 Way,San José,CA,94102,US`).join();
    await bulk.choose(Buffer.from(address, 'latin1'), 'excel.csv');
    await bulk.outcome.getByText('excel.csv is not written in UTF-8').waitFor();
    assert.equal(await bulk.main.isVisible(), false);
    await bulk.choose(`\ufeff${address}`, 'utf-8.csv');
    await press(bulk.main);
    await bulk.outcome.getByText('1 card is made.').waitFor();
    const [{ body_base64: body }] = (await stage.ledger()).requests;
    assert.match(Buffer.from(body, 'base64').toString(), /"San José"/);
  });

  test('Enter in a box fixes its row and goes to the next one; nothing is sent', async () => {
    await bulk.choose(table(withWrong(8, [3, 6])));
    await bulk.view.getByLabel('Card type of row 3').fill('virtual');
    await bulk.view.getByLabel('Card type of row 3').press('Enter');
    await bulk.view.getByText('1 problem in 1 row').waitFor();
    assert.equal(await page.evaluate(() => document.activeElement.ariaLabel), 'Card type of row 6');
    await page.keyboard.press('Enter');
    await bulk.view.getByLabel('Card type of row 6').fill('virtual');
    await page.keyboard.press('Enter');
    await bulk.view.locator('.problems').waitFor({ state: 'hidden' });
    await bulk.isOffered();
    assert.deepEqual([await bulk.main.innerText(), await requests()], ['Issue 8 cards', 0]);
  });

  test('a double click on the main button stops nothing', async () => {
    await stage.fault({ fault: 'delay', after: true, delay_ms: 700, times: 8, operation: 'create' });
    await bulk.choose(table(people(8)), 'double.csv');
    await bulk.isOffered();
    await bulk.main.dblclick();
    await bulk.outcome.getByText('8 cards are made.').waitFor();
    assert.equal(await requests(), 8);
  });
});
