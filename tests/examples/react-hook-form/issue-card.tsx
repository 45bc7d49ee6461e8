// react-hook-form: the operation is the resolver, the intent makes every submit the same card.

import { CardClient, ingo, rhfResolver, toFieldErrors, type IssueCardInput, type IssueCardRequest, type Valid } from 'cardwright';
import { useIntent } from 'cardwright/react';
import { useForm, type FieldPath } from 'react-hook-form';
import { Outcome } from '../outcome';

const client = new CardClient({ baseUrl: '/api' });
const ADDRESS = ['address_one', 'city', 'state', 'postal_code', 'country'] as const;

export function IssueCard() {
  const intent = useIntent(client, 'ingo.issueCard');
  const { register, handleSubmit, setError, getFieldState, formState, watch } = useForm<IssueCardInput, unknown, Valid<IssueCardRequest>>({
    resolver: rhfResolver(ingo.issueCard),
    defaultValues: { user_id: '', card_type: 'virtual', shipping_address: { country: 'US' } },
  });

  const submit = handleSubmit(async (request) => {
    const { error } = await intent.submit(request);
    if (error === undefined) return;
    // What the proxy or the issuer says of a field stands at the field.
    for (const [path, [first]] of Object.entries(toFieldErrors(error).fields)) {
      setError(path as FieldPath<IssueCardInput>, { type: first!.code, message: first!.message });
    }
  });

  const field = (path: FieldPath<IssueCardInput>, label: string) => {
    const { error } = getFieldState(path, formState);
    return (
      <p key={path}>
        <label htmlFor={path}>{label}</label>
        <input id={path} aria-invalid={error !== undefined} aria-describedby={`${path}-error`} {...register(path)} />
        <span id={`${path}-error`}>{error?.message}</span>
      </p>
    );
  };

  const presence = ingo.issueCard.presence(watch());
  return (
    <form onSubmit={submit} noValidate>
      {field('user_id', 'User id')}
      <p>
        <label htmlFor="card_type">Card type</label>
        <select id="card_type" {...register('card_type')}>
          {ingo.issueCard.fields.card_type.constraints.choices?.map((choice) => <option key={choice}>{choice}</option>)}
        </select>
      </p>
      {ADDRESS.filter((name) => presence[`shipping_address.${name}`] === 'required').map((name) =>
        field(`shipping_address.${name}`, ingo.issueCard.fields[`shipping_address.${name}`].label),
      )}
      <button disabled={intent.status === 'sending'}>Issue card</button>
      <Outcome intent={intent} />
    </form>
  );
}
