// TanStack Form: the operation validates the form, and each of its fields validates itself.

import { useForm } from '@tanstack/react-form';
import { CardClient, ingo, toFieldErrors, type IssueCardInput } from 'cardwright';
import { useIntent } from 'cardwright/react';
import { Outcome } from '../outcome';

const client = new CardClient({ baseUrl: '/api' });
const EMPTY: IssueCardInput = { user_id: '', card_type: 'virtual' };

export function IssueCard() {
  const intent = useIntent(client, 'ingo.issueCard');
  const form = useForm({
    defaultValues: EMPTY,
    validators: { onSubmit: ingo.issueCard },
    onSubmit: async ({ value, formApi }) => {
      const { error } = await intent.submit(value);
      const said = error === undefined ? [] : (toFieldErrors(error).fields['user_id'] ?? []);
      formApi.setFieldMeta('user_id', (meta) => ({ ...meta, errorMap: { ...meta.errorMap, onSubmit: said.length > 0 ? said : undefined } }));
    },
  });
  return (
    <form noValidate onSubmit={(event) => (event.preventDefault(), void form.handleSubmit())}>
      <form.Field name="user_id" validators={{ onBlur: ingo.issueCard.fields.user_id }}>
        {({ state, handleBlur, handleChange }) => (
          <p>
            <label htmlFor="user_id">User id</label>
            <input
              id="user_id"
              value={state.value ?? ''}
              onBlur={handleBlur}
              onChange={({ target }) => handleChange(target.value)}
              aria-invalid={!state.meta.isValid}
              aria-describedby="user_id-error"
            />
            <span id="user_id-error">{state.meta.errors[0]?.message}</span>
          </p>
        )}
      </form.Field>
      <button disabled={intent.status === 'sending'}>Issue card</button>
      <Outcome intent={intent} />
    </form>
  );
}
