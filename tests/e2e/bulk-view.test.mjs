// A file is dropped, its rows are looked at, fixed or left out, and issued: the ledger has one card for each.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { press } from './demo-page.mjs';
import { raise, TEST_LIMIT_MS } from './stage.mjs';

const user = (number) => `user-8f3a2b1c-0e44-4f2d-9a11-${String(1_000 + number).padStart(12, '0')}`;
const table = (rows) => ['employee,user_id,card_type', ...rows.map((row) => row.join())].join('\r\n');
const people = (count) => Array.from({ length: count }, (_, at) => [`e-${at}`, user(at), 'virtual']);
const file = (text, name = 'june.csv') => ({ name, mimeType: 'text/csv', buffer: Buffer.from(text) });

describe('many cards', { timeout: 2 * TEST_LIMIT_MS }, () => {
  let stage;
  let page;
  before(async () => (stage = await raise({ pintopay: { speed: 1_000 } })));
  after(() => stage?.down());
  beforeEach(async () => {
    await stage.reset();
    page = await stage.newPage();
  });
  afterEach(() => page.context().close());

  const view = () => page.locator('#bulk');
  const main = () => view().locator('[data-do="main"]');
  const button = (name) => view().getByRole('button', { name, exact: true });
  const outcome = () => view().locator('.bulk__outcome');
  const choose = (...given) => view().locator('input[type=file]').setInputFiles(file(...given));
  const batch = (name) => view().getByLabel('Batch').fill(name);
  const facts = (place) => page.locator(`${place} > div`).evaluateAll((all) => Object.fromEntries(all.map((one) => [one.children[0].textContent, one.children[1].textContent])));
  const problems = () => view().locator('.problem').evaluateAll((all) => all.map((one) => [...one.querySelectorAll('span')].map((part) => part.textContent)));
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
    await view().locator('.bulk__drop').dispatchEvent('drop', { dataTransfer: dropped });
    await view().getByText('3 problems in 3 rows').waitFor();
    assert.deepEqual(await facts('.bulk__counts'), { Rows: '12', Ready: '10', 'With problems': '2', 'Named twice': '1' });
    assert.deepEqual(await problems(), [
      ['Row 3', 'Card type', 'Choose one of the offered values for the card type.'],
      ['Row 6', 'User id', 'The user id is user- and 32 hex digits in five groups.'],
      ['Row 9', 'employee', 'The same as in row 8.'],
    ]);
    assert.equal(await main().getAttribute('aria-disabled'), 'true', 'one key is two rows');

    await view().getByLabel('Card type of row 3').fill('virtual');
    await view().getByLabel('Card type of row 3').press('Enter');
    await view().getByText('2 problems in 2 rows').waitFor();
    assert.equal((await stage.ledger()).requests.length, 0, 'Enter in a row sends nothing');
    await button('Leave row 6 out').click();
    await view().getByText('1 problem in 1 row').waitFor();
    assert.deepEqual(await problems(), [['Row 9', 'employee', 'The same as in row 8.']], 'rows keep their numbers');
    await view().getByLabel('employee of row 9').fill('e-8');
    await view().getByLabel('employee of row 9').press('Tab');
    await view().locator('.problems').waitFor({ state: 'hidden' });
    assert.equal(await main().innerText(), 'Issue 11 cards');

    await press(main());
    await outcome().getByText('11 cards are made.').waitFor();
    const expected = rows.map((_, at) => user(at)).filter((_, at) => at !== 5).sort();
    assert.deepEqual(await usersOfLedger(), expected);
    const [download] = await Promise.all([page.waitForEvent('download'), button('Download the report').click()]);
    assert.equal(download.suggestedFilename(), 'june-report.csv');
    const report = (await readFile(await download.path(), 'utf8')).trimEnd().split('\r\n');
    assert.equal(report.length, 12);
    assert.match(report[1], /^1,e-0,done,rcrd-[\w-]+,\d{4},,,,,bulk_[\w-]{43}$/);

    // Once more, as after a crash: the page knows nothing of the first time.
    await page.reload();
    await choose(table(rows.filter((_, at) => at !== 5).map((row, at) => (at === 2 ? [row[0], row[1], 'virtual'] : at === 7 ? ['e-8', row[1], row[2]] : row))));
    await press(main());
    await outcome().getByText('11 cards are made, 11 of them before.').waitFor();
    assert.deepEqual(await usersOfLedger(), expected);
  });

  test('a run is paused, goes on, and is stopped; the same batch finishes it', async () => {
    // Slow enough for a person, and for a busy machine, to press a button in between.
    await stage.fault({ fault: 'delay', after: true, delay_ms: 600, times: 40, operation: 'create' });
    await choose(table(people(60)));
    await batch('paused');
    await press(main());
    await stage.untilMade(3);
    await button('Pause').click();
    await view().getByText('Paused.').waitFor();
    await stage.untilSettled();
    await button('Go on').click();
    await stage.untilMade(12);
    await button('Stop').click();
    await outcome().getByText(/rows left: you stopped\.$/).waitFor();
    const made = (await stage.ledger()).cards.length;
    assert.ok(made >= 12 && made < 60, `${made} made`);
    await press(main().and(view().getByText('Go on with the rest')));
    await outcome().getByText(/^60 cards are made, \d+ of them before\.$/).waitFor({ timeout: TEST_LIMIT_MS });
    assert.deepEqual(await usersOfLedger(), people(60).map(([, id]) => id).sort());
  });

  test('orders and cards are counted apart', async () => {
    await choose(JSON.stringify(people(4).map(([employee]) => ({ employee, product_code: 'plain', external_user_id: employee }))), 'orders.json');
    await batch('orders');
    await press(main().and(view().getByText('Order 4 cards')));
    await outcome().getByText('4 orders are made.').waitFor({ timeout: TEST_LIMIT_MS });
    const { Orders, Cards } = await facts('.bulk-run__facts');
    assert.deepEqual([Orders, Cards], ['4', '4']);
  });

  test('a hundred thousand rows, none of them right, are listed a page at a time', async (t) => {
    const rows = people(100_000).map(([employee, id]) => [employee, id, 'metal']);
    const start = performance.now();
    await choose(table(rows));
    await view().getByText(/^100,000 problems in/).waitFor();
    t.diagnostic(`shown after ${((performance.now() - start) / 1_000).toFixed(1)} s, with the way into the browser`);
    assert.equal(await view().locator('.problem').count(), 20);
    await button('Next').click();
    assert.equal((await problems())[0][0], 'Row 21');
    assert.equal(await main().innerText(), 'Nothing to issue');
    await choose('[{"employee":', 'broken.json');
    await outcome().getByText('broken.json could not be read: it is neither CSV nor JSON.').waitFor();
    await choose(table([...rows, rows[0]]), 'large.csv');
    await outcome().getByText('large.csv has 100,001 rows; this page takes 100,000 at a time.').waitFor();
  });

  test('a credential in a column is refused, and what a card has no use for is passed over', async () => {
    await choose('employee,user_id,card_type,nickname\r\n' + people(2).map((row) => [...row, 'Bo'].join()).join('\r\n'));
    await view().getByText('Not used: nickname.').waitFor();
    await view().getByLabel('The row’s key').selectOption('nickname');
    await view().getByText('The same as in row 1.').waitFor();
    await view().getByText('Not used: employee.').waitFor();
    await view().getByLabel('The row’s key').selectOption('employee');
    await view().getByText('Not used: nickname.').waitFor();
    assert.equal(await main().innerText(), 'Issue 2 cards');
    await choose('employee,user_id,card_typ\r\n' + people(2).map((row) => row.join()).join('\r\n'));
    await view().getByText('The header needs another look first.').waitFor();
    assert.deepEqual((await problems())[0], ['Header', 'Card_typ', 'This form has a field that is not expected here.']);
    await button('Leave the column card_typ out').click();
    await view().getByText('Not used: card_typ.').waitFor();
    assert.deepEqual((await problems()).map(([row, label]) => [row, label]), [['Row 1', 'Card type'], ['Row 2', 'Card type']]);

    await choose('employee,user_id,card_type,api_key\r\n' + people(2).map((row) => [...row, 'sk_live'].join()).join('\r\n'));
    await view().getByText('1 problem in the header').waitFor();
    assert.deepEqual(await problems(), [['Header', 'Api_key', 'This form contains a credential. Nothing was sent.', '']]);
    assert.equal(await main().getAttribute('aria-disabled'), 'true');
    assert.equal(await view().locator('.problem input').count(), 0);
    assert.ok(!(await view().innerHTML()).includes('sk_live'));
  });
});
