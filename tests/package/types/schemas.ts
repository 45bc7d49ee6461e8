// Compiled against the packed package and the form libraries: an operation is a schema to each of them.

import { FormApi, FieldApi } from '@tanstack/form-core';
import { standardSchemaResolver } from '@hookform/resolvers/standard-schema';
import type { StandardJSONSchemaV1, StandardSchemaV1 } from '@standard-schema/spec';
import { useForm } from 'react-hook-form';
import {
  ingo,
  pintopay,
  rhfResolver,
  toRHFErrors,
  type IssueCardInput,
  type IssueCardRequest,
  type StandardSchema,
  type State,
  type Valid,
} from 'cardwright';

// The specification's own types take it, and infer from it.
const schema: StandardSchemaV1<IssueCardInput, Valid<IssueCardRequest>> = ingo.issueCard;
const json: StandardJSONSchemaV1<IssueCardInput, Valid<IssueCardRequest>> = ingo.issueCard;
const field: StandardSchemaV1<string | null | undefined> = ingo.issueCard.fields['shipping_address.postal_code'];
void [schema, json, field];
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const input: Same<StandardSchemaV1.InferInput<typeof ingo.issueCard>, IssueCardInput> = true;
const output: Same<StandardSchemaV1.InferOutput<typeof ingo.issueCard>, Valid<IssueCardRequest>> = true;
const choice: Same<StandardSchemaV1.InferInput<(typeof ingo.reissueCard.fields)['reuse_pan']>, boolean | '' | null | undefined> = true;
void [input, output, choice];

// Synchronous: no promise to be awaited, no request where there are issues, no issue without a field.
const result = ingo.issueCard['~standard'].validate({});
if (result.issues === undefined) {
  const { user_id }: Valid<IssueCardRequest> = result.value;
  void user_id;
} else {
  const [{ path, code, params }] = result.issues;
  const first: string = path[0];
  void [first, code, params];
  toRHFErrors(result.issues);
  // @ts-expect-error there is no value
  result.value.user_id;
}
const checked = ingo.issueCard.check({ user_id: '', card_type: '' });
// @ts-expect-error an issue about the whole form has no field, and a library that is given it submits
if (!checked.ok) toRHFErrors(checked.issues);

const draft: string = String(ingo.issueCard['~standard'].jsonSchema.input({ target: 'draft-2020-12' })['$schema']);
void draft;

// react-hook-form: with our resolver, and with the one of @hookform/resolvers.
export function Form() {
  const defaultValues: IssueCardInput = { user_id: '', card_type: '', shipping_address: { address_one: '', city: '', state: '', postal_code: '', country: 'US' } };
  const ours = useForm({ defaultValues, resolver: rhfResolver(ingo.issueCard) });
  const theirs = useForm({ defaultValues, resolver: standardSchemaResolver(ingo.issueCard) });
  ours.register('shipping_address.postal_code');
  theirs.register('shipping_address.postal_code');
  const code: string | undefined = ours.formState.errors.shipping_address?.postal_code?.type;
  void code;
  return [
    ours.handleSubmit((request) => {
      const valid: Valid<IssueCardRequest> = request;
      return valid.user_id;
    }),
    theirs.handleSubmit((request) => {
      const valid: Valid<IssueCardRequest> = request;
      return valid.user_id;
    }),
  ];
}

// TanStack Form: the operation on the form, a field on a field.
const form = new FormApi({
  defaultValues: { user_id: '', card_type: '', shipping_address: { address_one: '', city: '', state: '', postal_code: '', country: '' } } as IssueCardInput,
  validators: { onSubmit: ingo.issueCard },
});
new FieldApi({ form, name: 'user_id', validators: { onChange: ingo.issueCard.fields.user_id } });
new FieldApi({ form, name: 'shipping_address.postal_code', validators: { onBlur: ingo.issueCard.fields['shipping_address.postal_code'] } });

// A function that takes any schema of ours.
function judged<Input, Output>(of: StandardSchema<Input, Output>): Output | undefined {
  const result = of['~standard'].validate({});
  return result.issues === undefined ? result.value : undefined;
}
const order: string | undefined = judged(pintopay.checkOrder)?.order_id;
void order;

const state: State = 'TX';
void state;
// @ts-expect-error no such state
const none: State = 'XX';
void none;
