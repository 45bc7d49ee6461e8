// What a page may hand over by accident or by malice: a typed answer each time, and nothing sent.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from './installed.mjs';
import { ADDRESS, USER, VIRTUAL } from './issuer.mjs';

const { ingo, CardClient } = await load();

const revoked = () => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
};
const cyclic = () => {
  const object = { city: 'c' };
  object.country = object;
  return object;
};
const throwing = () => ({ get city() { throw new Error('no'); } });
class Address { city = 'c'; }
const trapping = new Proxy([], { get() { throw new Error('no'); } });

const values = {
  NaN: [NaN, 'unsupported_value', 'non_finite'],
  infinity: [-Infinity, 'unsupported_value', 'non_finite'],
  BigInt: [1n, 'unsupported_value', 'bigint'],
  symbol: [Symbol('s'), 'unsupported_value', 'symbol'],
  function: [() => USER, 'unsupported_value', 'function'],
  Date: [new Date(), 'unsupported_value', 'class_instance'],
  Map: [new Map(), 'unsupported_value', 'class_instance'],
  'a boxed string': [new String(USER), 'unsupported_value', 'class_instance'],
  'a class instance': [new Address(), 'unsupported_value', 'class_instance'],
  'a revoked proxy': [revoked(), 'unsupported_value', 'unreadable'],
  'a list': [[USER], 'wrong_kind', 'list'],
  'a list that cannot be read': [trapping, 'wrong_kind', 'list'],
  number: [8, 'wrong_kind', 'number'],
  'a lone surrogate': ['user-\ud800', 'lone_surrogate', undefined],
};

for (const [name, [value, code, found]] of Object.entries(values)) {
  test(`${name} as a value is an issue at its field, and nothing is sent`, async () => {
    const sent = [];
    const client = new CardClient({ baseUrl: 'http://127.0.0.1:1', fetch: async (...call) => sent.push(call) });
    const checked = ingo.issueCard.check({ ...VIRTUAL, user_id: value });
    assert.equal(checked.ok, false);
    assert.deepEqual(checked.issues.map((issue) => [issue.path.join('.'), issue.code, issue.params.found]), [['user_id', code, found]]);
    const result = await client.safe.ingo.issueCard({ ...VIRTUAL, user_id: value });
    assert.deepEqual([result.error.code, result.error.outcome], ['invalid_request', 'not_sent']);
    assert.deepEqual(sent, []);
  });
}

test('hostile objects below the top are issues at their path', () => {
  const codes = (shipping_address) =>
    ingo.issueCard.check({ user_id: USER, card_type: 'physical', shipping_address }).issues.map((issue) => `${issue.path.join('.')} ${issue.code} ${issue.params.found ?? ''}`.trim());
  assert.ok(codes(cyclic()).includes('shipping_address.country unsupported_value cycle'));
  assert.ok(codes(throwing()).includes('shipping_address.city unsupported_value unreadable'));
  assert.deepEqual(codes(new Address()), ['shipping_address unsupported_value class_instance']);
});

test('hostile inputs as a whole', () => {
  const code = (input) => ingo.issueCard.check(input).issues.map((issue) => issue.code);
  for (const input of [undefined, null, 'x', 5, [], NaN, 1n, Symbol('s'), () => {}, new Date(), revoked(), cyclic().x]) {
    assert.deepEqual(code(input), ['not_an_object']);
  }
  let deep = {};
  for (let level = 0; level < 100; level++) deep = { deep };
  assert.deepEqual(code(deep), ['input_too_deep']);
  assert.deepEqual(code({ user_id: 'x'.repeat(1_000_000) }), ['input_too_large']);
  assert.deepEqual(code({ user_id: '\ud83d\ude00'.repeat(100_000) }), ['input_too_large']);
  const many = Object.fromEntries(Array.from({ length: 1_000_000 }, (_, at) => [`k${at}`, 1]));
  assert.deepEqual(code(many), ['input_too_large']);
});

test('each own key is read once, inherited ones and toJSON never', () => {
  const reads = {};
  const counting = new Proxy({ ...VIRTUAL }, {
    get(target, name) {
      reads[String(name)] = (reads[String(name)] ?? 0) + 1;
      return target[name];
    },
  });
  assert.equal(ingo.issueCard.check(counting).ok, true);
  assert.deepEqual(reads, { user_id: 1, card_type: 1 });
  const changing = { get user_id() { Object.defineProperty(this, 'user_id', { value: 'changed', enumerable: true }); return USER; }, card_type: 'virtual' };
  assert.equal(ingo.issueCard.check(changing).request.user_id, USER);
  const inherits = Object.create({ user_id: USER, card_type: 'virtual' });
  assert.deepEqual(ingo.issueCard.check(inherits).issues.map((issue) => issue.code), ['not_an_object']);
  const toJSON = { toJSON: () => VIRTUAL };
  assert.ok(ingo.issueCard.check(toJSON).issues.some((issue) => issue.path[0] === 'toJSON' && issue.code === 'unknown_field'));
});

test('a polluted prototype adds nothing to the input and takes nothing from the answers', async () => {
  const names = ['reason', 'api_key', 'virtual_card_id', 'user_id', 'code', 'path', 'issues', 'message', 'params', 'data', 'items', 'ok'];
  const swallowed = [];
  for (const name of names) {
    Object.defineProperty(Object.prototype, name, { configurable: true, get: () => 'polluted', set: (value) => swallowed.push([name, value]) });
  }
  let checked, refused, sent;
  try {
    checked = ingo.issueCard.check(VIRTUAL);
    refused = ingo.issueCard.check({});
    sent = ingo.issueCard.build(VIRTUAL, { idempotencyKey: 'k'.repeat(20) }).body;
  } finally {
    for (const name of names) delete Object.prototype[name];
  }
  assert.deepEqual(checked, { ok: true, request: VIRTUAL, notices: [] });
  assert.deepEqual(refused.issues.map((issue) => [issue.path[0], issue.code]), [['user_id', 'required'], ['card_type', 'required']]);
  assert.equal(sent, JSON.stringify(VIRTUAL));
  assert.deepEqual(swallowed, []);
});

test('__proto__ as an own key is an unknown field, and pollutes nothing', () => {
  const parsed = JSON.parse('{"user_id":"x","card_type":"virtual","__proto__":{"polluted":1}}');
  assert.ok(ingo.issueCard.check(parsed).issues.some((issue) => issue.path[0] === '__proto__' && issue.code === 'unknown_field'));
  assert.equal({}.polluted, undefined);
  assert.deepEqual(Object.keys(ingo.issueCard.pick(parsed)), ['user_id', 'card_type']);
});

test('a credential at any depth stops the call', async () => {
  const sent = [];
  const client = new CardClient({ baseUrl: 'http://127.0.0.1:1', fetch: async (...call) => sent.push(call) });
  for (const hidden of [{ api_key: 'k' }, { shipping_address: { Authorization: 'k' } }, { x: [{ y: { client_secret: 1 } }] }]) {
    const { error } = await client.safe.ingo.issueCard({ ...VIRTUAL, ...hidden });
    assert.ok(error.issues.some((issue) => issue.code === 'secret_in_browser'));
    assert.equal(JSON.stringify(error).includes('"k"'), false, 'the value is in no error');
  }
  assert.deepEqual(sent, []);
});

test('letters of every length are counted and judged as they are', () => {
  const judged = (address_one) => ingo.issueCard.check({ user_id: USER, card_type: 'physical', shipping_address: { ...ADDRESS, address_one } });
  for (const letter of ['a', '\u{a0}b', '\u{e9}', '\u{7ff}', '\u{800}', '\u{ffff}', '\u{10000}', '\u{1f600}', '\u{10ffff}']) {
    const text = `x${letter.repeat(98 / [...letter].length)}x`;
    assert.equal(judged(text).request?.shipping_address.address_one, text, letter.codePointAt(0).toString(16));
    const long = judged('y' + letter.repeat(100) + 'y').issues[0];
    assert.deepEqual([long.code, long.params], ['too_long', { max: 100, length: [...letter].length * 100 + 2 }]);
  }
  for (const control of ['\u{7f}', '\u{80}', '\u{9f}']) assert.equal(judged(`a${control}b`).issues[0].code, 'control_character');
  for (const lone of ['\ud800', '\udbff', '\udc00', '\udfff', '\ud800\ud800', '\udc00\ud800']) {
    for (const text of [lone, `a${lone}`, `${lone}a`]) assert.equal(judged(text).issues[0].code, 'lone_surrogate');
  }
});

test('issues stand in the order of the members, and a dotted name is a name', () => {
  const values = {
    user_id: USER,
    'shipping_address.city': 'Anytown',
    card_type: 'physical',
    shipping_address: { api_key: 'k', postal_code: { api_key: 'k' }, city: '', address_one: '1 Main Street', state: 'TX', country: 'US' },
  };
  for (const check of [ingo.issueCard.check, ingo.issueCard.form().check]) {
    assert.deepEqual(check(values).issues.map(({ path, code }) => [path.join(' '), code]), [
      ['shipping_address city', 'required'],
      ['shipping_address postal_code', 'wrong_kind'],
      ['shipping_address.city', 'unknown_field'],
      ['shipping_address api_key', 'secret_in_browser'],
      ['shipping_address postal_code api_key', 'secret_in_browser'],
    ]);
    const { shipping_address } = values;
    const { api_key, postal_code, ...plain } = shipping_address;
    assert.deepEqual(check({ ...values, shipping_address: plain }).issues.map(({ path, code }) => [path.join(' '), code]), [
      ['shipping_address city', 'required'],
      ['shipping_address postal_code', 'required'],
      ['shipping_address.city', 'unknown_field'],
    ]);
  }
});
