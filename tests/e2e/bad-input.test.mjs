// Input that breaks a rule: each answered beside its field, and nothing of it leaves the page.

import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { action, apiRequests, choose, dialog, fillAddress, issueButton, issueForm, issued, messageOf, outcome, press, reload, row } from './demo-page.mjs';
import { raise, TEST_LIMIT_MS } from './stage.mjs';

const RECORD = 'rcrd-9a117b23-cc90-d1ef-8f3a-2b1c0e444f2d';

/** Puts a value into a control that a person could not put there by hand. */
const inject = (label, value) => (page) =>
  issueForm(page).getByLabel(label, { exact: true }).evaluate((control, value) => {
    if (control.matches('select')) control.append(new Option(value, value));
    control.value = value;
    control.dispatchEvent(new Event('input', { bubbles: true }));
  }, value);

const fill = (label, value) => (page) => issueForm(page).getByLabel(label, { exact: true }).fill(value);

/** As a paste does: at once, with whatever was on the clipboard. */
const paste = (label, value) => async (page) => {
  await issueForm(page).getByLabel(label, { exact: true }).focus();
  await page.keyboard.press('Control+A');
  await page.keyboard.insertText(value);
};

const openMore = (page) => page.getByText('More', { exact: true }).click();

const VIRTUAL = [
  ['a missing user', fill('User id', ''), { 'User id': 'Enter the user id.' }],
  ['a blank user', fill('User id', ' \u00a0\u3000 '), { 'User id': 'Enter the user id.' }],
  ['the prefix of another id', fill('User id', RECORD), { 'User id': 'The user id starts with user-.' }],
  ['a digit that is not hex', fill('User id', 'user-8f3a2b1c-0e44-4f2d-9a11-7b23cc90d1eg'), { 'User id': 'The user id is user- and 32 hex digits in five groups.' }],
  ['an id of 10,000 characters', fill('User id', `user-${'a'.repeat(10_000)}`), { 'User id': 'Use at most 128 characters for the user id.' }],
];

const PHYSICAL = [
  ['a bad ZIP code', fill('ZIP code', '9410'), { 'ZIP code': 'Enter a 5-digit ZIP code.' }],
  ['a ZIP+4', fill('ZIP code', '94104-1234'), { 'ZIP code': 'Enter a 5-digit ZIP code.' }],
  ['digits that are not ASCII', fill('ZIP code', '９４１０４'), { 'ZIP code': 'Enter a 5-digit ZIP code.' }],
  ['a state nobody offers', inject('State', 'XX'), { State: 'Choose a US state or territory.' }],
  ['another country', inject('Country', 'CA'), { Country: 'Cards can be sent to addresses in the United States only.' }],
  ['no country at all', inject('Country', 'XX'), { Country: 'Choose a country.' }],
  ['a line that is too long', paste('Street address', 'a'.repeat(101)), { 'Street address': 'Use at most 100 characters for the street address.' }],
  ['a control character', paste('Street address', '548 Market\u0007 Street'), { 'Street address': 'The street address must be a single line of plain text.' }],
  ['a tab', paste('City', 'San\tFrancisco'), { City: 'The city must be a single line of plain text.' }],
  ['a city of blanks', fill('City', '   '), { City: 'Enter the city.' }],
  ['a city of 51 emoji', paste('City', '🏙'.repeat(51)), { City: 'Use at most 50 characters for the city.' }],
  ['half a surrogate pair', inject('City', 'San \ud83c Francisco'), { City: 'The city has a character that cannot be used.' }],
  ['a malformed virtual card id', async (page) => {
    await openMore(page);
    await fill('Virtual card id optional', 'rcrd-1')(page);
  }, { 'Virtual card id optional': 'The virtual card id is rcrd- and 32 hex digits in five groups.' }],
  ['a bad id behind a closed "More"', async (page) => {
    await openMore(page);
    await fill('Virtual card id optional', 'user-1')(page);
    await openMore(page);
  }, { 'Virtual card id optional': 'The virtual card id starts with rcrd-.' }],
];

describe('bad input', { timeout: 3 * TEST_LIMIT_MS }, () => {
  let stage;
  let page;
  let requests;
  before(async () => {
    stage = await raise();
    page = await stage.newPage();
    requests = apiRequests(page);
  });
  after(() => stage?.down());
  beforeEach(async () => {
    await stage.reset();
    await reload(page);
    requests.length = 0;
  });

  /** The messages stand beside their fields and nowhere else, the first has the focus, and nothing was sent. */
  async function answered(expected, place = issueForm(page)) {
    for (const [label, message] of Object.entries(expected)) {
      const control = label === 'Card type' ? place.getByRole('radiogroup', { name: label }) : place.getByLabel(label, { exact: true });
      assert.equal(await messageOf(control), message);
      assert.equal(await control.getAttribute('aria-invalid'), 'true');
    }
    assert.equal(await place.locator('[aria-invalid=true]').count(), Object.keys(expected).length);
    const focused = place.locator('[aria-invalid=true]').first();
    assert.ok(await focused.evaluate((element) => element.contains(document.activeElement)), 'the first wrong field has the focus');
    assert.ok(await focused.isVisible());
    await nothingSent();
  }

  async function nothingSent() {
    await page.waitForTimeout(100);
    assert.deepEqual(requests, []);
    assert.deepEqual(await stage.ledger(), { cards: [], requests: [] });
  }

  for (const [name, enter, expected] of VIRTUAL) {
    test(name, async () => {
      await enter(page);
      await press(issueButton(page));
      await answered(expected);
    });
  }

  for (const [name, enter, expected] of PHYSICAL) {
    test(name, async () => {
      await choose(issueForm(page), 'Physical');
      await fillAddress(issueForm(page));
      await enter(page);
      await press(issueButton(page));
      await answered(expected);
    });
  }

  test('no type', async () => {
    await page.evaluate(() => (document.querySelector('#issue-form [name=card_type]:checked').checked = false));
    await press(issueButton(page));
    await answered({ 'Card type': 'Choose a card type.' });
  });

  test('a physical card without an address: all messages at once', async () => {
    await choose(issueForm(page), 'Physical');
    await press(issueButton(page));
    const expected = {
      'Street address': 'Enter the street address.', City: 'Enter the city.', State: 'Choose a state.', 'ZIP code': 'Enter the ZIP code.',
    };
    await answered(expected);
  });

  test('a field is judged when it is left, and from then on as one types', async () => {
    const user = issueForm(page).getByLabel('User id');
    await user.fill('user-1');
    assert.equal(await messageOf(user), '');
    await user.blur();
    assert.equal(await messageOf(user), 'The user id is user- and 32 hex digits in five groups.');
    await user.fill('card-1');
    assert.equal(await messageOf(user), 'The user id starts with user-.');
    await user.fill('user-8f3a2b1c-0e44-4f2d-9a11-7b23cc90d1ef');
    assert.equal(await messageOf(user), '');
    assert.equal(await user.getAttribute('aria-invalid'), null);
    await nothingSent();
  });

  test('the button does not move when a message comes', async () => {
    await issueForm(page).getByLabel('User id').fill('user-1');
    const before = await issueButton(page).boundingBox();
    await page.keyboard.press('Tab');
    assert.deepEqual(await issueButton(page).boundingBox(), before);
  });

  test('a notice is shown calmly, and hinders nothing', async () => {
    await choose(issueForm(page), 'Physical');
    await fillAddress(issueForm(page), { City: 'San\tFrancisco' });
    await choose(issueForm(page), 'Virtual');
    await issueForm(page).getByText('A virtual card is not shipped; the address will not be used.').waitFor();
    await press(issueButton(page));
    await issued(page);
    const { requests } = await stage.ledger();
    assert.ok(!Buffer.from(requests[0].body_base64, 'base64').includes('shipping_address'));
  });

  test('50 emoji are 50 characters', async () => {
    await choose(issueForm(page), 'Physical');
    await fillAddress(issueForm(page), { City: '🏙'.repeat(50) });
    await press(issueButton(page));
    await issued(page);
    assert.equal((await stage.ledger()).cards.length, 1);
  });

  test('a reissue is checked and confirmed before it is sent', async () => {
    await press(issueButton(page));
    await issued(page);
    const [{ id }] = (await stage.ledger()).cards;
    await row(page, id).waitFor();
    const before = (await stage.ledger()).requests.length;
    requests.length = 0;
    await press(action(page, id, 'Reissue'));
    const submit = dialog(page).getByRole('button', { name: 'Reissue card' });

    await choose(dialog(page), 'Physical');
    await dialog(page).getByLabel('Reason').fill('a'.repeat(256));
    await submit.click();
    const reason = dialog(page).getByLabel('Reason');
    assert.equal(await messageOf(reason), 'Use at most 255 characters for the reason.');
    assert.equal(await messageOf(dialog(page).getByLabel('City')), 'Enter the city.');
    assert.equal(await dialog(page).locator('[aria-invalid=true]').count(), 5);

    await choose(dialog(page), 'Virtual');
    await reason.fill('');
    await choose(dialog(page), 'New number');
    await submit.click();
    const box = dialog(page).getByRole('checkbox');
    assert.equal(await messageOf(box), 'Please confirm this first.');
    assert.ok(await box.evaluate((element) => element === document.activeElement));

    assert.deepEqual(requests, []);
    assert.equal((await stage.ledger()).requests.length, before);
    await page.keyboard.press('Escape');
    assert.equal(await dialog(page).isVisible(), false);
    assert.ok(await action(page, id, 'Reissue').evaluate((element) => element === document.activeElement));
  });
});
