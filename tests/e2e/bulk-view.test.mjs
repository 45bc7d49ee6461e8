// A file is dropped, its rows are looked at, fixed or left out, and issued: the ledger has one card for each.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { beforeEach, describe, test } from 'node:test';
import { people, staged, table, user } from './bulk-page.mjs';
import { press } from './demo-page.mjs';
import { TEST_LIMIT_MS } from './stage.mjs';

describe('many cards', { timeout: 2 * TEST_LIMIT_MS }, () => {
  const on = staged({ pintopay: { speed: 1_000 } });
  let stage;
  let page;
  let bulk;
  beforeEach(() => ({ stage, page, bulk } = on));

  const usersOfLedger = async () => (await stage.ledger()).cards.map(({ user_id }) => user_id).sort();

  test('a row is fixed, another left out, and the rest is one card each, however often it is issued', async () => {
    const rows = people(12);
    rows[2][2] = 'metal';
    rows[5][1] = 'user-8f3a2b1c';
    rows[8][0] = rows[7][0];
    const dropped = await page.evaluateHandle((text) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([text], 'june.csv', { type: 'text/csv' }));
      return transfer;
    }, table(rows));
    await bulk.view.locator('.bulk__drop').dispatchEvent('drop', { dataTransfer: dropped });
    await bulk.view.getByText('3 problems in 3 rows').waitFor();
    assert.deepEqual(await bulk.facts('.bulk__counts'), { Rows: '12', Ready: '10', 'With problems': '2', 'Named twice': '1' });
    assert.deepEqual(await bulk.problems(), [
      ['Row 3', 'Card type', 'Choose one of the offered values for the card type.'],
      ['Row 6', 'User id', 'The user id is user- and 32 hex digits in five groups.'],
      ['Row 9', 'employee', 'The same as in row 8.'],
    ]);
    assert.equal(await bulk.main.getAttribute('aria-disabled'), 'true', 'one key is two rows');

    await bulk.view.getByLabel('Card type of row 3').fill('virtual');
    await bulk.view.getByLabel('Card type of row 3').press('Enter');
    await bulk.view.getByText('2 problems in 2 rows').waitFor();
    assert.equal((await stage.ledger()).requests.length, 0, 'Enter in a row sends nothing');
    await bulk.button('Leave row 6 out').click();
    await bulk.view.getByText('1 problem in 1 row').waitFor();
    assert.deepEqual(await bulk.problems(), [['Row 9', 'employee', 'The same as in row 8.']], 'rows keep their numbers');
    await bulk.view.getByLabel('employee of row 9').fill('e-8');
    await bulk.view.getByLabel('employee of row 9').press('Tab');
    await bulk.view.locator('.problems').waitFor({ state: 'hidden' });
    assert.equal(await bulk.main.innerText(), 'Issue 11 cards');

    await press(bulk.main);
    await bulk.outcome.getByText('11 cards are made.').waitFor();
    const expected = rows.map((_, at) => user(at)).filter((_, at) => at !== 5).sort();
    assert.deepEqual(await usersOfLedger(), expected);
    const [download] = await Promise.all([page.waitForEvent('download'), bulk.button('Download the report').click()]);
    assert.equal(download.suggestedFilename(), 'june-report.csv');
    const report = (await readFile(await download.path(), 'utf8')).trimEnd().split('\r\n');
    assert.equal(report.length, 12);
    assert.deepEqual(report.slice(1).map((line) => line.split(',')[0]), ['1', '2', '3', '4', '5', '7', '8', '9', '10', '11', '12'], 'as in the file');
    assert.match(report[1], /^1,e-0,done,rcrd-[\w-]+,\d{4},,,,,bulk_[\w-]{43}$/);

    // Once more, as after a crash: the page knows nothing of the first time.
    await page.reload();
    await bulk.choose(table(rows.filter((_, at) => at !== 5).map((row, at) => (at === 2 ? [row[0], row[1], 'virtual'] : at === 7 ? ['e-8', row[1], row[2]] : row))));
    await press(bulk.main);
    await bulk.outcome.getByText('11 cards are made, 11 of them before.').waitFor();
    assert.deepEqual(await usersOfLedger(), expected);
  });

  test('a run is paused, goes on, and is stopped; the same batch finishes it', async () => {
    // Slow enough for a person, and for a busy machine, to press a button in between.
    await stage.fault({ fault: 'delay', after: true, delay_ms: 600, times: 40, operation: 'create' });
    await bulk.choose(table(people(60)));
    await bulk.batch('paused');
    await press(bulk.main);
    await stage.untilMade(3);
    await bulk.button('Pause').click();
    await bulk.view.getByText('Paused.').waitFor();
    await stage.untilSettled();
    await bulk.button('Go on').click();
    await stage.untilMade(12);
    await bulk.button('Stop').click();
    await bulk.outcome.getByText(/rows left: you stopped\.$/).waitFor();
    const made = (await stage.ledger()).cards.length;
    assert.ok(made >= 12 && made < 60, `${made} made`);
    await press(bulk.main.and(bulk.view.getByText('Go on with the rest')));
    await bulk.outcome.getByText(/^60 cards are made, \d+ of them before\.$/).waitFor({ timeout: TEST_LIMIT_MS });
    assert.deepEqual(await usersOfLedger(), people(60).map(([, id]) => id).sort());
  });

  test('orders and cards are counted apart', async () => {
    await bulk.choose(JSON.stringify(people(4).map(([employee]) => ({ employee, product_code: 'plain', external_user_id: employee }))), 'orders.json');
    await bulk.batch('orders');
    await press(bulk.main.and(bulk.view.getByText('Order 4 cards')));
    await bulk.outcome.getByText('4 orders are made.').waitFor({ timeout: TEST_LIMIT_MS });
    const { Orders, Cards } = await bulk.facts('.bulk-run__facts');
    assert.deepEqual([Orders, Cards], ['4', '4']);
  });

  test('a hundred thousand rows, none of them right, are listed a page at a time', async (t) => {
    const rows = people(100_000).map(([employee, id]) => [employee, id, 'metal']);
    const start = performance.now();
    await bulk.choose(table(rows));
    await bulk.view.getByText('100,000 problems in 100,000 rows').waitFor();
    t.diagnostic(`shown after ${((performance.now() - start) / 1_000).toFixed(1)} s, with the way into the browser`);
    assert.equal(await bulk.view.locator('.problem').count(), 20);
    await bulk.button('Next').click();
    assert.equal((await bulk.problems())[0][0], 'Row 21');
    assert.equal(await bulk.main.innerText(), 'Nothing to issue');
    await bulk.choose('[{"employee":', 'broken.json');
    await bulk.outcome.getByText('broken.json could not be read: it is neither CSV nor JSON.').waitFor();
    await bulk.choose(table([...rows, rows[0]]), 'large.csv');
    await bulk.outcome.getByText('large.csv has 100,001 rows; this page takes 100,000 at a time.').waitFor();
  });

  test('a credential in a column is refused, and what a card has no use for is passed over', async () => {
    await bulk.choose('employee,user_id,card_type,nickname\r\n' + people(2).map((row) => [...row, 'Bo'].join()).join('\r\n'));
    await bulk.view.getByText('Not used: nickname.').waitFor();
    await bulk.view.getByLabel('The row’s key').selectOption('nickname');
    await bulk.view.getByText('The same as in row 1.').waitFor();
    await bulk.view.getByText('Not used: employee.').waitFor();
    await bulk.view.getByLabel('The row’s key').selectOption('employee');
    await bulk.view.getByText('Not used: nickname.').waitFor();
    assert.equal(await bulk.main.innerText(), 'Issue 2 cards');
    await bulk.choose('employee,user_id,card_typ\r\n' + people(2).map((row) => row.join()).join('\r\n'));
    await bulk.view.getByText('The header needs another look first.').waitFor();
    assert.deepEqual((await bulk.problems())[0], ['Header', 'Card_typ', 'This form has a field that is not expected here.']);
    await bulk.button('Leave the column card_typ out').click();
    await bulk.view.getByText('Not used: card_typ.').waitFor();
    assert.deepEqual((await bulk.problems()).map(([row, label]) => [row, label]), [['Row 1', 'Card type'], ['Row 2', 'Card type']]);

    await bulk.choose('employee,user_id,card_type,api_key\r\n' + people(2).map((row) => [...row, 'sk_live'].join()).join('\r\n'));
    await bulk.view.getByText('1 problem in the header').waitFor();
    assert.deepEqual(await bulk.problems(), [['Header', 'Api_key', 'This form contains a credential. Nothing was sent.', '']]);
    assert.equal(await bulk.main.getAttribute('aria-disabled'), 'true');
    assert.equal(await bulk.view.locator('.problem input').count(), 0);
    assert.ok(!(await bulk.view.innerHTML()).includes('sk_live'));
  });
});
