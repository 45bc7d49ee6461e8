// A form that remembers says what a check of the whole says, whatever is edited in whatever order.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from './installed.mjs';
import { ADDRESS, CARD, USER, VIRTUAL } from './issuer.mjs';

const { ingo, pintopay } = await load();

/** Numbers that look random and are the same in every run (mulberry32). */
const randomFrom = (seed) => () => {
  seed = (seed + 0x6d2b79f5) | 0;
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
};

/** What a person, a script or an attacker may put into a box. */
const VALUES = [
  '', ' ', USER, ` ${USER} `, 'user-8f', CARD, 'rcrd-', 'virtual', 'physical', 'metal', 'TX', 'tx', 'T', 'XX', '30044', ' 30044', '3004', '30044x',
  'US', 'us', 'DE', 'ZZ', 'Anytown', 'Anytown ', 'Any town', 'é', 'a\nb', 'a'.repeat(51), 'a'.repeat(60), 'a'.repeat(300), '\u{1f600}', '\ud83d', '\ufffd', '\u0085',
  '"\\', 'k'.repeat(20), 'plain', '2', '0', '10001', null, undefined, true, false, 0, 2, NaN, 1n, [], ['x'], {}, new Date(0), () => {},
];
const NAMES = ['user_id', 'zip', 'api_key', '__proto__', 'shipping_address.city', 'toString', ''];

const edited = (random, operation, values) => {
  const pick = (list) => list[Math.floor(random() * list.length)];
  const paths = Object.keys(operation.fields);
  const copy = { ...values, ...(values.shipping_address?.constructor === Object ? { shipping_address: { ...values.shipping_address } } : {}) };
  const path = pick(paths).split('.');
  const chance = random();
  if (chance < 0.03) return pick([null, [], 'x', {}, Object.freeze({ ...copy })]);
  if (chance < 0.06) return Object.fromEntries(Object.entries(copy).reverse());
  if (chance < 0.09) return Object.defineProperty(copy, pick(NAMES), { value: pick(VALUES), enumerable: true, configurable: true, writable: true });
  if (chance < 0.13) return delete copy[path[0]] && copy;
  if (path[1] === undefined && path[0] !== 'shipping_address') copy[path[0]] = pick(VALUES);
  else if (chance < 0.2) copy.shipping_address = pick([ADDRESS, null, 'x', {}, { ...ADDRESS, zip: '1' }, { ...ADDRESS, api_key: 'k' }, { city: {} }, new Map()]);
  else {
    if (copy.shipping_address?.constructor !== Object) copy.shipping_address = { ...ADDRESS };
    if (path[1] !== undefined) copy.shipping_address[path[1]] = pick(VALUES);
  }
  return copy;
};

for (const [name, operation, start] of [
  ['issueCard', ingo.issueCard, { user_id: USER, card_type: 'physical', shipping_address: ADDRESS, virtual_card_id: CARD }],
  ['issueCard under other settings', ingo.issueCard.with({ ids: 'prefix', unknownFields: 'drop' }), { user_id: USER, card_type: 'physical', shipping_address: ADDRESS }],
  ['reissueCard', ingo.reissueCard, { user_id: USER, id: CARD, reuse_pan: true, reason: 'lost', shipping_address: ADDRESS }],
  ['createCard', pintopay.createCard, { product_code: 'plain', external_user_id: 'u' }],
  ['listCards', ingo.listCards, { user_id: USER, page: '1' }],
]) {
  test(`${name}: 2,000 sequences of edits, each step as a check of the whole says`, () => {
    let steps = 0;
    for (let seed = 1; seed <= 2_000; seed++) {
      const random = randomFrom(seed);
      const form = operation.form();
      let values = random() < 0.8 ? start : {};
      for (let step = 0; step < 8; step++) {
        const whole = operation.check(values);
        assert.deepEqual(form.check(values), whole, `seed ${seed}, step ${step}`);
        assert.deepEqual(form.presence(), operation.presence(values), `presence at seed ${seed}, step ${step}`);
        steps += 1;
        values = edited(random, operation, values ?? {});
      }
    }
    assert.equal(steps, 16_000);
  });
}

test('a text typed letter by letter in a filled form', () => {
  const form = ingo.issueCard.form();
  const values = { user_id: USER, card_type: 'physical', shipping_address: { ...ADDRESS } };
  for (const [field, text] of [['city', 'San Juan Capistrano'], ['postal_code', '92675-1'], ['state', 'CAL'], ['country', 'USA'], ['address_one', 'x'.repeat(105)]]) {
    for (const direction of [1, -1]) {
      for (let at = 0; at <= text.length; at++) {
        const typed = { ...values, shipping_address: { ...values.shipping_address, [field]: text.slice(0, direction > 0 ? at : text.length - at) } };
        assert.deepEqual(form.check(typed), ingo.issueCard.check(typed), `${field} ${at}`);
      }
    }
  }
});

test('one object edited in place is seen to have changed', () => {
  const values = { user_id: USER, card_type: 'physical', shipping_address: { ...ADDRESS } };
  const form = ingo.issueCard.form();
  assert.equal(form.check(values).ok, true);
  values.shipping_address.postal_code = '3004';
  assert.deepEqual(form.check(values), ingo.issueCard.check(values));
  values.shipping_address.postal_code = '30045';
  assert.equal(form.check(values).request.shipping_address.postal_code, '30045');
});

test('where nothing changed the very same object comes back, and an earlier one never changes', () => {
  const form = ingo.issueCard.form(VIRTUAL);
  const first = form.checked;
  assert.equal(form.check({ ...VIRTUAL }), first);
  const frozen = structuredClone(first);
  const other = `${USER.slice(0, -1)}0`;
  assert.equal(form.set('user_id', other).request.user_id, other);
  assert.equal(form.set('user_id', 'user-8').ok, false);
  assert.deepEqual(first, frozen);
  const broken = form.checked;
  assert.equal(form.set('user_id', 'user-8f'), broken, 'the same issue is the same answer');
});

test('what a caller does to a result changes no later one', () => {
  const form = ingo.issueCard.form(VIRTUAL);
  try {
    form.checked.request.user_id = 'changed';
    form.checked.request.added = 1;
  } catch {
    // A frozen request may also refuse.
  }
  const next = { ...VIRTUAL, user_id: `${USER.slice(0, -1)}0` };
  assert.deepEqual(form.check(next), ingo.issueCard.check(next));
});

test('a keystroke crosses into the wasm for its own field alone', () => {
  const form = ingo.issueCard.form({ user_id: USER, card_type: 'physical', shipping_address: ADDRESS });
  assert.equal(form.checked.ok, true);
  const { stringify } = JSON;
  let whole = 0;
  JSON.stringify = (...given) => ((whole += 1), stringify(...given));
  try {
    for (let at = 1; at <= 200; at++) form.set('shipping_address.city', 'Anytown on the river'.slice(0, 1 + (at % 20)));
  } finally {
    JSON.stringify = stringify;
  }
  assert.equal(whole, 0, 'no snapshot was written');
  assert.equal(form.checked.request.shipping_address.city, 'A');
});

test('a form that grows too large is refused like a whole', () => {
  const form = ingo.reissueCard.form({ user_id: USER, id: CARD, reuse_pan: true, reason: 'x' });
  for (const length of [10, 300, 5_000, 16_000, 17_000, 20, 255]) {
    form.set('reason', 'é'.repeat(length));
    assert.deepEqual(form.checked, ingo.reissueCard.check(form.values), `${length}`);
  }
});

test('an issue at a name that only looks like a path stands on no field', () => {
  const form = ingo.issueCard.form({ ...VIRTUAL, 'shipping_address.city': 'x' });
  assert.deepEqual(form.issuesFor('').map((issue) => [issue.path, issue.code]), [[['shipping_address.city'], 'unknown_field']]);
  assert.deepEqual(form.issuesFor('shipping_address.city'), []);
});

test('issues by path, and only those of touched fields are shown', () => {
  const form = ingo.issueCard.form();
  assert.deepEqual(form.values, {});
  assert.deepEqual(form.issuesFor('user_id').map((issue) => issue.message), ['Enter the user id.']);
  assert.deepEqual(form.shownFor('user_id'), []);
  form.touch('user_id');
  assert.deepEqual(form.shownFor('user_id').map((issue) => issue.code), ['required']);
  assert.deepEqual(form.shownFor('card_type'), []);
  form.touch();
  assert.deepEqual(form.shownFor('card_type').map((issue) => issue.code), ['required']);
  form.set('card_type', 'physical');
  assert.deepEqual(form.shownFor('shipping_address.city').map((issue) => issue.message), ['Enter the city.']);
  assert.equal(form.presence()['shipping_address.city'], 'required');
  form.set('shipping_address.city', 'Anytown');
  assert.deepEqual(form.values, { card_type: 'physical', shipping_address: { city: 'Anytown' } });
  assert.deepEqual(form.issuesFor('shipping_address.city'), []);
  form.check({ ...form.values, colour: 'red' });
  assert.deepEqual(form.issuesFor('').map((issue) => issue.code), ['unknown_field']);
  assert.deepEqual(form.shownFor('').map((issue) => issue.code), ['unknown_field'], 'what stands on no field is always shown');
});

test('its parts work apart from it, as a destructuring page takes them', () => {
  const { check, set, issuesFor, touch, shownFor, presence } = ingo.issueCard.form();
  assert.equal(check(VIRTUAL).ok, true);
  assert.equal(set('user_id', '').ok, false);
  touch('user_id');
  assert.equal(shownFor('user_id').length, 1);
  assert.equal(issuesFor('user_id').length, 1);
  assert.equal(presence().user_id, 'required');
});

test('hostile values never throw and never pass', () => {
  const revoked = Proxy.revocable({}, {});
  revoked.revoke();
  const form = ingo.issueCard.form();
  for (const hostile of [revoked.proxy, { ...VIRTUAL, user_id: revoked.proxy }, { get user_id() { throw new Error('no'); }, card_type: 'virtual' }, new Proxy([], { get() { throw new Error('no'); } })]) {
    assert.equal(form.check(VIRTUAL).ok, true);
    assert.equal(form.check(hostile).ok, false);
    assert.equal(form.set('user_id', USER).ok !== undefined, true);
  }
  let reads = 0;
  const counting = { get user_id() { reads += 1; return USER; }, card_type: 'virtual' };
  form.check(counting);
  assert.equal(reads, 1, 'each member is read once');
});
