'use client';

import { ingo, toFieldErrors, type Issue } from 'cardwright';
import { useActionState, useState, type FormEvent } from 'react';
import { issueCard } from './actions';

export function IssueCard({ idempotencyKey }: { idempotencyKey: string }) {
  const [{ values, card, error }, action, isSending] = useActionState(issueCard, { key: idempotencyKey });
  const [issues, show] = useState<readonly Issue[]>([]);

  /** The page says at once what the server would say; without JavaScript the server does. */
  function check(event: FormEvent<HTMLFormElement>) {
    const checked = ingo.issueCard.check(ingo.issueCard.fromFormData(new FormData(event.currentTarget)));
    show(checked.ok ? [] : checked.issues);
    if (!checked.ok) event.preventDefault();
  }

  const said = error && toFieldErrors(error);
  const message = issues.find(({ path }) => path.join('.') === 'user_id')?.message ?? said?.fields['user_id']?.[0]?.message;
  return (
    <form action={action} onSubmit={check} noValidate>
      <input type="hidden" name="card_type" value="virtual" />
      <label htmlFor="user_id">User id</label>
      <input id="user_id" name="user_id" defaultValue={values?.user_id ?? ''} aria-invalid={message !== undefined} aria-describedby="user_id-error" />
      <span id="user_id-error">{message}</span>
      <button disabled={isSending}>Issue card</button>
      {card && <p role="status">The card •••• {card.last_four} is issued.</p>}
      {said?.form.map(({ message }) => <p key={message} role="alert">{message}</p>)}
    </form>
  );
}
