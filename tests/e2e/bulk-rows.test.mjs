// What a person does to the rows of a file is done to these rows, and to no others; what the page reads is what the rules read.

import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import { people, staged, table } from './bulk-page.mjs';
import { oneGesture, press } from './demo-page.mjs';
import { TEST_LIMIT_MS } from './stage.mjs';

/** People of whom some have a card type that there is not. */
const withWrong = (count, wrong) => people(count).map(([employee, id, type], at) => [employee, id, wrong.includes(at + 1) ? 'metal' : type]);

describe('the rows of a file', { timeout: 2 * TEST_LIMIT_MS }, () => {
  const on = staged();
  let stage;
  let page;
  let bulk;
  beforeEach(() => ({ stage, page, bulk } = on));

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
      const typed = document.querySelector('[aria-label="Card type of row 15"]');
      typed.focus();
      typed.value = 'virt';
    });
    await bulk.view.getByText('1 problem in 1 row').waitFor();
    assert.deepEqual(await page.evaluate(() => [document.activeElement.ariaLabel, document.activeElement.value]), ['Card type of row 15', 'virt'], 'typed and not yet done');
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

  test('a quote within a cell is text, and a row that is fixed is the row that is wrong', async () => {
    const header = 'employee,user_id,card_type,address_one,city,state,postal_code,country';
    const address = (street, state) => `physical,${street},Reno,${state},89501,US`;
    const streets = ['12" Pipe Lane', '"1 ""Old"" Way, rear"', '"two\r\nlines"', '5 Plain Way', '6" Way'];
    const states = ['NV', 'NV', 'NV', 'XX', 'XX'];
    const rows = people(5).map(([employee, id], at) => `${employee},${id},${address(streets[at], states[at])}`);
    await bulk.choose([header, ...rows.slice(0, 2), '', '""', ...rows.slice(2)].join('\r\n'), 'quotes.csv');
    await bulk.view.getByText('3 problems in 3 rows').waitFor();
    assert.deepEqual(await listed(), ['Row 3', 'Row 4', 'Row 5']);
    assert.equal(await bulk.view.getByLabel('Street address of row 3').inputValue(), 'twolines', 'a box has one line');
    for (const [label, value] of [['Street address of row 3', '3 Lines Way'], ['State of row 4', 'NV'], ['State of row 5', 'NV']]) {
      await bulk.view.getByLabel(label).fill(value);
      await page.keyboard.press('Enter');
    }
    await bulk.view.locator('.problems').waitFor({ state: 'hidden' });
    await press(bulk.main);
    await bulk.outcome.getByText('5 cards are made.').waitFor();
    const sent = (await stage.ledger()).requests.map(({ body_base64: body }) => JSON.parse(Buffer.from(body, 'base64').toString()));
    const streetOf = Object.fromEntries(sent.map(({ user_id, shipping_address }) => [user_id, shipping_address.address_one]));
    assert.deepEqual(people(5).map(([, id]) => streetOf[id]), ['12" Pipe Lane', '1 "Old" Way, rear', '3 Lines Way', '5 Plain Way', '6" Way']);
  });

  test('a header in words is one of fields, and a field may name the rows', async () => {
    await bulk.choose('User ID,Employee,Card type\r\n' + people(3).map(([employee, id, type]) => [id, employee, type].join()).join('\r\n'), 'words.csv');
    await bulk.isOffered();
    assert.equal(await bulk.view.getByLabel('The row’s key').inputValue(), 'Employee');
    await bulk.choose('Card type;User ID\r\n' + people(3).map(([, id, type]) => [type, id].join(';')).join('\r\n'), 'words-2.csv');
    await bulk.isOffered();
    assert.equal(await bulk.view.getByLabel('The row’s key').inputValue(), 'User ID');
    await press(bulk.main);
    await bulk.outcome.getByText('3 cards are made.').waitFor();
    await bulk.choose('Product code,External user ID\r\nplain,anna', 'words-3.csv');
    await bulk.view.getByText('Order 1 card').waitFor();
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

  test('the focus goes where the next step is, and a change of state is read aloud', async () => {
    const focused = () => page.evaluate(() => document.activeElement.dataset.do ?? document.activeElement.className);
    const spoken = (words) => bulk.view.locator('[role=status]').getByText(words, { exact: true }).waitFor();
    await stage.fault({ fault: 'delay', after: true, delay_ms: 600, times: 30, operation: 'create' });
    await bulk.choose(table(withWrong(20, [3, 9])), 'focus.csv');
    await bulk.button('Leave these rows out').press('Enter');
    await bulk.isOffered();
    assert.equal(await focused(), 'main');
    assert.equal(await bulk.main.getAttribute('data-illegal'), null);
    await bulk.main.press('Enter');
    await spoken('Issuing');
    assert.equal(await focused(), 'pause');
    await press(bulk.button('Pause'));
    await spoken('Paused');
    await press(bulk.button('Go on'));
    await spoken('Issuing');
    await bulk.outcome.getByText('18 cards are made.').waitFor();
    assert.match(await focused(), /^message/);
  });
});
