import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from './installed.mjs';
import { CARD, USER } from './issuer.mjs';

const { CardwrightError, ingo, pintopay, toFieldErrors, toRHFErrors } = await load();

const answer = (operation, status, problem) => {
  const headers = { 'content-type': 'application/problem+json' };
  const { error } = operation.read({ status, headers, body: JSON.stringify({ type: 'about:blank', title: 't', status, request_id: 'r', ...problem }) });
  return error;
};

test('rules the proxy found broken stand at their fields, one about the whole above the form', () => {
  const issues = [
    { path: ['shipping_address', 'city'], code: 'required', message: 'Enter the city.', params: {} },
    { path: ['shipping_address', 'city'], code: 'too_long', message: 'Use at most 50 characters for the city.', params: { max: 50 } },
    { path: [], code: 'not_an_object', message: 'The form could not be read.', params: {} },
  ];
  const error = answer(ingo.issueCard, 422, { code: 'invalid_request', outcome: 'not_sent', issues });
  for (const given of [error, error.toJSON(), structuredClone(error.toJSON()), JSON.parse(JSON.stringify(error))]) {
    assert.deepEqual(toFieldErrors(given), {
      fields: {
        'shipping_address.city': [
          { code: 'required', message: 'Enter the city.' },
          { code: 'too_long', message: 'Use at most 50 characters for the city.' },
        ],
      },
      form: [{ code: 'not_an_object', message: 'The form could not be read.' }],
    });
  }
});

test("the issuer's no stands at the field it is about, with its sentence where somebody explains it", () => {
  const error = answer(pintopay.createCard, 502, { code: 'issuer_rejected', outcome: 'rejected', slug: 'product_not_found', field: 'product_code' });
  const found = (message) => ({ fields: { product_code: [{ code: 'issuer_rejected', message, slug: 'product_not_found' }] }, form: [] });
  assert.deepEqual(toFieldErrors(error), found('The card issuer did not accept this.'));
  assert.deepEqual(toFieldErrors(error, pintopay.explain), found('The issuer does not know this product. Choose another one.'));
  const unknown = answer(pintopay.createCard, 502, { code: 'issuer_rejected', outcome: 'rejected', slug: 'brand_new' });
  const form = [{ code: 'issuer_rejected', message: 'The card issuer did not accept this.', slug: 'brand_new' }];
  assert.deepEqual(toFieldErrors(unknown, pintopay.explain), { fields: {}, form });
});

test('what must be confirmed stands at its field, every other failure above the form', () => {
  try {
    ingo.reissueCard.build({ user_id: USER, id: CARD, reuse_pan: false }, { idempotencyKey: 'a'.repeat(16) });
    assert.fail('expected it to throw');
  } catch (error) {
    const message = 'The old card stops working when its number is replaced.';
    assert.deepEqual(toFieldErrors(error), { fields: { reuse_pan: [{ code: 'old_card_ends', message }] }, form: [] });
  }
  const lost = new CardwrightError('network_error', 'unknown');
  assert.deepEqual(toFieldErrors(lost), { fields: {}, form: [{ code: 'network_error', message: 'No answer came from the server.' }] });
});

test("react-hook-form's errors are nested as the values are; of several at a field the first is shown", () => {
  const at = (path, code) => ({ path: path.split('.'), code, message: `${code}.`, params: {} });
  const errors = toRHFErrors([at('user_id', 'required'), at('shipping_address', 'wrong_kind'), at('shipping_address.city', 'required'), at('shipping_address.city', 'too_long')]);
  assert.deepEqual(JSON.parse(JSON.stringify(errors)), {
    user_id: { type: 'required', message: 'required.' },
    shipping_address: { type: 'wrong_kind', message: 'wrong_kind.', city: { type: 'required', message: 'required.' } },
  });
});

test('no name reaches a prototype', () => {
  const issue = { path: ['__proto__', 'polluted'], code: 'unknown_field', message: 'm', params: {} };
  toRHFErrors([issue, { ...issue, path: ['constructor', 'prototype', 'polluted'] }]);
  const { fields } = toFieldErrors({ code: 'invalid_request', message: 'm', issues: [{ ...issue, path: ['__proto__'] }] });
  assert.deepEqual(Object.keys(fields), ['__proto__']);
  assert.equal({}.polluted, undefined);
  assert.equal({}.type, undefined);
});
