// The issuer, the proxy or the line goes wrong: the page says what is known, within the limit, and nothing is made twice.

import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { action, choose, dialog, fillAddress, issueButton, issueForm, issued, listOutcome, messageOf, outcome, press, reload, row } from './demo-page.mjs';
import { newSecrets, raise, TEST_LIMIT_MS, USER } from './stage.mjs';

const ISSUER_LIMIT_MS = 1_000;
/** From the press to the message, with room for a busy machine. */
const PAGE_LIMIT_MS = ISSUER_LIMIT_MS + 2_500;
const LIMITS = {
  CARDWRIGHT_CONNECT_LIMIT_MS: '400',
  CARDWRIGHT_ISSUER_LIMIT_MS: String(ISSUER_LIMIT_MS),
  CARDWRIGHT_PROXY_LIMIT_MS: '1600',
};

const MADE = 'It is not known whether the card was made';
const TIMEOUT = 'The card issuer did not answer in time.';
const UNREADABLE = "The card issuer's answer could not be read.";
const FAILED = 'The card issuer failed after it was asked.';

/** What goes wrong, and why the page says it is not known. */
const SPOILED = [
  [{ fault: 'hang' }, TIMEOUT],
  [{ fault: 'delay', delay_ms: 1_800 }, TIMEOUT],
  [{ fault: 'slow_body', delay_ms: 4_000 }, TIMEOUT],
  [{ fault: 'close' }, FAILED],
  [{ fault: 'status' }, FAILED],
  [{ fault: 'redirect' }, FAILED],
  [{ fault: 'html' }, UNREADABLE],
  [{ fault: 'half_body' }, UNREADABLE],
  [{ fault: 'garbage_json' }, UNREADABLE],
];

/** What the message region says, title and text apart. */
async function said(place, kind) {
  const message = place.locator(`.message--${kind}`);
  await message.waitFor({ timeout: PAGE_LIMIT_MS });
  return { title: await message.getByRole('heading').innerText(), text: await message.innerText() };
}

describe('failures', { timeout: 4 * TEST_LIMIT_MS }, () => {
  let stage;
  let page;
  let users = 0;
  before(async () => {
    stage = await raise({ proxy: LIMITS });
    page = await stage.newPage();
  });
  after(() => stage?.down());
  afterEach(() => stage.reset());

  /** Other values are another intent. */
  async function anotherUser() {
    users += 1;
    await issueForm(page).getByLabel('User id').fill(`${USER.slice(0, -4)}${String(users).padStart(4, '0')}`);
  }

  for (const [fault, why] of SPOILED) {
    for (const after of [false, true]) {
      test(`${fault.fault} ${after ? 'after' : 'before'} the effect`, async () => {
        await anotherUser();
        await stage.fault({ ...fault, after });
        const started = performance.now();
        await press(issueButton(page));
        const { title, text } = await said(outcome(page), 'unknown');
        const took = performance.now() - started;
        assert.ok(took < PAGE_LIMIT_MS, `took ${took} ms`);
        assert.equal(title, MADE);
        assert.ok(text.includes(`${why} Ask again; the same key makes sure no second card is made.`), text);
        assert.match(text, /Reference for support: [0-9a-f-]{36}/);
        if (fault.fault === 'delay') await stage.untilSettled();
        const made = (await stage.ledger()).cards.length;
        assert.equal(made, after || fault.fault === 'delay' ? 1 : 0);

        await outcome(page).getByRole('button', { name: 'Ask again' }).click();
        await outcome(page).getByText(/^Asked 2 times|^The card .* was made/).waitFor();
        const { cards, requests } = await stage.ledger();
        assert.ok(cards.length <= 1, 'no second card');
        if (after) assert.equal(cards.length, 1);
        const keys = requests.map(({ body_base64 }) => JSON.parse(Buffer.from(body_base64, 'base64')).idempotent_key);
        assert.equal(new Set(keys).size, 1, 'one key');
        assert.ok(requests.every(({ path }) => path.endsWith('/create')), 'the redirect was not followed');
      });
    }
  }

  test('the button of the form asks again too, with the same key', async () => {
    await anotherUser();
    await stage.fault({ fault: 'close', after: true });
    const keys = new Set();
    for (let time = 0; time < 3; time++) {
      const asked = page.waitForRequest('**/api/ingo/cards/issue');
      await press(issueButton(page));
      keys.add((await asked).headers()['idempotency-key']);
      await outcome(page).getByText(/It is not known|was made\./).waitFor();
    }
    assert.equal(keys.size, 1);
    assert.equal((await stage.ledger()).cards.length, 1);
  });

  for (const [end, slug] of [['403', 'user_not_allowed'], ['404', 'user_not_found'], ['422', 'kyc_not_verified']]) {
    test(`the issuer says no: ${slug}`, async () => {
      await issueForm(page).getByLabel('User id').fill(`user-8f3a2b1c-0e44-4f2d-9a11-000000000${end}`);
      await press(issueButton(page));
      const { title, text } = await said(outcome(page), 'rejected');
      assert.equal(title, 'The issuer said no');
      assert.ok(text.includes(`The card issuer did not accept this. Its reason: ${slug}. No card was made.`), text);
      assert.equal(await outcome(page).getByRole('button').count(), 0);
      assert.equal((await stage.ledger()).cards.length, 0);
      // After a no, the values may be changed and sent as a new intent.
      await issueForm(page).getByLabel('User id').fill('user-8f3a2b1c-0e44-4f2d-9a11-7b23cc90d1ef');
      await press(issueButton(page));
      await issued(page);
      assert.equal((await stage.ledger()).cards.length, 1);
    });
  }

  test('a freeze whose answer is lost', async () => {
    await reload(page);
    await press(issueButton(page));
    await issued(page);
    const [{ id, last_four }] = (await stage.ledger()).cards;
    await row(page, id).waitFor();
    await stage.fault({ fault: 'close', after: true, operation: 'freeze' });
    await press(action(page, id, 'Freeze'));
    const { title, text } = await said(listOutcome(page), 'unknown');
    assert.equal(title, `•••• ${last_four}: It is not known whether the card was frozen`);
    assert.ok(text.includes('the same key makes sure it is done only once'), text);
    await listOutcome(page).getByRole('button', { name: 'Ask again' }).click();
    await listOutcome(page).getByText(/^Asked 2 times|is now frozen/).waitFor();
    assert.equal((await stage.ledger()).cards[0].status, 'suspended');
  });

  test('a reissue whose answer is lost is not done twice', async () => {
    await reload(page);
    await press(issueButton(page));
    await issued(page);
    const [{ id }] = (await stage.ledger()).cards;
    await row(page, id).waitFor();
    await stage.fault({ fault: 'half_body', after: true, operation: 'reissue' });
    await press(action(page, id, 'Reissue'));
    await choose(dialog(page), 'New number');
    await dialog(page).getByRole('checkbox').check();
    await dialog(page).getByRole('button', { name: 'Reissue card' }).click();
    const place = dialog(page).getByRole('status').last();
    const { title } = await said(place, 'unknown');
    assert.equal(title, 'It is not known whether the card was replaced');
    await place.getByRole('button', { name: 'Ask again' }).click();
    await place.getByText('Asked 2 times').waitFor();
    const { cards, requests } = await stage.ledger();
    assert.equal(cards.length, 2);
    assert.equal(requests.filter(({ operation }) => operation === 'reissue').length, 1);
    await page.keyboard.press('Escape');
  });

  test('what the proxy and the issuer say of a field lands beside it', async () => {
    await reload(page);
    await choose(issueForm(page), 'Physical');
    await fillAddress(issueForm(page));
    const problem = (fields) => ({
      status: fields.status,
      contentType: 'application/problem+json',
      headers: { 'cardwright-contract': '1' },
      body: JSON.stringify({ type: 'about:blank', title: 'x', request_id: 'r-1', ...fields }),
    });
    const city = issueForm(page).getByLabel('City');
    const zip = issueForm(page).getByLabel('ZIP code');
    const answers = [
      problem({ status: 422, code: 'invalid_request', outcome: 'not_sent', issues: [
        { path: ['shipping_address', 'city'], code: 'required', message: 'A newer rule about the city.', params: {} },
        { path: ['note'], code: 'required', message: 'A rule about a field this page has not.', params: {} },
      ] }),
      problem({ status: 502, code: 'issuer_rejected', outcome: 'rejected', slug: 'invalid_field', field: 'shipping_address.postal_code' }),
    ];
    await page.route('**/api/ingo/cards/issue', (route) => route.fulfill(answers.shift()));
    await press(issueButton(page));
    const first = await said(outcome(page), 'not_sent');
    assert.equal(first.title, 'Nothing was sent');
    assert.ok(first.text.includes('A rule about a field this page has not.'), first.text);
    assert.equal(await messageOf(city), 'A newer rule about the city.');
    await city.fill('Oakland');
    assert.equal(await messageOf(city), '');
    await press(issueButton(page));
    await said(outcome(page), 'rejected');
    assert.equal(await messageOf(zip), 'The issuer did not accept this.');
    assert.equal(await zip.getAttribute('aria-invalid'), 'true');
    await page.unroute('**/api/ingo/cards/issue');
  });
});

describe('a broken line', { timeout: 2 * TEST_LIMIT_MS }, () => {
  let stage;
  afterEach(() => stage?.down());

  test('the issuer is down: nothing was sent', async () => {
    stage = await raise({ proxy: LIMITS });
    const page = await stage.newPage();
    await stage.sandbox.stop();
    await press(issueButton(page));
    const { title, text } = await said(outcome(page), 'not_sent');
    assert.equal(title, 'Nothing was sent');
    assert.ok(text.includes('The card issuer cannot be reached. Please try again.'), text);
  });

  test('the proxy does not have the right secret: the issuer says no', async () => {
    stage = await raise({ proxy: { ...LIMITS, CARDWRIGHT_INGO_SECRET: newSecrets().secret } });
    const page = await stage.newPage();
    await press(issueButton(page));
    const { text } = await said(outcome(page), 'rejected');
    assert.ok(text.includes('gateway_refused'), text);
    assert.equal((await stage.ledger()).cards.length, 0);
  });

  test('the proxy is killed under way, and stays away: it is not known', async () => {
    stage = await raise({ proxy: LIMITS });
    const page = await stage.newPage();
    await stage.fault({ fault: 'hang', after: true });
    await press(issueButton(page));
    await stage.untilAsked();
    await stage.proxy.kill();
    const { title, text } = await said(outcome(page), 'unknown');
    assert.equal(title, MADE);
    assert.ok(text.includes('No answer came from the server. Ask again;'), text);
    await page.getByRole('region', { name: 'Answer as received' }).getByText('No answer came.').waitFor();
    await outcome(page).getByRole('button', { name: 'Ask again' }).click();
    await outcome(page).getByText('Asked 2 times').waitFor();
    assert.equal((await stage.ledger()).cards.length, 1);
  });
});
