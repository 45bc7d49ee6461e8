import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from './installed.mjs';
import { ADDRESS, CARD, FREEZE, USER, VIRTUAL, card, envelope } from './issuer.mjs';

const { ingo, CardwrightError } = await load();

test('check gives the request in normal form, or every issue', () => {
  assert.deepEqual(ingo.issueCard.check({ ...VIRTUAL, user_id: `  ${USER} ` }), { ok: true, request: VIRTUAL, notices: [] });
  assert.deepEqual(ingo.issueCard.check({ user_id: '', card_type: 'virtuel' }), {
    ok: false,
    issues: [
      { path: ['user_id'], code: 'required', message: 'Enter the user id.', params: {} },
      {
        path: ['card_type'],
        code: 'not_a_choice',
        message: 'Choose one of the offered values for the card type.',
        params: { choices: ['virtual', 'physical'] },
      },
    ],
  });
});

test('notices come with the request', () => {
  const checked = ingo.reissueCard.check({ user_id: USER, id: CARD, reuse_pan: false });
  assert.deepEqual(checked.notices, [
    { path: ['reuse_pan'], code: 'old_card_ends', confirm: true, message: 'The old card stops working when its number is replaced.' },
  ]);
});

test('build gives a call, and throws what stands against it', () => {
  const idempotencyKey = 'onboarding-000042';
  assert.deepEqual(ingo.issueCard.build({ ...VIRTUAL, card_type: 'physical', shipping_address: { ...ADDRESS, state: 'tx' } }, { idempotencyKey }), {
    operation: 'ingo.issueCard',
    method: 'POST',
    path: '/ingo/cards/issue',
    headers: {
      accept: 'application/json',
      'cardwright-contract': '1',
      'idempotency-key': idempotencyKey,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ user_id: USER, card_type: 'physical', shipping_address: ADDRESS }),
  });
  const thrown = (build) => {
    try {
      build();
    } catch (error) {
      assert.ok(error instanceof CardwrightError);
      return [error.code, error.outcome, (error.issues ?? error.notices ?? []).map((one) => one.code)];
    }
    return assert.fail('expected it to throw');
  };
  assert.deepEqual(thrown(() => ingo.issueCard.build({})), ['invalid_request', 'not_sent', ['required', 'required']]);
  assert.deepEqual(thrown(() => ingo.freezeCard.build(FREEZE)), ['key_missing', 'not_sent', []]);
  assert.deepEqual(thrown(() => ingo.freezeCard.build(FREEZE, { idempotencyKey: 'short' })), ['invalid_request', 'not_sent', ['key_format']]);
  const reissue = { user_id: USER, id: CARD, reuse_pan: false };
  assert.deepEqual(thrown(() => ingo.reissueCard.build(reissue, { idempotencyKey })), ['confirmation_required', 'not_sent', ['old_card_ends']]);
  const accepted = ingo.reissueCard.build(reissue, { idempotencyKey, accept: ['old_card_ends'] });
  assert.equal(accepted.headers['accept-notices'], 'old_card_ends');
});

test('the key in the values and the option are one thing', () => {
  const both = { ...VIRTUAL, idempotent_key: 'a'.repeat(20) };
  assert.equal(ingo.issueCard.build(both).headers['idempotency-key'], 'a'.repeat(20));
  assert.equal(ingo.issueCard.build(both, { idempotencyKey: 'a'.repeat(20) }).headers['idempotency-key'], 'a'.repeat(20));
  assert.throws(() => ingo.issueCard.build(both, { idempotencyKey: 'b'.repeat(20) }), (error) => error.issues[0].code === 'key_conflict');
  assert.equal(ingo.issueCard.build(both).body.includes('idempotent_key'), false, 'it is no part of the request');
});

test('read is the inverse, for a transport of your own', () => {
  const pagination = { page: 1, per_page: 25, total: 1 };
  const body = JSON.stringify({ status: 'success', message: 'done', data: { items: [{ ...card, added: { later: 1 } }], pagination } });
  const headers = { 'Content-Type': 'application/json', 'Idempotent-Replayed': 'true', 'Cardwright-Request-Id': 'r-9' };
  const read = ingo.issueCard.read({ status: 200, headers, body });
  assert.deepEqual(read, {
    ok: true,
    data: { items: [{ ...card, added: { later: 1 } }], card: { ...card, added: { later: 1 } }, message: 'done', pagination },
    meta: { status: 200, attempts: 1, replayed: true, requestId: 'r-9' },
  });
  const failed = ingo.issueCard.read({ status: 504, headers: new Headers({ 'content-type': 'text/html' }), body: '<html>' });
  assert.deepEqual([failed.ok, failed.error.code, failed.error.outcome, failed.error.status], [false, 'unexpected_answer', 'unknown', 504]);
  const unreadable = ingo.issueCard.read({ status: 200, headers, body: envelope([{ id: 5 }]) });
  assert.deepEqual([unreadable.error.code, unreadable.error.outcome], ['unexpected_answer', 'unknown']);
  const nothing = ingo.issueCard.read({ status: 200, headers, body: '{"status":"success","message":"m"}' });
  assert.deepEqual(nothing.data, { items: [], card: null, message: 'm' });
});

test('what a transport has parsed already is read as its text', () => {
  const parsed = JSON.parse(envelope([card]));
  const headers = { 'content-type': 'application/json' };
  assert.deepEqual(ingo.issueCard.read({ status: 200, headers, body: parsed }).data, ingo.issueCard.read({ status: 200, headers, body: envelope([card]) }).data);
  // Nothing that was sent is called unsent because it cannot be read.
  for (const body of [undefined, null, 1, [], {}, new Uint8Array(9)]) {
    const { ok, error } = ingo.issueCard.read({ status: 200, headers, body });
    assert.deepEqual([ok, error.code, error.outcome], [false, 'unexpected_answer', 'unknown']);
  }
});

test('a list is what JSON.parse makes of it, however it is spelled', () => {
  const seen = (more) => ({ ...card, observed_at: '2026-11-21T08:00:00.000Z', ...more });
  const { id, ...rest } = seen();
  const items = [
    seen(), seen({ status: 'reissue' }), seen({ business_id: null }), seen({ business_id: 'a "b" \u00e9' }), seen({ business_id: '' }), seen(),
    { ...rest, id }, seen({ added: { later: [1] } }), seen({ added: { later: [2] } }), seen({ __proto__: null, 0: 'a', 7: true }), seen(), seen(),
  ];
  const spellings = [
    JSON.stringify,
    (all) => JSON.stringify(all).replaceAll('\u00e9', 'e'),
    (all) => JSON.stringify(all, null, 2).replaceAll('\u00e9', '\\u00e9'),
    (all) => JSON.stringify(all).replaceAll('\u00e9', '\\u00e9').replaceAll('"status":"reissue"', '"stat\\u0075s" :  "re\\/issue"'),
    (all) => JSON.stringify(all).replaceAll('\u00e9', 'e').replaceAll('"card_type"', '"__proto__":{"polluted":1},"card_type"'),
  ];
  for (const spell of spellings) {
    const body = spell({ message: 'done', data: { items, pagination: { page: 1, per_page: 25, total: 12 } }, status: 'success', more: [] });
    const { ok, data } = ingo.listCards.read({ status: 200, headers: { 'content-type': 'application/json' }, body });
    const { items: expected } = JSON.parse(body).data;
    assert.ok(ok, body);
    assert.deepEqual([data.items, data.card], [expected, expected[0]]);
    assert.deepEqual(data.items.map(Object.keys), expected.map(Object.keys));
    assert.equal({}.polluted, undefined);
  }
});

test('fields tell a form what it wants to know', () => {
  const { label, constraints, check } = ingo.issueCard.fields['shipping_address.postal_code'];
  assert.equal(label, 'ZIP code');
  assert.deepEqual(constraints, {
    required: false, pattern: '\\s*[0-9]{5}\\s*', inputMode: 'numeric', autocomplete: 'shipping postal-code',
  });
  assert.deepEqual(check('02134'), []);
  assert.deepEqual(check(' 02134'), []);
  assert.match(' 02134', new RegExp(`^(?:${constraints.pattern})$`, 'v'), 'a control takes what is pasted, as the rules do');
  assert.deepEqual(check('2134'), [
    { path: ['shipping_address', 'postal_code'], code: 'postal_code_format', message: 'Enter a 5-digit ZIP code.', params: {} },
  ]);
  for (const operation of ['issueCard', 'activateCard', 'freezeCard', 'unfreezeCard', 'reissueCard', 'listCards']) {
    for (const [path, field] of Object.entries(ingo[operation].fields)) {
      if (field.constraints.pattern) assert.doesNotThrow(() => new RegExp(`^(?:${field.constraints.pattern})$`, 'v'), path);
      assert.ok(Array.isArray(field.check('x')), path);
    }
  }
});

test('pick drops what the operation does not know, and never hides a credential', () => {
  const form = { ...VIRTUAL, csrf_token: 'x', shipping_address: { city: 'c', note: 1 }, upload: { meta: { api_key: 'k' } }, Secret: 's' };
  const picked = ingo.issueCard.pick(form);
  assert.deepEqual(picked, { ...VIRTUAL, shipping_address: { city: 'c' }, upload: { meta: { api_key: 'k' } }, Secret: 's' });
  const codes = ingo.issueCard.check(picked).issues.map((issue) => [issue.path.join('.'), issue.code]);
  assert.deepEqual(codes, [['upload', 'unknown_field'], ['upload.meta.api_key', 'secret_in_browser'], ['Secret', 'secret_in_browser']]);
});

test('pick takes a name with a dot for no path', () => {
  const form = { ...VIRTUAL, 'shipping_address.city': 'c', shipping_address: { city: 'c', 'city.x': 'd' } };
  const picked = ingo.issueCard.pick(form);
  assert.deepEqual(picked, { ...VIRTUAL, shipping_address: { city: 'c' } });
  assert.ok(ingo.issueCard.check(picked).ok);
});

test('readCard gives null for what a driver makes of a column and JSON cannot express', () => {
  const quoted = 'a "#word", \\"#word';
  const row = { ...card, quoted, updated_at: new Date(), size: 1n, ratio: NaN, half: '\ud800', list: [1n, '#a'] };
  const read = { ...card, quoted, updated_at: null, size: null, ratio: null, half: null, list: [null, '#a'] };
  assert.deepEqual(ingo.readCard(row), { ok: true, card: read });
  assert.deepEqual(ingo.readCard({ ...card, created_at: new Date() }), { ok: false, field: 'created_at', expected: 'text', found: 'class_instance' });
});

test('readCard takes a row of a database, unknown status and all', () => {
  const row = { ...card, status: 'inactive', internal: 7 };
  assert.deepEqual(ingo.readCard(row), { ok: true, card: row });
  assert.deepEqual(ingo.readCard({ ...card, last_four: 4242 }), { ok: false, field: 'last_four', expected: 'four digits', found: 'number' });
  assert.deepEqual(ingo.readCard(null), { ok: false, field: 'card', expected: 'object', found: 'null' });
});

test('allowedActions says what is legal, and why the rest is not', () => {
  assert.deepEqual(ingo.allowedActions(card), {
    activateCard: { allowed: false, code: 'already_activated', reason: 'This card has been activated before.' },
    freezeCard: { allowed: true },
    unfreezeCard: { allowed: false, code: 'not_frozen', reason: 'This card is not frozen.' },
    reissueCard: { allowed: true },
  });
  const scopes = ['ingo.freezeCard'];
  assert.equal(ingo.allowedActions(card, { scopes }).reissueCard.code, 'scope_missing');
  assert.equal(ingo.allowedActions({ status: 'brand new' }).activateCard.code, 'status_unrecognized');
});
