// A submitted form becomes values, and nothing of it is lost on the way to the check.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from './installed.mjs';
import { ADDRESS, CARD, USER, VIRTUAL } from './issuer.mjs';

const { ingo, pintopay } = await load();

/** Entries as a browser sends them. */
const submitted = (entries) => {
  const data = new FormData();
  for (const [name, value] of entries) data.append(name, value);
  return data;
};
const told = (operation, values) => (operation.check(values).issues ?? []).map(({ path, code }) => `${path.join('.')} ${code}`);

test('dotted names become nested, from FormData, from a query and from pairs', () => {
  const entries = [
    ['user_id', USER],
    ['card_type', 'physical'],
    ...Object.entries(ADDRESS).map(([name, value]) => [`shipping_address.${name}`, value]),
  ];
  for (const source of [submitted(entries), new URLSearchParams(entries), entries, new Map(entries), entries.values()]) {
    const values = ingo.issueCard.fromFormData(source);
    assert.deepEqual(values, { user_id: USER, card_type: 'physical', shipping_address: ADDRESS });
    assert.equal(ingo.issueCard.check(values).ok, true);
  }
});

test('an untouched form is what it looks like: blanks are absent', () => {
  const blanks = Object.keys(ADDRESS).map((name) => [`shipping_address.${name}`, '']);
  const values = ingo.issueCard.fromFormData(submitted([...Object.entries(VIRTUAL), ...blanks, ['idempotent_key', '']]));
  assert.deepEqual(ingo.issueCard.check(values), { ok: true, request: VIRTUAL, notices: [] });
});

test('a checkbox, a hidden "false" beside it, and radio buttons are booleans; nothing sent stays nothing', () => {
  const reuse = (...sent) => ingo.reissueCard.fromFormData(submitted(sent.map((value) => ['reuse_pan', value]))).reuse_pan;
  for (const word of ['on', 'true', '1']) assert.equal(reuse(word), true, word);
  for (const word of ['off', 'false', '0']) assert.equal(reuse(word), false, word);
  assert.equal(reuse('false', 'true'), true, 'the hidden one first, as Rails has it');
  assert.equal(reuse('true', 'false'), true, 'the hidden one last, as ASP.NET has it');
  assert.equal(reuse('false'), false);
  assert.equal(reuse('', 'on'), true);
  assert.equal(reuse(''), '', 'no choice is no answer');
  assert.equal(reuse(), undefined, 'an unchecked box sends nothing, and that never ends a card');
  assert.deepEqual(told(ingo.reissueCard, ingo.reissueCard.fromFormData([['user_id', USER], ['id', CARD]])), ['reuse_pan required']);
  const unreadable = { ...Object.fromEntries([['user_id', USER], ['id', CARD]]), reuse_pan: reuse('yes') };
  assert.deepEqual(told(ingo.reissueCard, unreadable), ['reuse_pan wrong_kind'], 'another word is no boolean');
  assert.deepEqual(reuse('yes', 'on'), ['yes', 'on']);
});

test('digits stay digits: the rules read them', () => {
  const values = ingo.listCards.fromFormData(new URLSearchParams('page=2'));
  assert.deepEqual(values, { page: '2' });
  assert.deepEqual(ingo.listCards.check(values).request, { page: 2 });
  const address = ingo.issueCard.fromFormData(new URLSearchParams('shipping_address.postal_code=02134'));
  assert.equal(address.shipping_address.postal_code, '02134');
});

test('what a framework adds by itself is left out, and only that', () => {
  const added = [
    '$ACTION_REF_1', '$ACTION_1:0', '$ACTION_ID_59f475b', '$ACTION_KEY', '__intent__', '__INTENT__', '__state__', 'authenticity_token',
    'utf8', '_method', 'csrfmiddlewaretoken', '_csrf', '_csrf_token', '__RequestVerificationToken', '_charset_',
  ];
  const values = ingo.issueCard.fromFormData(submitted([...Object.entries(VIRTUAL), ...added.map((name) => [name, 'x'])]));
  assert.deepEqual(values, VIRTUAL);
  for (const name of ['_token', 'api_key', 'commit', '$action', '__proto', 'x$ACTION_1', 'intent']) {
    const kept = ingo.issueCard.fromFormData([...Object.entries(VIRTUAL), [name, 'x']]);
    assert.equal(ingo.issueCard.check(kept).ok, false, `${name} is not passed over`);
  }
});

test('credentials are refused, however they are named and whatever is dropped', () => {
  for (const name of ['api_key', 'x.api_key', 'shipping_address.Authorization', 'a.b.c.client_secret', '_token']) {
    for (const operation of [ingo.issueCard, ingo.issueCard.with({ unknownFields: 'drop' })]) {
      const values = operation.fromFormData([...Object.entries(VIRTUAL), [name, 'x']]);
      assert.ok(told(operation, values).includes(`${name} secret_in_browser`), name);
    }
  }
});

test('files, names given twice and names in the way of each other are issues, not losses', () => {
  const base = Object.entries(VIRTUAL);
  const file = new File(['x'], 'id.png');
  assert.deepEqual(told(ingo.issueCard, ingo.issueCard.fromFormData(submitted([['card_type', 'virtual'], ['user_id', file]]))), ['user_id unsupported_value']);
  assert.deepEqual(told(ingo.issueCard, ingo.issueCard.fromFormData([...base, ['user_id', USER]])), ['user_id wrong_kind']);
  assert.deepEqual(told(ingo.issueCard, ingo.issueCard.fromFormData([...base, ['card_type', 'physical'], ['card_type', 'virtual']])), ['card_type wrong_kind']);
  const physical = [['user_id', USER], ['card_type', 'physical']];
  const textFirst = ingo.issueCard.fromFormData([...physical, ['shipping_address', 'x'], ['shipping_address.city', 'c']]);
  assert.deepEqual(told(ingo.issueCard, textFirst), ['shipping_address wrong_kind', 'shipping_address.city unknown_field']);
  const textLast = ingo.issueCard.fromFormData([...physical, ['shipping_address.city', 'c'], ['shipping_address', 'x']]);
  assert.deepEqual(told(ingo.issueCard, textLast), ['shipping_address wrong_kind']);
  const object = { city: 'mine' };
  ingo.issueCard.fromFormData([['shipping_address', object], ['shipping_address.city', 'c']]);
  assert.deepEqual(object, { city: 'mine' }, 'a value that was given is not written into');
  const unknown = ingo.issueCard.fromFormData([...base, ['shipping_address.zip', '1'], ['colour', 'red']]);
  assert.deepEqual(told(ingo.issueCard, unknown), ['colour unknown_field']);
});

test('hostile names and entries neither throw nor pollute, and never look like a valid form', () => {
  const names = ['__proto__', '__proto__.polluted', 'constructor.prototype.polluted', 'shipping_address.__proto__.polluted', '', '.', '..', 'a'.repeat(1e5), 'a.'.repeat(1e4)];
  for (const name of names) {
    const values = ingo.issueCard.fromFormData([...Object.entries({ ...VIRTUAL, card_type: 'physical' }), [name, 'x'], [name, 'y']]);
    assert.equal(ingo.issueCard.check(values).ok, false, name.slice(0, 40));
    assert.equal(Object.getPrototypeOf(values), Object.prototype);
  }
  assert.equal({}.polluted, undefined);
  const revoked = Proxy.revocable({}, {});
  revoked.revoke();
  const breaking = { *[Symbol.iterator]() { yield ['page', '1']; throw new Error('no'); } };
  for (const entries of [null, undefined, 5, 'page=1', {}, [1], [[]], [[Symbol('s'), 'x']], breaking, revoked.proxy, new Date(), () => {}]) {
    const values = ingo.listCards.fromFormData(entries);
    assert.deepEqual(told(ingo.listCards, values), [' not_an_object']);
  }
  assert.deepEqual(ingo.listCards.fromFormData([]), {});
});

test('a polluted prototype changes nothing', () => {
  const swallowed = [];
  for (const name of ['user_id', 'shipping_address', 'boolean']) {
    Object.defineProperty(Object.prototype, name, { configurable: true, get: () => true, set: (value) => swallowed.push([name, value]) });
  }
  let values;
  try {
    values = ingo.issueCard.fromFormData([['user_id', 'on'], ['shipping_address.city', 'on']]);
  } finally {
    for (const name of ['user_id', 'shipping_address', 'boolean']) delete Object.prototype[name];
  }
  assert.deepEqual(values, { user_id: 'on', shipping_address: { city: 'on' } });
  assert.deepEqual(swallowed, []);
});

test('every operation reads its own form', () => {
  const values = pintopay.createCard.fromFormData(new URLSearchParams('product_code=plain&external_user_id=u-1'));
  assert.deepEqual(pintopay.createCard.check(values).request, { product_code: 'plain', external_user_id: 'u-1' });
});
