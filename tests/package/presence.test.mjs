// Which fields a form shows, and how far typing is. The rules themselves are held in tests/properties.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from './installed.mjs';
import { ADDRESS, USER, VIRTUAL } from './issuer.mjs';

const { ingo, pintopay } = await load();

const below = (place, ...others) => Object.fromEntries(Object.keys(ADDRESS).map((name) => [`shipping_address.${name}`, others.includes(name) ? 'optional' : place]));

test('presence says what the form needs now', () => {
  const always = { user_id: 'required', card_type: 'required', idempotent_key: 'optional' };
  const hidden = { ...always, shipping_address: 'hidden', ...below('hidden'), 'shipping_address.address_two': 'hidden', virtual_card_id: 'hidden' };
  assert.deepEqual(ingo.issueCard.presence({}), hidden);
  assert.deepEqual(ingo.issueCard.presence(VIRTUAL), hidden);
  assert.deepEqual(ingo.issueCard.presence({ card_type: 'physical' }), {
    ...always,
    shipping_address: 'required',
    ...below('required'),
    'shipping_address.address_two': 'optional',
    virtual_card_id: 'optional',
  });
  assert.deepEqual(pintopay.createCard.presence({ product_id: 'p' }), { product_code: 'hidden', product_id: 'required', external_user_id: 'required' });
});

test('presence answers whatever it is given', () => {
  const revoked = Proxy.revocable({}, {});
  revoked.revoke();
  for (const values of [null, undefined, 5, 'x', [], revoked.proxy, { card_type: Symbol('s') }, { get card_type() { throw new Error('no'); } }]) {
    const places = ingo.issueCard.presence(values);
    assert.deepEqual(Object.keys(places), Object.keys(ingo.issueCard.fields));
    assert.equal(places.user_id, 'required');
    assert.equal(places.shipping_address, 'hidden');
  }
});

test('without WebAssembly presence and typing still answer', async () => {
  const fresh = await import(`${(await import('./installed.mjs')).folder}/dist/index.js?without`);
  const { Module } = WebAssembly;
  WebAssembly.Module = function () { throw new Error('refused'); };
  try {
    assert.equal(fresh.ingo.issueCard.presence({}).user_id, 'required');
    assert.equal(fresh.ingo.issueCard.presence({}).virtual_card_id, 'optional');
    assert.equal(fresh.ingo.issueCard.fields.user_id.typing(USER), 'invalid', 'never valid without the rules');
    const form = fresh.ingo.issueCard.form(VIRTUAL);
    assert.deepEqual(form.checked.issues.map((issue) => issue.code), ['wasm_unavailable']);
    assert.deepEqual(form.issuesFor('').map((issue) => issue.code), ['wasm_unavailable']);
  } finally {
    WebAssembly.Module = Module;
  }
});

test('typing tells what may still become right from what is wrong', () => {
  const { fields } = ingo.issueCard;
  const zip = fields['shipping_address.postal_code'];
  assert.deepEqual(['', '9', '941', '94103', '941a', '94103-', 94103].map((text) => zip.typing(text)), ['empty', 'incomplete', 'incomplete', 'valid', 'invalid', 'invalid', 'invalid']);
  assert.deepEqual(['user-8f3a', 'rcrd-', USER].map((text) => fields.user_id.typing(text)), ['incomplete', 'invalid', 'valid']);
  assert.deepEqual(['C', 'CA', 'CX'].map((text) => fields['shipping_address.state'].typing(text)), ['incomplete', 'valid', 'invalid']);
  assert.deepEqual(['phys', 'physical', 'metal'].map((text) => fields.card_type.typing(text)), ['incomplete', 'valid', 'invalid']);
  assert.deepEqual([{}, { city: 'c' }, ADDRESS, { ...ADDRESS, zip: 1 }].map((object) => fields.shipping_address.typing(object)), ['empty', 'incomplete', 'valid', 'invalid']);
  assert.deepEqual([undefined, null, Symbol('s'), 'user-\ud800', 'x'.repeat(1e6)].map((value) => fields.user_id.typing(value)), ['empty', 'empty', 'invalid', 'invalid', 'invalid']);
  const relaxed = ingo.issueCard.with({ ids: 'prefix' }).fields.user_id;
  assert.deepEqual(['user-', 'user-1', 'us', 'x'].map((text) => relaxed.typing(text)), ['incomplete', 'valid', 'incomplete', 'invalid']);
});
