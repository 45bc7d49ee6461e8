// The page itself: its policy holds, its console is silent, and it can be used by keyboard.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { action, choose, dialog, fillAddress, issueButton, issueForm, issued, listOutcome, outcome, press, row } from './demo-page.mjs';
import { raise, TEST_LIMIT_MS } from './stage.mjs';

/** Names that the page or the package may look for in an object. */
const POLLUTED = [
  'status', 'code', 'path', 'message', 'params', 'issues', 'notices', 'user_id', 'card_type', 'shipping_address', 'idempotent_key',
  'virtual_card_id', 'reason', 'ok', 'data', 'items', 'card', 'url', 'hooks', 'maxRetries', 'confirmNew', 'allowed', 'name', 'index',
  'done', 'next', 'then', 'toJSON', 'detail', 'class', 'id', 'hint', 'baseUrl', 'accept', 'idempotencyKey', 'timeoutMs', 'fetch',
];
/** Names that the browser's `fetch` looks for. */
const FETCH_OPTIONS = ['method', 'headers', 'credentials', 'signal', 'redirect', 'mode', 'cache'];

/** Notes what the browser and the page complain of. */
async function watch(page, complaints) {
  page.on('console', (message) => ['error', 'warning'].includes(message.type()) && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('requestfailed', (request) => complaints.push(`failed: ${request.url()}`));
  await page.exposeFunction('complain', (text) => complaints.push(text));
  await page.addInitScript(() => {
    addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => window.complain(`policy: ${violatedDirective} ${blockedURI}`));
  });
}

/** Issues a physical card, activates, freezes and reissues it; gives the ids of both cards. */
async function lifeOfACard(page, stage) {
  await choose(issueForm(page), 'Physical');
  await fillAddress(issueForm(page));
  await press(issueButton(page));
  await issued(page);
  const [{ id }] = (await stage.ledger()).cards;
  await press(action(page, id, 'Activate'));
  await row(page, id).locator('[data-status=active].pill').waitFor();
  await press(action(page, id, 'Freeze'));
  await row(page, id).locator('[data-status=suspended].pill').waitFor();
  await press(action(page, id, 'Reissue'));
  await choose(dialog(page), 'New number');
  await choose(dialog(page), 'Virtual');
  await dialog(page).getByRole('checkbox').check();
  await dialog(page).getByRole('button', { name: 'Reissue card' }).click();
  await listOutcome(page).getByText('was replaced').waitFor();
  const { cards } = await stage.ledger();
  await row(page, cards[1].id).waitFor();
  return cards.map((card) => card.id);
}

describe('the page', { timeout: 3 * TEST_LIMIT_MS }, () => {
  let stage;
  before(async () => (stage = await raise()));
  after(() => stage?.down());

  test('keeps its policy, and the console is silent', async () => {
    await stage.reset();
    const complaints = [];
    const page = await stage.newPage({ prepare: (page) => watch(page, complaints), reducedMotion: 'no-preference', permissions: ['clipboard-read', 'clipboard-write'] });
    await lifeOfACard(page, stage);
    await page.getByRole('button', { name: 'Copy: Request as sent' }).click();
    await page.getByText('Copied', { exact: true }).waitFor();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    assert.match(copied, /^POST \/api\/ingo\/cards\/reissue\n(.+\n)*accept-notices: old_card_ends\n/);
    assert.deepEqual(complaints, []);

    // The control: the ears are open, and the policy is in force.
    await page.evaluate(() => {
      const script = document.createElement('script');
      try {
        script.textContent = 'window.ran = true';
      } catch {
        // Trusted Types refuse it.
      }
      const style = document.createElement('style');
      style.textContent = 'body { color: red }';
      document.head.append(script, style);
      console.error('heard');
    });
    await page.waitForTimeout(100);
    assert.ok(complaints.some((text) => text.startsWith('policy: style-src')), complaints.join('\n'));
    assert.ok(complaints.includes('heard'));
    assert.equal(await page.evaluate(() => window.ran), undefined);
    await page.context().close();
  });

  /** A page on which another script has put getters on `Object.prototype`, used for the life of a card. */
  async function withGetters(names) {
    await stage.reset();
    const complaints = [];
    const prepare = async (page) => {
      await watch(page, complaints);
      await page.addInitScript((names) => {
        for (const name of names) Object.defineProperty(Object.prototype, name, { get: () => `polluted ${name}`, set() {}, configurable: true });
      }, names);
    };
    const page = await stage.newPage({ prepare });
    page.setDefaultTimeout(3_000);
    assert.equal(await page.evaluate((name) => ({})[name], names[0]), `polluted ${names[0]}`);
    // From here on nothing of Playwright's runs beside the getters, which it would not survive itself.
    const [old, made] = await lifeOfACard(page, stage);
    await row(page, old).locator('[data-status=terminated].pill').waitFor();
    await row(page, made).locator('[data-status=active].pill').waitFor();
    for (const { body_base64 } of (await stage.ledger()).requests) assert.ok(!Buffer.from(body_base64, 'base64').includes('polluted'));
    assert.deepEqual(complaints, []);
    await page.context().close();
  }

  test('works although another script has put getters on Object.prototype', () => withGetters(POLLUTED));
  test('also under the names of the options of fetch', () => withGetters(FETCH_OPTIONS));

  test('can be used by keyboard alone', async () => {
    await stage.reset();
    const page = await stage.newPage();
    const type = async (...keys) => {
      for (const key of keys) await page.keyboard.press(key);
    };
    await type('Tab', 'Enter', 'Tab', 'Tab', 'ArrowRight');
    const focused = () => page.evaluate(() => document.activeElement.id || document.activeElement.value);
    assert.equal(await focused(), 'physical');
    await type('Tab');
    await page.keyboard.type('548 Market Street');
    await type('Tab', 'Tab');
    await page.keyboard.type('San Francisco');
    await type('Tab');
    await page.keyboard.type('Calif');
    await type('Tab');
    await page.keyboard.type('94104');
    await type('Enter');
    await issued(page);
    const [{ id }] = (await stage.ledger()).cards;
    await action(page, id, 'Activate').focus();
    await type('Enter');
    await row(page, id).locator('[data-status=active].pill').waitFor();
    // The row was renewed, and the focus has stayed.
    assert.ok(await action(page, id, 'Activate').evaluate((button) => button === document.activeElement));
    await page.context().close();
  });

  test('every control has a name, every id is one, every reference leads somewhere', async () => {
    await stage.reset();
    const page = await stage.newPage();
    await lifeOfACard(page, stage);
    await choose(issueForm(page), 'Physical');
    const faults = await page.evaluate(() => {
      const faults = [];
      const ids = [...document.querySelectorAll('[id]')].map(({ id }) => id);
      faults.push(...ids.filter((id, at) => ids.indexOf(id) !== at).map((id) => `twice: ${id}`));
      for (const attribute of ['aria-describedby', 'aria-labelledby', 'for']) {
        for (const element of document.querySelectorAll(`[${attribute}]`)) {
          for (const id of element.getAttribute(attribute).split(' ')) if (!ids.includes(id)) faults.push(`${attribute}: ${id}`);
        }
      }
      for (const control of document.querySelectorAll('input, select, button')) {
        const named = control.labels?.length > 0 || control.textContent.trim() || control.getAttribute('aria-label');
        if (!named) faults.push(`no name: ${control.outerHTML}`);
      }
      return faults;
    });
    assert.deepEqual(faults, []);
    await page.context().close();
  });

  test('says so when WebAssembly is not allowed', async () => {
    const prepare = (page) => page.addInitScript(() => {
      WebAssembly.compile = () => Promise.reject(new Error('refused'));
      WebAssembly.Module = function () {
        throw new Error('refused');
      };
    });
    const page = await stage.newPage({ prepare, starts: false });
    await page.getByText('This page does not allow WebAssembly.').waitFor();
    assert.equal(await page.getByLabel('User id').count(), 0);
    await page.context().close();
  });
});
