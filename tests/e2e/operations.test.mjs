// Each operation done through the page, and after each the ledger asked whether it says the same as the page.

import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import {
  action, choose, dialog, fillAddress, issueButton, issueForm, issued, ledgerCards, listOutcome, oneGesture, outcome, press, reload, row,
  shownCards,
} from './demo-page.mjs';
import { raise, TEST_LIMIT_MS } from './stage.mjs';

describe('operations', { timeout: 4 * TEST_LIMIT_MS }, () => {
  let stage;
  let page;
  before(async () => {
    stage = await raise();
    page = await stage.newPage();
  });
  after(() => stage?.down());
  beforeEach(anew);

  async function anew() {
    await stage.untilSettled();
    await stage.reset();
    await reload(page);
  }

  /** Issues a card, and gives it as the ledger knows it. */
  async function issue(type = 'Virtual') {
    await choose(issueForm(page), type);
    if (type === 'Physical') await fillAddress(issueForm(page));
    await press(issueButton(page));
    await issued(page);
    const card = (await stage.ledger()).cards.at(-1);
    await row(page, card.id).waitFor();
    return card;
  }

  /** The page and the ledger show the same cards of this test, one for one. */
  async function same(count) {
    const ledger = ledgerCards(await stage.ledger());
    const ids = new Set(ledger.map(({ id }) => id));
    assert.equal(ledger.length, count);
    assert.deepEqual((await shownCards(page)).filter(({ id }) => ids.has(id)), ledger);
  }

  test('a virtual card', async () => {
    const card = await issue();
    assert.equal(await outcome(page).innerText(), `The card •••• ${card.last_four} was made. It is active.`);
    await page.getByRole('img', { name: `Virtual card ending in ${card.last_four}, active` }).waitFor();
    await same(1);
  });

  test('a physical card', async () => {
    const card = await issue('Physical');
    assert.equal(card.status, 'unactivated');
    await page.getByRole('img', { name: `Physical card ending in ${card.last_four}, not activated` }).waitFor();
    const { body_base64 } = (await stage.ledger()).requests.at(-1);
    const sent = JSON.parse(Buffer.from(body_base64, 'base64').toString());
    assert.deepEqual(sent.shipping_address, {
      address_one: '548 Market Street', city: 'San Francisco', state: 'CA', postal_code: '94104', country: 'US',
    });
    await same(1);
  });

  test('a physical card from a virtual one has its number', async () => {
    const virtual = await issue();
    await choose(issueForm(page), 'Physical');
    await fillAddress(issueForm(page));
    await page.getByText('More', { exact: true }).click();
    await issueForm(page).getByLabel('Virtual card id').fill(virtual.id);
    await press(issueButton(page));
    await page.getByRole('img', { name: /^Physical card ending/ }).waitFor();
    const { cards } = await stage.ledger();
    assert.equal(cards[1].last_four, virtual.last_four);
    await row(page, cards[1].id).waitFor();
    await same(2);
  });

  test('activate, freeze, unfreeze', async () => {
    const { id, last_four } = await issue('Physical');
    for (const [name, word, status] of [['Activate', 'active', 'active'], ['Freeze', 'frozen', 'suspended'], ['Unfreeze', 'active', 'active']]) {
      await press(action(page, id, name));
      await listOutcome(page).getByText(`The card •••• ${last_four} is now ${word}.`).waitFor();
      await row(page, id).locator(`[data-status=${status}].pill`).waitFor();
      assert.equal((await stage.ledger()).cards[0].status, status);
      await same(1);
    }
    // The picture beside the form follows.
    await page.getByRole('img', { name: `Physical card ending in ${last_four}, active` }).waitFor();
  });

  test('what is not legal is not sent, and says why', async () => {
    const { id } = await issue();
    const before = (await stage.ledger()).requests.length;
    const activate = action(page, id, 'Activate');
    assert.equal(await activate.getAttribute('aria-disabled'), 'true');
    const reason = row(page, id).getByText('This card has been activated before.');
    assert.equal(await reason.isVisible(), false);
    await activate.focus();
    await page.keyboard.press('Enter');
    await reason.waitFor();
    assert.equal(await reason.getAttribute('id'), await activate.getAttribute('aria-describedby'));
    await action(page, id, 'Unfreeze').hover({ force: true });
    await row(page, id).getByText('This card is not frozen.').waitFor();
    await activate.click({ force: true });
    await page.waitForTimeout(200);
    assert.equal((await stage.ledger()).requests.length, before);
  });

  test('reissue with the same number', async () => {
    const old = await issue();
    await press(action(page, old.id, 'Reissue'));
    await dialog(page).getByLabel('Reason').fill('  The chip is worn.  ');
    await dialog(page).getByRole('button', { name: 'Reissue card' }).click();
    await listOutcome(page).getByText(`The card •••• ${old.last_four} was replaced by •••• ${old.last_four}.`).waitFor();
    assert.equal(await dialog(page).isVisible(), false);
    const { cards, requests } = await stage.ledger();
    const [ended, made] = ledgerCards({ cards });
    assert.equal(made.last_four, old.last_four);
    const sent = JSON.parse(Buffer.from(requests.at(-1).body_base64, 'base64').toString());
    assert.deepEqual([sent.reuse_pan, sent.reason], [true, 'The chip is worn.']);
    await row(page, made.id).waitFor();
    const shown = await shownCards(page);
    assert.deepEqual(shown.find(({ id }) => id === made.id), made);
    // That the old card ends with the same number is documented nowhere, so the register keeps what it saw last.
    assert.deepEqual([ended.status, shown.find(({ id }) => id === old.id).status], ['terminated', 'active']);
  });

  test('reissue with a new number, as a physical card, once it is confirmed', async () => {
    const old = await issue();
    await press(action(page, old.id, 'Reissue'));
    await choose(dialog(page), 'New number');
    await choose(dialog(page), 'Physical');
    await fillAddress(dialog(page));
    const box = dialog(page).getByRole('checkbox', { name: 'The old card stops working when its number is replaced.' });
    await box.check();
    await dialog(page).getByRole('button', { name: 'Reissue card' }).click();
    await listOutcome(page).getByText('was replaced by').waitFor();
    const { cards } = await stage.ledger();
    assert.notEqual(cards[1].last_four, old.last_four);
    assert.deepEqual(cards.map(({ status, card_type }) => [status, card_type]), [['terminated', 'virtual'], ['unactivated', 'physical']]);
    await row(page, cards[1].id).waitFor();
    await row(page, old.id).locator('[data-status=terminated].pill').waitFor();
    await same(2);
  });

  async function middleOf(button) {
    await button.scrollIntoViewIfNeeded();
    const { x, y, width, height } = await button.boundingBox();
    return [x + width / 2, y + height / 2];
  }

  const gestures = {
    'a double click': () => issueButton(page).dblclick(),
    'Enter and a click': async () => {
      const middle = await middleOf(issueButton(page));
      await page.getByLabel('User id').focus();
      await Promise.all([page.keyboard.press('Enter'), page.mouse.click(...middle)]);
    },
    'five rapid clicks': () => issueButton(page).click({ clickCount: 5, delay: 20, force: true }),
    'five presses at human speed, each after the answer': async () => {
      const middle = await middleOf(issueButton(page));
      for (let time = 0; time < 5; time++) {
        await page.mouse.click(...middle);
        await page.waitForTimeout(120);
      }
    },
    'five calls from script': () => issueForm(page).evaluate((form) => {
      for (let time = 0; time < 5; time++) form.requestSubmit();
    }),
    // The answer has come and the page was busy: when it is told of the second click, the gesture seems long over.
    'a double click on a busy page': async () => {
      await issueForm(page).evaluate(async (form) => {
        const button = form.querySelector('[type=submit]');
        const clickAt = (timeStamp) => {
          const click = new MouseEvent('click', { bubbles: true, cancelable: true });
          Object.defineProperty(click, 'timeStamp', { value: timeStamp });
          button.dispatchEvent(click);
        };
        const first = performance.now();
        clickAt(first);
        await new Promise((resolve) => setTimeout(resolve, 900));
        clickAt(first + 150);
      });
    },
    'a held Enter': async () => {
      await issueButton(page).focus();
      for (let time = 0; time < 6; time++) await page.keyboard.down('Enter');
      await page.keyboard.up('Enter');
    },
  };
  for (const [name, gesture] of Object.entries(gestures)) {
    test(`${name} makes one card, and a new submit a second`, async () => {
      await oneGesture(page, gesture, anew);
      await issued(page);
      await page.waitForTimeout(250);
      assert.equal((await stage.ledger()).cards.length, 1);
      await press(issueButton(page));
      await stage.untilMade(2);
      const { cards } = await stage.ledger();
      await row(page, cards[1].id).waitFor();
      await same(2);
    });
  }

  test('a double click on "Reissue card" reissues once, and reaches nothing behind the dialog', async () => {
    const open = async () => {
      const { id } = await issue();
      await press(action(page, id, 'Reissue'));
    };
    const presses = async () => {
      const middle = await middleOf(dialog(page).getByRole('button', { name: 'Reissue card' }));
      await page.mouse.click(...middle);
      await page.waitForTimeout(150);
      stillOpen = await dialog(page).isVisible();
      await page.mouse.click(...middle);
    };
    let stillOpen;
    await open();
    await oneGesture(page, presses, async () => {
      await anew();
      await open();
    });
    assert.ok(stillOpen);
    await listOutcome(page).getByText('was replaced by').waitFor();
    assert.equal(await dialog(page).isVisible(), false);
    const { requests } = await stage.ledger();
    assert.deepEqual(requests.map(({ operation }) => operation), ['create', 'reissue']);
  });

  test('a double click on Freeze does not unfreeze', async () => {
    let { id } = await issue();
    const presses = async () => {
      await action(page, id, 'Freeze').dblclick();
      await row(page, id).locator('[data-status=suspended].pill').waitFor();
      await action(page, id, 'Unfreeze').click({ force: true });
    };
    await oneGesture(page, presses, async () => {
      await anew();
      ({ id } = await issue());
    });
    await page.waitForTimeout(200);
    assert.deepEqual((await stage.ledger()).cards[0].history.map(({ operation }) => operation), ['create', 'freeze']);
  });

  test('more cards than a page holds', async () => {
    for (let made = 0; made < 26; made++) await stage.ask('issue', { card_type: 'virtual' });
    await reload(page);
    const { cards } = await stage.ledger();
    const [first, last] = [cards.at(0), cards.at(-1)];
    assert.deepEqual([await row(page, last.id).count(), await row(page, first.id).count()], [1, 0]);
    const pages = page.getByRole('navigation', { name: 'Pages of cards' });
    await pages.getByRole('button', { name: 'Older' }).click();
    await row(page, first.id).waitFor();
    await pages.getByText('Page 2 of').waitFor();
    assert.equal(await row(page, last.id).count(), 0);
    await pages.getByRole('button', { name: 'Newer' }).click();
    await row(page, last.id).waitFor();
    assert.equal(await pages.getByRole('button', { name: 'Newer' }).getAttribute('aria-disabled'), 'true');
    // A new card shows, whatever page is looked at.
    await pages.getByRole('button', { name: 'Older' }).click();
    await row(page, first.id).waitFor();
    const { id } = await issue();
    assert.equal(await row(page, id).count(), 1);
  });
});
