// `~standard` as any consumer sees it: https://standardschema.dev, and what the form libraries make of its corners.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { reactive } from '@vue/reactivity';
import { load } from './installed.mjs';
import { ADDRESS, USER, VIRTUAL } from './issuer.mjs';

const faces = await load();
const { ingo, pintopay } = faces;
const operations = [ingo, pintopay].flatMap((issuer) => Object.values(issuer).filter((face) => face['~standard'] !== undefined));
const fields = operations.flatMap((operation) => Object.entries(operation.fields));

/** What holds of every result, whatever was judged. */
function wellFormed(result, known) {
  assert.ok(typeof result === 'object' && result !== null);
  assert.ok(!('then' in result), 'no promise, and nothing that looks like one');
  if (!('issues' in result)) return assert.deepEqual(Object.keys(result), ['value']);
  assert.deepEqual(Object.keys(result), ['issues']);
  assert.ok(Array.isArray(result.issues) && result.issues.length > 0, 'a list of no issues would pass for a valid form');
  for (const { path, message, code, params } of result.issues) {
    assert.ok(path.length > 0 && path.every((name) => typeof name === 'string'));
    assert.ok(known.includes(path.join('.')), `${path} is a field of the form`);
    assert.ok(typeof message === 'string' && message !== '' && typeof code === 'string' && typeof params === 'object');
  }
}

test('every operation and every field is a plain object with the standard face', () => {
  assert.equal(operations.length, 10);
  for (const schema of [...operations, ...fields.map(([, field]) => field)]) {
    assert.equal(typeof schema, 'object');
    const { version, vendor, validate, jsonSchema, ...others } = schema['~standard'];
    assert.deepEqual([version, vendor, typeof validate, typeof jsonSchema.input, typeof jsonSchema.output], [1, 'cardwright', 'function', 'function', 'function']);
    assert.deepEqual(others, {}, '`types` is the compiler\'s alone');
  }
});

test('it works unbound, ignores options, and gives the request in normal form', () => {
  const { validate } = ingo.issueCard['~standard'];
  const values = { ...VIRTUAL, user_id: ` ${USER} `, virtual_card_id: '', shipping_address: { ...ADDRESS, city: '' } };
  assert.deepEqual(validate(values, { libraryOptions: { any: 1 } }), { value: VIRTUAL });
  assert.deepEqual(validate({ ...VIRTUAL, card_type: 'physical', shipping_address: { ...ADDRESS, postal_code: '1' } }), {
    issues: [{ path: ['shipping_address', 'postal_code'], code: 'postal_code_format', message: 'Enter a 5-digit ZIP code.', params: {} }],
  });
});

test('an issue about the whole form stands where the person chooses first', () => {
  const places = Object.fromEntries(operations.map((operation) => [operation.name, operation['~standard'].validate(null).issues.map(({ path, code }) => [path.join('.'), code])]));
  assert.deepEqual(places, {
    'ingo.issueCard': [['card_type', 'not_an_object']],
    'ingo.activateCard': [['user_id', 'not_an_object']],
    'ingo.freezeCard': [['user_id', 'not_an_object']],
    'ingo.unfreezeCard': [['user_id', 'not_an_object']],
    'ingo.reissueCard': [['reuse_pan', 'not_an_object']],
    'ingo.listCards': [['user_id', 'not_an_object']],
    'pintopay.createCard': [['product_code', 'not_an_object']],
    'pintopay.checkOrder': [['order_id', 'not_an_object']],
    'pintopay.getCard': [['card_id', 'not_an_object']],
    'pintopay.listOrders': [['external_user_id', 'not_an_object']],
  });
  const large = ingo.issueCard['~standard'].validate({ ...VIRTUAL, virtual_card_id: 'x'.repeat(20_000) });
  assert.deepEqual(large.issues.map(({ path, code }) => [path, code]), [[['card_type'], 'input_too_large']]);
});

test('an issue at a name the form has not stands at a field it has, and keeps the name', () => {
  const values = JSON.parse(`{"user_id":"${USER}","card_type":"physical","root":1,"":2,"__proto__":3,"a.b":4,"shipping_address":{"__proto__":5,"zip":6,"list":[{"token":7}]}}`);
  values.shipping_address = Object.defineProperties(values.shipping_address, Object.getOwnPropertyDescriptors(ADDRESS));
  const { issues } = ingo.issueCard['~standard'].validate(values);
  assert.deepEqual(
    issues.map(({ path, code, params }) => [path.join('.'), code, params.name]),
    [
      ['shipping_address', 'unknown_field', 'shipping_address.__proto__'],
      ['shipping_address', 'unknown_field', 'shipping_address.zip'],
      ['shipping_address', 'unknown_field', 'shipping_address.list'],
      ['card_type', 'unknown_field', 'root'],
      ['card_type', 'unknown_field', undefined],
      ['card_type', 'unknown_field', '__proto__'],
      ['card_type', 'unknown_field', 'a.b'],
      ['shipping_address', 'secret_in_browser', 'shipping_address.list.0.token'],
    ],
  );
});

test('a name that only looks like a path is one the form has not', () => {
  const { issues } = ingo.issueCard['~standard'].validate({ ...VIRTUAL, 'shipping_address.city': 'x' });
  assert.deepEqual(issues.map(({ path, code, params }) => [path, code, params.name]), [[['card_type'], 'unknown_field', 'shipping_address.city']]);
});

test('a field of which names are dropped gives back what it judged, and throws for nothing', () => {
  const { fields } = ingo.issueCard.with({ unknownFields: 'drop' });
  const { validate } = fields.shipping_address['~standard'];
  assert.deepEqual(validate({ ...ADDRESS, picked: new Date(), size: 1n }), { value: { ...ADDRESS, picked: null, size: null } });
});

test('the corpus gets the verdicts of check', () => {
  const folder = join(import.meta.dirname, '../fixtures/cases');
  let judged = 0;
  for (const file of readdirSync(folder)) {
    for (const one of JSON.parse(readFileSync(join(folder, file), 'utf8')).cases) {
      if (one.input === undefined || one.key !== undefined) continue;
      judged += 1;
      const [issuer, method] = one.operation.split('.');
      const operation = faces[issuer][method];
      const result = operation['~standard'].validate(one.input);
      wellFormed(result, Object.keys(operation.fields));
      if (one.accepts !== undefined) assert.equal(JSON.stringify(result.value), JSON.stringify(one.accepts), one.name);
      else assert.deepEqual(result.issues.map(({ code }) => code), one.issues.map(({ code }) => code), one.name);
    }
  }
  assert.ok(judged >= 500, `${judged}`);
});

const changing = () => {
  let reads = 0;
  return Object.defineProperty({ ...VIRTUAL }, 'card_type', { enumerable: true, get: () => (reads++ === 0 ? 'virtuel' : 'virtual') });
};
const cyclic = { ...VIRTUAL, card_type: 'physical' };
cyclic.shipping_address = cyclic;
const revoked = (target) => {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
};
class Form {
  user_id = USER;
  card_type = 'virtual';
}
const HOSTILE = {
  nothing: undefined, 'NaN': NaN, 'a BigInt': 10n, 'a symbol': Symbol('s'), 'a function': () => VIRTUAL, 'a callable schema': Object.assign(() => {}, VIRTUAL),
  'a class instance': new Form(), 'a Date': new Date(), 'a Map': new Map(Object.entries(VIRTUAL)), 'a promise': Promise.resolve(VIRTUAL), 'a thenable': { ...VIRTUAL, then: () => {} },
  'a revoked proxy': revoked({ ...VIRTUAL }), 'a revoked list': revoked([]), 'a revoked function': revoked(() => {}), 'a cycle': cyclic,
  'a getter that throws': Object.defineProperty({ ...VIRTUAL }, 'card_type', { enumerable: true, get: () => { throw new Error('no'); } }),
  'a getter that changes': changing(), 'NaN inside': { ...VIRTUAL, user_id: NaN }, 'a BigInt inside': { ...VIRTUAL, user_id: 1n },
  'a symbol inside': { ...VIRTUAL, user_id: Symbol.iterator }, 'a function inside': { ...VIRTUAL, user_id: () => USER }, 'a String object': { ...VIRTUAL, user_id: new String(USER) },
  'a lone surrogate': { ...VIRTUAL, user_id: '\ud800' }, 'a proxy whose keys throw': new Proxy({ ...VIRTUAL }, { ownKeys: () => { throw new Error('no'); } }),
  'a toJSON': { toJSON: () => VIRTUAL }, 'its own prototype': Object.create(VIRTUAL),
};

for (const [name, value] of Object.entries(HOSTILE)) {
  test(`${name} never throws and never passes`, () => {
    const result = ingo.issueCard['~standard'].validate(value);
    wellFormed(result, Object.keys(ingo.issueCard.fields));
    assert.ok('issues' in result, JSON.stringify(result));
    for (const [path, field] of fields) wellFormed(field['~standard'].validate(value), [...Object.keys(ingo.reissueCard.fields), ...Object.keys(ingo.issueCard.fields), path]);
  });
}

test('hostile values in every field of every operation', () => {
  for (const operation of operations) {
    for (const [path, field] of Object.entries(operation.fields)) {
      for (const value of [NaN, Infinity, 1n, Symbol('s'), () => {}, new Date(), new (class {})(), revoked({}), cyclic, '\udfff']) {
        const result = field['~standard'].validate(value);
        wellFormed(result, Object.keys(operation.fields));
        assert.ok('issues' in result, `${operation.name} ${path}`);
        assert.ok(result.issues[0].path.join('.').startsWith(path), 'its issues stand at the field itself');
      }
    }
  }
});

test('a field gives back the plain data it judged, and its issues carry its whole path', () => {
  const state = ingo.issueCard.fields['shipping_address.state']['~standard'];
  assert.deepEqual(state.validate(' tx'), { value: ' tx' });
  assert.deepEqual(state.validate('Texas').issues.map(({ path, code }) => [path, code]), [[['shipping_address', 'state'], 'state_unknown']]);
  assert.deepEqual(ingo.issueCard.fields['shipping_address.address_two']['~standard'].validate(undefined), { value: null });
  let reads = 0;
  const address = Object.defineProperty({ ...ADDRESS }, 'city', { enumerable: true, get: () => (reads++ === 0 ? 'Anytown' : 'a\nb') });
  const { value } = ingo.issueCard.fields.shipping_address['~standard'].validate(address);
  assert.deepEqual([value, reads], [{ ...ADDRESS, city: 'Anytown' }, 1], 'what was judged is what comes out');
});

test("Vue's reactive values pass like plain ones", () => {
  const values = { ...VIRTUAL, card_type: 'physical', shipping_address: { ...ADDRESS } };
  assert.deepEqual(ingo.issueCard['~standard'].validate(reactive(values)), ingo.issueCard['~standard'].validate(values));
});
