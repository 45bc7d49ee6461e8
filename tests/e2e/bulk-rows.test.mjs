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

  test('any of the fields may name the rows, also one of an address', async () => {
    const header = 'User ID,Card type,shipping_address.address_one,City,State,Postal code,Country';
    const rows = ['Reno', 'Troy'].map((city, at) => `${people(2)[at][1]},physical,1 Way,${city},NY,12180,US`);
    await bulk.choose([header, ...rows].join('\n'), 'cities.csv');
    await bulk.isOffered();
    await bulk.view.getByLabel('The row’s key').selectOption('City');
    await bulk.view.getByText('Issue 2 cards').waitFor();
    await bulk.isOffered();
    await press(bulk.main);
    await bulk.outcome.getByText('2 cards are made.').waitFor();
    const sent = (await stage.ledger()).requests.map(({ body_base64: body }) => JSON.parse(Buffer.from(body, 'base64').toString()));
    assert.deepEqual(sent.map(({ shipping_address }) => shipping_address.city).sort(), ['Reno', 'Troy']);
  });

  test('a column without a name is passed over, and a table of which nothing can name the rows says so', async () => {
    const [[, one], [, two]] = people(2);
    for (const text of [`user_id,card_type,\n${one},virtual,\n${two},virtual,\n`, `,user_id,card_type\n0,${one},virtual\n1,${two},virtual\n`, `user_id;card_type;;\r\n${one};virtual;;\r\n${two};virtual;;`]) {
      await bulk.choose(text, 'spreadsheet.csv');
      await bulk.isOffered();
      assert.deepEqual([await bulk.main.innerText(), await bulk.view.getByLabel('The row’s key').inputValue()], ['Issue 2 cards', 'user_id']);
    }
    await bulk.choose('api_key,,\nx,y,z\n', 'nameless.csv');
    await bulk.plan.getByText('No column of this file can name its rows.').waitFor();
    assert.deepEqual([await bulk.main.innerText(), await bulk.main.getAttribute('aria-disabled'), await bulk.facts('.bulk__counts')], ['Nothing to issue', 'true', {}]);
    await bulk.batch('other');
    assert.equal(await bulk.main.getAttribute('aria-disabled'), 'true');
    await bulk.choose(table(people(3)));
    await bulk.view.getByText('Issue 3 cards').waitFor();
  });

  test('of several files the last one counts, however slowly another is read', async () => {
    // Files come from drives and clouds: these are given when the test says so.
    await page.evaluate(() => {
      const { arrayBuffer } = Blob.prototype;
      window.slow = [];
      File.prototype.arrayBuffer = async function () {
        if (this.name.startsWith('slow')) await new Promise((resolve) => window.slow.push(resolve));
        return arrayBuffer.call(this);
      };
    });
    const slowComes = async () => {
      await page.evaluate(() => window.slow.splice(0).forEach((resolve) => resolve()));
      await page.waitForTimeout(300);
    };
    const slow = [table(people(30)), Buffer.from([0xff, 0xfe, 1])];
    for (const [at, content] of slow.entries()) {
      await bulk.choose(content, 'slow.csv');
      await bulk.choose(table(people(4)), `quick-${at}.csv`);
      await bulk.isOffered();
      await stage.fault({ fault: 'delay', after: true, delay_ms: 2_000, times: 4, operation: 'create' });
      await press(bulk.main);
      await bulk.button('Stop').waitFor();
      await slowComes();
      assert.deepEqual([await bulk.button('Stop').isVisible(), await bulk.view.locator('.bulk__file').innerText()], [true, `quick-${at}.csv`]);
      await bulk.outcome.getByText('4 cards are made').waitFor();
    }
    // One that is no table, while a large one is still looked at.
    await bulk.choose(table(people(60_000).map(([employee]) => [employee, 'x', 'virtual'])), 'large.csv');
    await bulk.view.locator('.bulk__file', { hasText: 'large.csv' }).waitFor();
    await bulk.choose(slow[1], 'bad.csv');
    await bulk.outcome.getByText('bad.csv is not written in UTF-8').waitFor();
    await page.waitForTimeout(2_000);
    assert.deepEqual([await bulk.main.isVisible(), await bulk.view.getAttribute('data-state'), await bulk.view.getAttribute('aria-busy')], [false, 'empty', null]);
    await bulk.choose(table(people(4)), 'again.csv');
    await bulk.isOffered();
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
