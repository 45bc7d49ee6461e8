// Secrets and card data stay where they belong: searched for in everything the page sends, receives, shows, says and keeps.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { decode, inlined } from '../package/module-text.mjs';
import { join } from 'node:path';
import { action, choose, dialog, fillAddress, issueButton, issueForm, issued, listOutcome, outcome, press, row } from './demo-page.mjs';
import { newSecrets, raise, STEP_LIMIT_MS, TEST_LIMIT_MS, USER } from './stage.mjs';
import { filesIn, Scanner, shapes, textsOf } from './scanner.mjs';
import { record } from './traffic.mjs';

/** With letters that look different in each shape. */
const secrets = Object.fromEntries(Object.entries(newSecrets()).map(([name, secret]) => [name, `${secret}+/=&%~`]));
const DEMO = process.env.CARDWRIGHT_DEMO_DIR;
const LOUD = { RUST_LOG: 'trace', RUST_BACKTRACE: '1', CARDWRIGHT_METRICS_LISTEN: '127.0.0.1:0' };
const scanner = new Scanner(secrets);

/** The package as it is published, its module apart, which stands in the entry as a text of its own. */
async function packageTexts() {
  const texts = textsOf(await readFile(process.env.CARDWRIGHT_TARBALL));
  const module = decode(inlined(await readFile(join(DEMO, 'cardwright/index.js'), 'utf8')));
  assert.equal(module.subarray(1, 4).toString(), 'asm', 'the module was found');
  return [...texts, module.toString('latin1')];
}

const metricsOf = async (stage) => (await fetch(stage.proxy.said.metrics, { signal: AbortSignal.timeout(STEP_LIMIT_MS) })).text();

/** What the proxy tells those who ask for what is wrong, in every way it knows. */
async function errorBodies(stage) {
  const json = { 'content-type': 'application/json', 'cardwright-contract': '1', 'sec-fetch-site': 'same-origin' };
  const key = { ...json, 'idempotency-key': '0123456789abcdef' };
  const asks = [
    ['/api/ingo/cards/issue', { method: 'POST', headers: key, body: '{' }],
    ['/api/ingo/cards/issue', { method: 'POST', headers: json, body: '{}' }],
    ['/api/ingo/cards/issue', { method: 'POST', headers: { ...key, 'content-type': 'text/plain' }, body: '{}' }],
    ['/api/ingo/cards/issue', { method: 'POST', headers: key, body: ' '.repeat(20_000) }],
    ['/api/ingo/cards/issue', { method: 'POST', headers: key, body: '['.repeat(40) }],
    ['/api/ingo/cards/issue', { method: 'PUT', headers: json }],
    ['/api/pintopay/orders/check', { method: 'POST', headers: json, body: '{"order_id":"none"}' }],
    ['/api/intents/ingo.issueCard/x', { headers: json }],
    ['/api/me', { headers: { ...json, 'sec-fetch-site': 'cross-site' } }],
    ['/api/me', {}],
  ];
  const answers = asks.map(async ([path, init]) => {
    const answer = await fetch(stage.proxy.url + path, { ...init, signal: AbortSignal.timeout(STEP_LIMIT_MS) });
    assert.ok(answer.status >= 400, path);
    return JSON.stringify([...answer.headers]) + (await answer.text());
  });
  return Promise.all(answers);
}

/** Uses the page for all it can do, and for what it can not. */
async function useAll(page, stage, recorder) {
  await choose(issueForm(page), 'Physical');
  await fillAddress(issueForm(page));
  await press(issueButton(page));
  await issued(page);
  const { id } = (await stage.ledger()).cards.at(-1);
  for (const name of ['Activate', 'Freeze', 'Unfreeze']) {
    await press(action(page, id, name));
    await listOutcome(page).getByText(/is now/).waitFor();
    await row(page, id).locator(`[data-status=${name === 'Freeze' ? 'suspended' : 'active'}].pill`).waitFor();
  }
  await recorder.look();
  for (const fault of [{ fault: 'html' }, { fault: 'status', after: true }, { fault: 'redirect' }, { fault: 'garbage_json' }]) {
    await stage.fault(fault);
    await issueForm(page).getByLabel('User id').fill(USER.slice(0, -4) + String(Math.random()).slice(2, 6));
    await press(issueButton(page));
    await outcome(page).locator('.message--unknown').waitFor();
    await recorder.look();
  }
  await issueForm(page).getByLabel('User id').fill('user-8f3a2b1c-0e44-4f2d-9a11-000000000422');
  await press(issueButton(page));
  await outcome(page).getByText('kyc_not_verified').waitFor();
  await press(action(page, id, 'Reissue'));
  await choose(dialog(page), 'New number');
  await choose(dialog(page), 'Virtual');
  await dialog(page).getByRole('checkbox').check();
  await dialog(page).getByRole('button', { name: 'Reissue card' }).click();
  await listOutcome(page).getByText('was replaced').waitFor();
  await recorder.look();
  // What the server answers to what no page of ours asks.
  const answers = await page.evaluate(async () => {
    const paths = ['/api/me', '/health', '/api/none', '/.env', '/..%2f..%2fetc/passwd', '/cardwright/', '/api/ingo/cards?user_id=x'];
    const texts = paths.map(async (path) => (await fetch(path, { headers: { 'cardwright-contract': '1' } })).text());
    return Promise.all(texts);
  });
  recorder.places['response body'].push(...answers);
}

describe('secrets', { timeout: 2 * TEST_LIMIT_MS }, () => {
  let stage;
  let recorder;
  let places;
  before(async () => {
    stage = await raise({ secrets, proxy: LOUD });
    const prepare = async (page, context) => (recorder = record(page, context));
    const page = await stage.newPage({ prepare });
    await useAll(page, stage, recorder);
    places = {
      ...(await recorder.texts()),
      'error body': await errorBodies(stage),
      metrics: [await metricsOf(stage)],
      store: await filesIn(stage.folder),
      'log of the proxy': [stage.proxy.log],
      'log of the sandbox': [stage.sandbox.log],
      'demo page': await filesIn(DEMO),
      package: await packageTexts(),
    };
  });
  after(() => stage?.down());

  test('no secret is found anywhere', () => {
    assert.deepEqual(scanner.find(places), []);
  });

  test('something was recorded in every place', () => {
    for (const [place, texts] of Object.entries(places)) {
      if (place === 'storage' || place === 'log of the sandbox') continue;
      assert.ok(texts.join('').length > 100, `${place}: ${texts.join('').length} characters`);
    }
    assert.match(places['log of the proxy'].join(''), /"level":"INFO"/);
    assert.match(places.metrics.join(''), /cardwright_requests_total\{operation="ingo.issueCard"/);
    assert.match(places.store.join(''), /SQLite format 3/);
    assert.ok(places.store.some((text) => text.includes(USER)), 'the store and its log of changes are read');
    assert.ok(places.package.length > 1, 'the tarball was unpacked');
  });

  test('the log of the proxy is one object of JSON a line, with listed fields only', () => {
    const lines = stage.proxy.log.trim().split('\n').map((line) => JSON.parse(line));
    assert.ok(lines.length > 10 && lines.every((line) => line.target.startsWith('cardwright_proxy') && line.unlisted === undefined));
  });

  test('the page keeps nothing', () => {
    assert.deepEqual(places.storage.map((text) => text.replace(/null|\[\]|\s/g, '')).filter(Boolean), []);
  });

  test('the proxy did use the secrets', async () => {
    const { requests } = await stage.ledger();
    assert.ok(requests.some(({ accepted, api_key_present, headers }) => accepted && api_key_present && headers.authorization.includes('hmac username=')));
  });

  // The positive control: a scanner that finds nothing anywhere would pass all of the above.
  for (const shape of Object.keys(shapes('x'))) {
    test(`the scanner finds each secret planted as ${shape}, in every place`, () => {
      for (const [name, secret] of Object.entries(secrets)) {
        for (const needle of shapes(secret)[shape]) {
          const planted = Object.fromEntries(Object.keys(places).map((place) => [place, [`before ${needle} after`]]));
          const found = scanner.find(planted);
          for (const place of Object.keys(places)) {
            assert.ok(found.some((one) => one.startsWith(`${place}: ${name} as `)), `${place}: ${name} as ${shape}: ${found.join(', ')}`);
          }
        }
      }
    });
  }

  test('the scanner finds a secret in the midst of what was recorded', () => {
    for (const [place, texts] of Object.entries(places)) {
      const planted = { [place]: [...texts.slice(1), `${texts[0]}${secrets.secret}${texts[0]}`] };
      assert.ok(scanner.find(planted).includes(`${place}: secret as raw`), place);
    }
  });

  test('the scanner finds base64 of a longer text, and what was packed', () => {
    for (const before of ['', 'a', 'ab', 'abc']) {
      const text = Buffer.from(`${before}${secrets.secret} and more`);
      for (const encoding of ['base64', 'base64url']) {
        assert.ok(scanner.find({ here: [text.toString(encoding)] }).includes('here: secret as base64'), `${before} ${encoding}`);
      }
      for (const pack of [gzipSync, brotliCompressSync, (bytes) => gzipSync(brotliCompressSync(bytes))]) {
        assert.ok(scanner.find({ here: textsOf(pack(text)) }).includes('here: secret as raw'));
      }
    }
  });

  test('the recorder sees a secret that the page leaks', async () => {
    let leaky;
    const prepare = async (page, context) => (leaky = record(page, context));
    const page = await stage.newPage({ prepare });
    await page.evaluate(async (secret) => {
      console.log(secret);
      localStorage.setItem('kept', btoa(secret));
      document.cookie = `kept=${encodeURIComponent(secret)}`;
      document.querySelector('#issue-user_id').value = secret;
      const send = async (path, init) => (await fetch(path, init)).text();
      await send(`/api/me?secret=${encodeURIComponent(secret)}`, { headers: { 'x-secret': secret } });
      await send('/api/me', { method: 'POST', body: JSON.stringify({ secret }) });
    }, secrets.apiKey);
    await page.route('**/leak', (route) => route.fulfill({ body: secrets.secret, headers: { 'x-secret': secrets.username } }));
    await page.evaluate(() => fetch('/leak').then((response) => response.text()));
    await leaky.look();
    const found = scanner.find(await leaky.texts());
    for (const place of ['request head: apiKey as raw', 'request body: apiKey as raw', 'console: apiKey as raw', 'DOM: apiKey as raw',
      'storage: apiKey as base64', 'response body: secret as raw', 'response head: username as raw']) {
      assert.ok(found.includes(place), `${place} is not in ${found.join(', ')}`);
    }
  });
});

test('the password of a database that is down is told to nobody', { timeout: TEST_LIMIT_MS }, async () => {
  const password = `word-${newSecrets().secret}`;
  const DATABASE_URL = `postgres://name:${password}@127.0.0.1:9/cards`;
  const stage = await raise({ browser: false, proxy: { ...LOUD, DATABASE_URL } });
  try {
    const ask = (path, init) => fetch(stage.proxy.url + path, { ...init, signal: AbortSignal.timeout(STEP_LIMIT_MS) });
    const headers = { 'content-type': 'application/json', 'cardwright-contract': '1', 'sec-fetch-site': 'same-origin', 'idempotency-key': '0123456789abcdef' };
    const issue = { method: 'POST', headers, body: JSON.stringify({ user_id: USER, card_type: 'virtual' }) };
    const [issued, listed] = await Promise.all([ask('/api/ingo/cards/issue', issue), ask('/api/ingo/cards', { headers })]);
    assert.deepEqual([issued.status, listed.status], [503, 503]);
    const metrics = await metricsOf(stage);
    assert.match(metrics, /^cardwright_unknown_intents NaN$/m);
    assert.doesNotMatch(metrics, /^cardwright_store_errors_total 0$/m);
    assert.match(stage.proxy.log, /store cannot be reached/);
    const places = { answers: [await issued.text(), await listed.text()], metrics: [metrics], log: [stage.proxy.log] };
    assert.deepEqual(new Scanner({ password }).find(places), []);
  } finally {
    await stage.down();
  }
});

describe('card data', { timeout: 2 * TEST_LIMIT_MS }, () => {
  /** The sandbox's numbers begin like this. */
  const NUMBER = /4111[\s-]?11\d{2}/;
  const NAMES = /"(?:number|pan|cvv|cvc|pin|expiry|expiration\w*)"/;

  for (const forward of ['false', 'true']) {
    test(`never reaches the page, unknown fields ${forward === 'true' ? 'passed on' : 'left out'}`, async () => {
      const stage = await raise({ proxy: { ...LOUD, CARDWRIGHT_FORWARD_UNKNOWN_FIELDS: forward } });
      try {
        let recorder;
        const prepare = async (page, context) => (recorder = record(page, context));
        const page = await stage.newPage({ prepare });
        for (const fault of ['card_data', 'extra_fields']) {
          await stage.fault({ fault });
          await press(issueButton(page));
          await issued(page);
          await recorder.look();
        }
        await page.getByRole('button', { name: 'Refresh' }).click();
        await page.locator('.cards__list[aria-busy=false]').waitFor();
        const { requests } = await stage.ledger();
        assert.deepEqual(requests.map(({ fault }) => fault), ['card_data', 'extra_fields']);
        const { 'response body': bodies, ...others } = await recorder.texts();
        const answers = bodies.filter((body) => body.startsWith('{'));
        assert.ok(answers.length >= 3);
        for (const text of [...answers, ...Object.values(others).flat(), stage.proxy.log]) {
          assert.doesNotMatch(text, NUMBER);
        }
        for (const answer of answers) assert.doesNotMatch(answer, NAMES);
        // The control: the patterns do find what the issuer said.
        assert.match('{"number":"4111110000000013","cvv":"123"}', NUMBER);
        assert.match('{"number":"4111110000000013","cvv":"123"}', NAMES);
        await issuerSaysIt(stage);
      } finally {
        await stage.down();
      }
    });
  }

  /** What the issuer answers holds the number: shown by the log of the proxy, which counts what it withheld. */
  async function issuerSaysIt(stage) {
    const withheld = stage.proxy.log.split('\n').filter(Boolean).map((line) => JSON.parse(line)).filter((line) => line.withheld > 0);
    assert.ok(withheld.length > 0, 'the proxy withheld something');
  }
});
