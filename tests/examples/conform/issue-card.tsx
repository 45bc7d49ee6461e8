// Conform: the operation is the schema, and the form stays a form of the browser.

import { useForm } from '@conform-to/react/future';
import { CardClient, ingo, toFieldErrors } from 'cardwright';
import { useIntent } from 'cardwright/react';
import { Outcome } from '../outcome';

const client = new CardClient({ baseUrl: '/api' });

export function IssueCard() {
  const intent = useIntent(client, 'ingo.issueCard');
  const { form, fields } = useForm(ingo.issueCard, {
    defaultValue: { card_type: 'virtual' },
    onSubmit: async (event, { value, update }) => {
      event.preventDefault();
      const { error } = await intent.submit(value);
      if (error === undefined) return;
      // What the proxy or the issuer says of a field stands at the field.
      const said = Object.entries(toFieldErrors(error).fields).map(([path, messages]) => [path, messages.map(({ message }) => message)]);
      update({ error: { formErrors: [], fieldErrors: Object.fromEntries(said) } });
    },
  });
  const { user_id, card_type } = fields;
  return (
    <form {...form.props}>
      <p>
        <label htmlFor={user_id.id}>User id</label>
        <input id={user_id.id} name={user_id.name} defaultValue={user_id.defaultValue} aria-invalid={!user_id.valid} aria-describedby={user_id.errorId} />
        <span id={user_id.errorId}>{user_id.errors?.[0]}</span>
      </p>
      <p>
        <label htmlFor={card_type.id}>Card type</label>
        <select id={card_type.id} name={card_type.name} defaultValue={card_type.defaultValue}>
          {ingo.issueCard.fields.card_type.constraints.choices?.map((choice) => <option key={choice}>{choice}</option>)}
        </select>
      </p>
      <button disabled={intent.status === 'sending'}>Issue card</button>
      <Outcome intent={intent} />
    </form>
  );
}
