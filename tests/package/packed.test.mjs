// Texts reach the rules letter by letter in a page, and all together in Node: of every letter, wherever it stands, both say
// what is said of the fields one by one, which go the long way, as JSON.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load, loadAsInPage } from './installed.mjs';
import { ADDRESS, USER } from './issuer.mjs';

const LETTERS = ['a', '\u0000', '\u007f', '\u0080', 'é', '\u07ff', '\u0800', '€', '中', '\uf8ff', 'ﬁ', '\ufffd', '💳', '\ud83d', '\udcb3'];
const LONGEST = 13;

const requestOf = (address_one, city) => ({ user_id: USER, card_type: 'physical', shipping_address: { ...ADDRESS, address_one, city } });
const codes = (issues) => issues.map(({ path, code }) => `${path.join('.')} ${code}`);

function texts() {
  const all = [];
  for (const letter of LETTERS) {
    for (let length = 0; length <= LONGEST; length++) {
      for (let at = 0; at <= length; at++) all.push(`${'x'.repeat(at)}${letter}${'y'.repeat(length - at)}`);
    }
  }
  return all;
}

for (const [where, { ingo }] of [['in a page', await loadAsInPage()], ['in Node', await load()]]) {
  const { fields, check, form } = ingo.issueCard;
  const typed = form(requestOf('1 Main Street', 'Anytown'));

  test(`${where}, every letter counts wherever it stands`, () => {
    const passed = { true: 0, false: 0 };
    for (const text of texts()) {
      const request = requestOf(text, `Ca${text}`);
      const expected = codes([
        ...fields['shipping_address.address_one'].check(text),
        ...fields['shipping_address.city'].check(`Ca${text}`),
      ]);
      const checked = check(request);
      assert.deepEqual(codes(checked.issues ?? []), expected, JSON.stringify(text));
      if (checked.ok) assert.deepEqual(checked.request, request);
      passed[checked.ok] += 1;
      assert.deepEqual(codes(typed.set('shipping_address.address_one', text).issues ?? []), expected.slice(0, expected.length / 2));
    }
    assert.ok(passed.true > 800 && passed.false > 300, JSON.stringify(passed));
  });

  test(`${where}, halves of two texts are no pair`, () => {
    const { issues } = check(requestOf('Main \ud83d', '\udcb3 Anytown'));
    assert.deepEqual(codes(issues), ['shipping_address.address_one lone_surrogate', 'shipping_address.city lone_surrogate']);
  });
}

test('where words stand the other way round than in wasm, all goes the long way', async () => {
  const { Int32Array } = globalThis;
  const turned = (word) => new DataView(Uint32Array.of(word).buffer).getInt32(0);
  const words = {
    get: (words, at) => turned(words[at]),
    set: (words, at, word) => {
      words[at] = turned(word);
      return true;
    },
  };
  globalThis.Int32Array = new Proxy(Int32Array, { construct: (Plain, given) => new Proxy(new Plain(...given), words) });
  try {
    const { ingo } = await load('index', '?turned');
    const request = requestOf('1 Main Street', 'Anytown');
    const form = ingo.issueCard.form(request);
    assert.deepEqual(ingo.issueCard.check(request).request, request);
    assert.deepEqual(codes(ingo.issueCard.check(requestOf('1 Main Street', '')).issues), ['shipping_address.city required']);
    assert.equal(form.checked.ok, true);
    const user_id = USER.replaceAll('8', '9');
    assert.deepEqual(form.set('user_id', user_id).request, { ...request, user_id });
  } finally {
    globalThis.Int32Array = Int32Array;
  }
});
