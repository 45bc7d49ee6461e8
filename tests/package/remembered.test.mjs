// The rules are asked about a name they do not know once; what is remembered of it never says more, less or something else.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from './installed.mjs';
import { VIRTUAL } from './issuer.mjs';

const { ingo } = await load();
const LONG = 'x'.repeat(65);

/** Names the operation does not know, in values of every kind. */
const STRANGERS = [
  { colour: 'red' }, { colour: '' }, { colour: null }, { colour: 7 }, { colour: true }, { colour: undefined },
  { colour: NaN }, { colour: LONG }, { colour: '\ud800' }, { colour: {} }, { colour: { api_key: 'k' } }, { colour: ['k'] },
  { colour: 5n }, { colour: () => {} }, { colour: new Date(0) }, { cart_type: 'virtual' }, { 'card-type': 'virtual', colour: 'red' },
  { api_key: 'k' }, { api_key: 'k', colour: 'red' }, { '\ud800': 'red' }, { '\ufffd': 'red' }, { [LONG]: 'red' }, { '': 'red' },
  JSON.parse('{"__proto__":"red"}'), { constructor: 'red' }, { toString: 'red', colour: 'red' }, { shipping_address: { colour: 'red' } },
  Object.fromEntries(Array.from({ length: 9 }, (_, at) => [`colour${at}`, 'red'])),
  { colour: 'x'.repeat(20_000) },
];

/** An operation that remembers nothing yet. */
const fresh = (settings = {}) => ingo.issueCard.with(settings);

for (const settings of [{}, { unknownFields: 'drop' }]) {
  test(`after any other input, each is answered as if it were the first: ${JSON.stringify(settings)}`, () => {
    const inputs = STRANGERS.flatMap((stranger) => [
      { ...VIRTUAL, ...stranger },
      { ...stranger, ...VIRTUAL },
      { ...stranger, ...VIRTUAL, user_id: 'user-1', reason: '' },
    ]);
    const used = fresh(settings);
    for (const input of [...inputs, ...[...inputs].reverse()]) assert.deepEqual(used.check(input), fresh(settings).check(input));
  });
}

test('what is remembered is nobody else’s to change', () => {
  const operation = fresh();
  const input = { ...VIRTUAL, cart_type: 'virtual' };
  for (const { issues: [issue] } of [operation.check(input), operation.check(input)]) {
    assert.throws(() => issue.path.push('more'), TypeError);
    assert.throws(() => (issue.params.nearest = 'something'), TypeError);
    assert.throws(() => (issue.message = ''), TypeError);
  }
});
