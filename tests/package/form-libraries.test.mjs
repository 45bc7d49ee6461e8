// The current majors of the form libraries, run as they come: a wrong form never submits, a right one always does, and each message
// lands on its field.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSubmission, report, useForm } from '@conform-to/react/future';
import { standardSchemaResolver } from '@hookform/resolvers/standard-schema';
import { FieldApi, FormApi } from '@tanstack/form-core';
import { createElement } from 'react';
import { renderToString } from 'react-dom/server';
import { createFormControl } from 'react-hook-form';
import { load } from './installed.mjs';
import { ADDRESS, USER, VIRTUAL } from './issuer.mjs';

const { ingo, pintopay, rhfResolver } = await load();

const BLANK = { address_one: '', address_two: '', city: '', state: '', postal_code: '', country: '' };
const FORM = { user_id: USER, card_type: 'virtual', shipping_address: BLANK, virtual_card_id: '' };
/** Values as forms hold them, and the codes that must stand at their fields; none for a right form. */
const FORMS = {
  'a right form': [ingo.issueCard, FORM, {}],
  'a right physical form': [ingo.issueCard, { ...FORM, card_type: 'physical', shipping_address: { ...ADDRESS, state: ' tx', address_two: '' } }, {}],
  'a right boolean form': [ingo.reissueCard, { user_id: USER, id: 'rcrd-9a117b23-cc90-d1ef-8f3a-2b1c0e444f2d', reuse_pan: true, reason: '' }, {}],
  'a right order': [pintopay.createCard, { product_code: 'visa', product_id: '', external_user_id: 'u-1' }, {}],
  'nothing chosen': [ingo.issueCard, { ...FORM, card_type: '' }, { card_type: 'required' }],
  'wrong at three places': [ingo.issueCard, { ...FORM, user_id: 'x', card_type: 'physical', shipping_address: { ...ADDRESS, postal_code: '1', state: '' } }, { user_id: 'id_prefix', 'shipping_address.state': 'required', 'shipping_address.postal_code': 'postal_code_format' }],
  'two products': [pintopay.createCard, { product_code: 'a', product_id: 'b', external_user_id: 'u' }, { product_code: 'exactly_one' }],
  'far too much text': [ingo.issueCard, { ...FORM, virtual_card_id: 'x'.repeat(20_000) }, { card_type: 'input_too_large' }],
  'NaN from valueAsNumber': [ingo.listCards, { user_id: '', page: NaN }, { page: 'unsupported_value' }],
  'names a library reserves': [ingo.issueCard, { ...FORM, root: 'r', '': 'e' }, { card_type: 'unknown_field' }],
  'a credential': [ingo.issueCard, { ...FORM, api_key: 'k' }, { card_type: 'secret_in_browser' }],
};

const rightOf = ([operation, values, wrong]) => (Object.keys(wrong).length > 0 ? undefined : operation.check(values).request);
const flat = (errors, above = '') =>
  Object.entries(errors).flatMap(([name, at]) => (typeof at.message === 'string' ? [[above + name, at]] : flat(at, `${above}${name}.`)));

for (const [library, resolverOf, hasCodes] of [
  ['react-hook-form with rhfResolver', rhfResolver, true],
  ['react-hook-form with @hookform/resolvers', standardSchemaResolver, false],
]) {
  for (const [name, form] of Object.entries(FORMS)) {
    test(`${library}: ${name}`, async () => {
      const [operation, values, wrong] = form;
      const control = createFormControl({ resolver: resolverOf(operation), defaultValues: values });
      const submitted = [];
      let errors = {};
      await control.handleSubmit((data) => void submitted.push(data), (found) => void (errors = found))();
      assert.deepEqual(submitted, rightOf(form) === undefined ? [] : [rightOf(form)]);
      const found = flat(errors);
      assert.deepEqual(found.map(([path]) => path).sort(), Object.keys(wrong).sort());
      for (const [path, { type, message }] of found) {
        if (hasCodes) assert.equal(type, wrong[path]);
        assert.ok(message.length > 5);
      }
    });
  }
}

for (const [name, form] of Object.entries(FORMS)) {
  for (const slot of ['onChange', 'onBlur', 'onSubmit', 'onChangeAsync', 'onSubmitAsync']) {
    test(`TanStack Form, ${slot}: ${name}`, async () => {
      const [operation, values, wrong] = form;
      const submitted = [];
      const api = new FormApi({
        defaultValues: values,
        validators: { [slot]: operation },
        onSubmit: ({ value }) => void submitted.push(operation['~standard'].validate(value).value),
      });
      api.mount();
      await api.handleSubmit();
      assert.deepEqual(submitted, rightOf(form) === undefined ? [] : [rightOf(form)]);
      // Errors of the same rules stand in the slot they were asked for in.
      const { form: found = {} } = { form: api.state.errorMap[slot.replace('Async', '')] };
      const codes = Object.fromEntries(Object.entries(found).map(([path, issues]) => [path, issues[0].code]));
      assert.deepEqual(codes, wrong, 'each issue whole, at its field');
      for (const [path, code] of Object.entries(wrong)) {
        assert.equal(api.getFieldMeta(path)?.errors[0]?.code, code, `${path} shows it`);
      }
    });
  }
}

test('TanStack Form: a validator of one field', async () => {
  const form = new FormApi({ defaultValues: { ...FORM } });
  form.mount();
  const field = new FieldApi({ form, name: 'shipping_address.postal_code', validators: { onChange: ingo.issueCard.fields['shipping_address.postal_code'] } });
  field.mount();
  field.setValue('123');
  assert.deepEqual(field.state.meta.errors.map(({ code, path }) => [path.join('.'), code]), [['shipping_address.postal_code', 'postal_code_format']]);
  field.setValue('02134');
  assert.deepEqual(field.state.meta.errors, []);
});

for (const [name, form] of Object.entries(FORMS)) {
  const [operation, values, wrong] = form;
  // FormData holds text alone, so what is not text is not Conform's to give.
  if (Object.values(values).some((value) => typeof value === 'boolean' || typeof value === 'number')) continue;
  test(`Conform: ${name}`, () => {
    const data = new FormData();
    for (const [field, value] of Object.entries(values)) {
      if (typeof value === 'string') data.set(field, value);
      else for (const [child, text] of Object.entries(value)) data.set(`${field}.${child}`, text);
    }
    const submission = parseSubmission(data);
    const result = operation['~standard'].validate(submission.payload);
    const { error } = report(submission, { error: result });
    if ('value' in result) return assert.deepEqual([result.value, error ?? null], [rightOf(form), null]);
    assert.deepEqual(Object.keys(error.fieldErrors).sort(), Object.keys(wrong).sort());
    assert.equal(error.formErrors?.length ?? 0, 0, 'nothing is about no field');
  });
}

test('Conform takes an operation as its schema', () => {
  const Form = () => {
    const { form, fields } = useForm(ingo.issueCard, { onSubmit: () => {} });
    return createElement('form', form.props, createElement('input', { name: fields.user_id.name }));
  };
  assert.match(renderToString(createElement(Form)), /name="user_id"/);
});
