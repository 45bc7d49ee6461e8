// Orders through the page, each followed to its end, and after each the issuer's ledger asked whether it says the same.

import assert from 'node:assert/strict';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { messageOf, oneGesture, press } from './demo-page.mjs';
import { raise, TEST_LIMIT_MS } from './stage.mjs';
import { record } from './traffic.mjs';

const SCREENSHOTS = fileURLToPath(new URL('../../target/screenshots', import.meta.url));
const SPEED = 20;
/** Three looks a state of a slow order; the forty that a page takes last longer than any order, on a quick machine too. */
const LOOK_MS = 500;
const STEPS = ['Ordered', 'Making the card', 'Card made', 'Topping up', 'Done'];

/** What the page says of each documented refusal, and the field it stands beside. */
const REFUSALS = {
  idempotency_key_required: ['The request reached the issuer without its key.', 'a word with support', null],
  external_user_id_required: ['Say which user the card is for.', 'change what was entered', 'User'],
  product_not_found: ['The issuer does not know this product. Choose another one.', 'change what was entered', 'Product'],
  product_not_active: ['This product is not offered at the moment. Choose another one.', 'change what was entered', 'Product'],
  cardholder_not_found: ['The issuer does not know this user. Register the user first.', 'change what was entered', 'User'],
  cardholder_not_ready: ["This user's registration is not finished yet. Try again when it is.", 'a little time', 'User'],
  insufficient_funds: ['The master balance does not cover the fees. Top it up and try again.', 'money on the master balance', null],
  invalid_pricing: ["The prices of this product are not set up right. Ask the issuer's support.", 'a word with support', null],
  card_product_limits_invalid: ["The limits of this product are not set up right. Ask the issuer's support.", 'a word with support', null],
};

const form = (page) => page.getByRole('form', { name: 'Order a card' });
const product = (page) => form(page).getByLabel('Product', { exact: true });
const user = (page) => form(page).getByLabel('User', { exact: true });
const button = (page) => page.getByRole('button', { name: 'Order card' });
const outcome = (page) => form(page).getByRole('status');
const orders = (page) => page.getByRole('list', { name: 'Orders' });
const order = (page, id) => page.locator(`[data-order="${id}"]`);
const bar = (page, id) => order(page, id).getByRole('progressbar');

describe('orders', { timeout: 3 * TEST_LIMIT_MS, concurrency: true }, () => {
  describe('to their end', { concurrency: false }, () => {
    let stage;
    let page;
    before(async () => {
      stage = await raise({ pintopay: { speed: SPEED } });
      page = await stage.newPage();
    });
    after(() => stage?.down());
    beforeEach(() => stage.reset());

    /** Presses for an order, and gives it as the ledger knows it. */
    async function place(code) {
      const known = (await stage.ledger()).orders.length;
      await product(page).selectOption(code);
      await press(button(page));
      await outcome(page).getByText('The order was taken.').waitFor();
      const { orders } = await stage.ledger();
      assert.equal(orders.length, known + 1);
      return orders.at(-1);
    }

    /** Waits until an order of the page has ended like this. */
    const ended = (id, result) => page.locator(`[data-order="${id}"][data-result="${result}"]`).waitFor();
    const title = (id) => order(page, id).locator('.message__title').innerText();
    const pill = (id) => order(page, id).locator('.pill').innerText();
    const states = (id) => order(page, id).locator('.timeline__step').evaluateAll((steps) => steps.map((step) => step.dataset.state));

    /** The ledger has this one order, charged once, made by one request whose key stands in header and field. */
    async function same(id, expected) {
      const { orders, requests, master_balance } = await stage.ledger();
      assert.equal(orders.length, 1);
      const [{ status, is_issued, card_id, order_id, idempotency_key, external_user_id }] = orders;
      assert.deepEqual({ order_id, status, is_issued, external_user_id }, { order_id: id, external_user_id: 'customer-1042', ...expected });
      assert.deepEqual([orders[0].charged, master_balance], ['5.00', '995.00']);
      const made = requests.filter(({ operation }) => operation === 'createOrder');
      assert.equal(made.length, 1);
      assert.equal(made[0].headers['idempotency-key'], idempotency_key);
      assert.equal(made[0].payload.idempotency_key, idempotency_key);
      const shown = order(page, id).getByText('Card id').locator('..').locator('code');
      if (card_id) assert.equal(await shown.innerText(), card_id);
      else assert.equal(await shown.count(), 0);
      const balance = await order(page, id).getByText('Master balance').locator('..').locator('dd').innerText();
      assert.equal(balance.replace(/\s+/g, ' '), '1000.00 → 995.00');
    }

    test('one that completes', async () => {
      const { order_id } = await place('plain');
      await ended(order_id, 'issued');
      assert.equal(await title(order_id), 'The card is ready');
      assert.equal(await bar(page, order_id).getAttribute('aria-valuenow'), '100');
      assert.equal(await bar(page, order_id).getAttribute('aria-valuetext'), '100 percent. The order is complete.');
      assert.deepEqual(await states(order_id), ['done', 'done', 'done', 'done', 'done']);
      assert.deepEqual(await order(page, order_id).locator('.timeline__name').allInnerTexts(), STEPS);
      await same(order_id, { status: 'completed', is_issued: true });
    });

    for (const [slug, [sentence, help, field]] of Object.entries(REFUSALS)) {
      test(`refused at once: ${slug}`, async () => {
        const before = await page.locator('.order').count();
        await product(page).selectOption(`fail-now-${slug}`);
        await press(button(page));
        await outcome(page).getByText(slug, { exact: true }).waitFor();
        const said = await outcome(page).innerText();
        assert.ok(said.includes('The issuer said no') && said.includes('Nothing was ordered.') && said.includes(help), said);
        const besides = [await messageOf(product(page)), await messageOf(user(page))];
        assert.deepEqual(besides, [field === 'Product' ? sentence : '', field === 'User' ? sentence : '']);
        assert.equal(said.includes(sentence), field === null);
        if (field) assert.equal(await form(page).getByLabel(field, { exact: true }).evaluate((control) => control === document.activeElement), true);
        assert.equal(await page.locator('.order').count(), before);
        const { orders, requests, master_balance } = await stage.ledger();
        assert.deepEqual([orders.length, master_balance, requests.map(({ refusal }) => refusal)], [0, '1000.00', [slug]]);
      });
    }

    test('one that fails later', async () => {
      const { order_id } = await place('fail-later-cardholder_not_ready');
      assert.deepEqual([await messageOf(product(page)), await messageOf(user(page))], ['', '']);
      await ended(order_id, 'failed');
      assert.equal(await title(order_id), 'No card was made');
      const said = await order(page, order_id).innerText();
      assert.ok(said.includes(REFUSALS.cardholder_not_ready[0]) && said.includes('a little time'), said);
      assert.deepEqual(await states(order_id), ['done', 'stopped', 'ahead', 'ahead', 'ahead']);
      await same(order_id, { status: 'failed', is_issued: false });
    });

    test('one whose top-up fails is issued with a problem, and no second one is offered', async () => {
      const { order_id } = await place('topup-fails');
      await ended(order_id, 'issued_with_problem');
      assert.deepEqual([await title(order_id), await pill(order_id)], ['The card exists, but something went wrong', 'Issued with a problem']);
      const said = await order(page, order_id).innerText();
      assert.ok(said.includes('Please do not order again: that would make a second card') && said.includes('The card provider failed.'), said);
      assert.equal(await order(page, order_id).getByRole('button').count(), 0);
      await page.reload();
      await ended(order_id, 'issued_with_problem');
      assert.equal(await order(page, order_id).getByRole('button').count(), 0);
      const { orders } = await stage.ledger();
      assert.deepEqual(orders.map(({ status, is_issued, charged }) => [status, is_issued, charged]), [['failed', true, '5.00']]);
    });

    test('one without a first top-up has a card that cannot pay yet', async () => {
      const { order_id } = await place('skip-topup');
      await ended(order_id, 'issued');
      assert.deepEqual([await title(order_id), await pill(order_id)], ['The card is made, but cannot pay yet', 'Issued, to be topped up']);
      assert.deepEqual(await states(order_id), ['done', 'done', 'done', 'skipped', 'done']);
      await same(order_id, { status: 'completed', is_issued: true });
    });

    test('a status nobody knows is waited out', async () => {
      const { order_id } = await place('unknown-status');
      await ended(order_id, 'issued');
      await same(order_id, { status: 'completed', is_issued: true });
    });

    test('looks that fail are looked again', async () => {
      await stage.fault({ fault: 'status', operation: 'checkOrder' });
      const { order_id } = await place('plain');
      await ended(order_id, 'issued');
      await same(order_id, { status: 'completed', is_issued: true });
    });

    test('a double click makes one order', async () => {
      const ready = async () => {
        await product(page).selectOption('plain');
        await button(page).and(page.locator(':not([aria-disabled])')).waitFor();
      };
      await ready();
      await oneGesture(page, () => button(page).dblclick(), async () => {
        await stage.reset();
        await page.reload();
        await ready();
      });
      await outcome(page).getByText('The order was taken.').waitFor();
      await page.waitForTimeout(300);
      const [{ order_id }] = (await stage.ledger()).orders;
      await ended(order_id, 'issued');
      await same(order_id, { status: 'completed', is_issued: true });
    });

    test('an answer that is lost and asked for again is one order', async () => {
      await stage.fault({ fault: 'close', after: true, operation: 'createOrder' });
      await product(page).selectOption('plain');
      await press(button(page));
      await outcome(page).getByText('It is not known whether the card was ordered').waitFor();
      await outcome(page).getByRole('button', { name: 'Ask again' }).click();
      await outcome(page).getByText(/^Asked 2 times|^The order was taken/).waitFor();
      const { orders, requests } = await stage.ledger();
      const keys = requests.filter(({ operation }) => operation === 'createOrder').map(({ payload }) => payload.idempotency_key);
      assert.deepEqual([orders.length, new Set(keys)], [1, new Set([orders[0].idempotency_key])]);
    });

    test('what is wrong stands beside its field, and nothing is sent', async () => {
      await product(page).selectOption('');
      await user(page).fill(' ');
      await press(button(page));
      assert.deepEqual([await messageOf(product(page)), await messageOf(user(page))], ['Choose a product.', 'Enter the user.']);
      assert.deepEqual((await stage.ledger()).requests, []);
      await user(page).fill('customer-1042');
    });

    test('no card number comes to the page', async () => {
      let recorder;
      const other = await stage.newPage({ prepare: async (page, context) => (recorder = record(page, context)) });
      for (const operation of ['createOrder', 'checkOrder', 'checkOrder']) await stage.fault({ fault: 'card_data', operation });
      await press(button(other));
      await outcome(other).getByText('The order was taken.').waitFor();
      const [{ order_id }] = (await stage.ledger()).orders;
      await other.locator(`[data-order="${order_id}"][data-result=issued]`).waitFor();
      await other.waitForFunction(() => !document.querySelector('.order[data-watched]'));
      await recorder.look();
      // The library holds such names itself.
      const files = ['index.js', 'bulk.js'].map((name) => readFile(join(process.env.CARDWRIGHT_DEMO_DIR, 'cardwright', name), 'utf8'));
      const library = (await Promise.all(files)).map((file) => file.slice(0, 1_000));
      const texts = Object.values(await recorder.texts()).flat().filter((text) => !library.some((file) => text.includes(file)));
      const { requests } = await stage.ledger();
      assert.ok(requests.filter(({ fault }) => fault === 'card_data').length >= 2);
      assert.ok(texts.some((text) => text.includes('order_id')));
      for (const text of texts) {
        const found = text.match(/(?<![\w.])\d(?:[ -]?\d){12,18}(?![\w.])/g)?.filter((digits) => isCardNumber(digits.replace(/\D/g, ''))) ?? [];
        assert.deepEqual(found, []);
        assert.ok(!/"(number|pan|cvv|expiry\w*)"/.test(text), text.slice(0, 300));
      }
      await other.context().close();
    });
  });

  describe('that take their time', { concurrency: true }, () => {
    const LONG = { timeout: 80_000 };
    let stage;
    before(async () => {
      await mkdir(SCREENSHOTS, { recursive: true });
      // So slowly that a page sees each state, also on a machine that stands still for a second.
      stage = await raise({ pintopay: { speed: 0.6 } });
    });
    after(() => stage?.down());

    /** A page that looks often enough to see every state of an order. */
    async function visit({ wait, ...options } = {}) {
      const page = await stage.newPage({ ...options, prepare: (page) => page.addInitScript(lookOften, LOOK_MS) });
      if (wait) await page.goto(`${stage.proxy.url}/?wait=${wait}`);
      await page.locator('.orders__list[aria-busy=false]').waitFor({ state: 'attached' });
      return page;
    }

    /** Orders through the page, and gives the order's id. */
    async function place(page, code) {
      await product(page).selectOption(code);
      await press(button(page));
      await outcome(page).getByText('The order was taken.').waitFor();
      return page.locator('.order').first().getAttribute('data-order');
    }

    const ledgerOrder = async (id) => (await stage.ledger()).orders.find(({ order_id }) => order_id === id);
    const looks = async (id) => (await stage.ledger()).requests.filter(({ payload }) => payload?.order_id === id).length;

    test('a plain one moves step by step, and never back', async () => {
      const page = await visit();
      await page.evaluate(() => {
        window.seen = [];
        const look = () => {
          const bar = document.querySelector('.order [role=progressbar]');
          if (!bar) return;
          const now = [Number(bar.getAttribute('aria-valuenow')), document.querySelector('.order [aria-current=step] .timeline__name')?.textContent ?? null];
          if (now.join() !== window.seen.at(-1)?.join()) window.seen.push(now);
        };
        new MutationObserver(look).observe(document.querySelector('.orders__list'), { subtree: true, childList: true, attributes: true });
      });
      const id = await place(page, 'plain');
      await page.locator(`[data-order="${id}"][data-result=issued]`).waitFor(LONG);
      const seen = await page.evaluate(() => window.seen);
      assert.deepEqual(seen, [[10, 'Ordered'], [30, 'Making the card'], [50, 'Card made'], [70, 'Topping up'], [90, 'Done'], [100, null]].filter(([percent]) => seen.some(([one]) => one === percent)));
      assert.ok(seen.length >= 3, JSON.stringify(seen));
      assert.equal((await ledgerOrder(id)).status, 'completed');
      await page.context().close();
    });

    test('what goes wrong at the issuer and is tried again says so, and completes', async () => {
      const page = await visit();
      // Written down by the page itself: the state passes, and a busy machine may look too late.
      await page.evaluate(() => {
        window.seen = [];
        const look = () => {
          const step = document.querySelector('.order [aria-current=step]');
          if (step?.dataset.state === 'trying') window.seen.push(step.closest('.order').textContent);
        };
        new MutationObserver(look).observe(document.querySelector('.orders__list'), { subtree: true, childList: true, attributes: true });
      });
      const id = await place(page, 'retry-card_create_error');
      await page.locator(`[data-order="${id}"][data-result=issued]`).waitFor(LONG);
      const seen = await page.evaluate(() => window.seen);
      assert.ok(
        seen.some((text) => text.includes('Trying again') && text.includes('Making the card did not work at once. The issuer is trying again.')),
        JSON.stringify(seen),
      );
      const { status, is_issued, charged } = await ledgerOrder(id);
      assert.deepEqual([status, is_issued, charged], ['completed', true, '5.00']);
      await page.context().close();
    });

    test('one that outlasts the limit is still running, is watched on, and is resumed after a reload', async () => {
      const page = await visit({ wait: 1_000 });
      const id = await place(page, 'slow');
      const keep = order(page, id).getByRole('button', { name: 'Keep watching' });
      await keep.waitFor();
      assert.equal(await order(page, id).getByText('Still on its way').isVisible(), true);
      assert.equal(await order(page, id).getAttribute('data-watched'), null);
      const before = await looks(id);
      await keep.click();
      assert.equal(await order(page, id).evaluate((root) => root === document.activeElement), true);
      await keep.waitFor();
      const between = await looks(id);
      assert.ok(between > before);
      await page.reload();
      await keep.waitFor();
      assert.ok((await looks(id)) > between);
      const { status, charged, is_issued } = await ledgerOrder(id);
      assert.deepEqual([status === 'completed', charged, is_issued], [false, '5.00', false]);
      await page.context().close();
    });

    test('one that ended while nobody looked is found ended after a reload, and the newest stands first', async () => {
      const page = await visit();
      const first = await place(page, 'skip-topup');
      await page.goto('about:blank');
      await page.waitForTimeout(9_000);
      await page.goto(stage.proxy.url);
      await page.locator(`[data-order="${first}"][data-result=issued]`).waitFor();
      const last = await place(page, 'plain');
      const inOrder = async () => (await page.locator('.order').evaluateAll((all) => all.map((one) => one.dataset.order))).filter((id) => [first, last].includes(id));
      assert.deepEqual(await inOrder(), [last, first]);
      await page.reload();
      await order(page, last).waitFor();
      assert.deepEqual(await inOrder(), [last, first]);
      await page.context().close();
    });
  });

  describe('in pictures', { concurrency: false }, () => {
    const CODES = ['fail-later-invalid_pricing', 'topup-fails', 'skip-topup', 'plain', 'stuck-card_create_error', 'stuck-initial_topup_pending'];
    let stage;
    before(async () => {
      await mkdir(SCREENSHOTS, { recursive: true });
      stage = await raise({ pintopay: { speed: 40 } });
      const page = await stage.newPage();
      for (const code of CODES) {
        await product(page).evaluate((select, code) => select.append(new Option(code, code)), code);
        await product(page).selectOption({ value: code });
        await press(button(page));
        await page.waitForFunction((count) => document.querySelectorAll('.order').length === count, CODES.indexOf(code) + 1);
      }
      await page.waitForTimeout(2_700);
      await page.context().close();
    });
    after(() => stage?.down());

    for (const [colorScheme, width] of [['light', 1280], ['dark', 1280], ['light', 390], ['dark', 390]]) {
      test(`${colorScheme}, ${width} wide`, async () => {
        const page = await stage.newPage({ colorScheme, viewport: { width, height: 900 } });
        const shoot = async (name, part) => {
          // Playwright hides the caret and stops motion with an inline style, which the policy refuses.
          await part.screenshot({ path: `${SCREENSHOTS}/orders-${name}-${colorScheme}-${width}.png`, caret: 'initial', animations: 'allow' });
          const beyond = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
          assert.equal(beyond, 0, `${name} is wider than its window`);
        };
        await page.goto(`${stage.proxy.url}/?wait=1500`);
        await page.getByRole('button', { name: 'Keep watching' }).nth(1).waitFor();
        await page.getByRole('button', { name: 'Keep watching' }).nth(1).click();
        await product(page).selectOption('plain');
        await press(button(page));
        await page.locator('.order').first().locator('.message--done').waitFor();
        await shoot('all', page.getByRole('region', { name: 'Orders' }));
        await product(page).selectOption('fail-now-product_not_active');
        await press(button(page));
        await outcome(page).getByText('product_not_active', { exact: true }).waitFor();
        await shoot('refused', form(page));
        await page.evaluate(() => scrollTo(0, 0));
        await shoot('masthead', page.locator('.masthead'));
        await page.context().close();
      });
    }
  });
});

/** Runs in the page, before anything else does. Pauses between looks are cut, the 40 s that a call may take are not. */
function lookOften(lookMs) {
  const { setTimeout } = window;
  window.setTimeout = (work, ms, ...rest) => setTimeout(work, ms > 15_000 ? ms : Math.min(ms, lookMs), ...rest);
}

function isCardNumber(digits) {
  const sum = [...digits].reverse().reduce((sum, digit, at) => sum + (at % 2 ? [0, 2, 4, 6, 8, 1, 3, 5, 7, 9][digit] : Number(digit)), 0);
  return sum % 10 === 0;
}
