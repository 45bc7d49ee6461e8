import { ingo, toFieldErrors, type Card, type CardClient } from 'cardwright';
import { useIntent } from 'cardwright/react';

/** Freezes a card, or says why that is not possible. */
export function FreezeButton({ client, card }: { client: CardClient; card: Pick<Card, 'id' | 'user_id' | 'status'> }) {
  const { status, data, error, submit, resolve } = useIntent(client, 'ingo.freezeCard');
  const { freezeCard } = ingo.allowedActions(data?.card ?? card);
  const message = error && (toFieldErrors(error).fields['id']?.[0]?.message ?? error.message);
  return (
    <>
      <button disabled={!freezeCard.allowed} onClick={() => void submit({ user_id: card.user_id, id: card.id })}>Freeze</button>
      {status === 'unknown' && <button onClick={() => void resolve()}>Find out</button>}
      <p role="status">{message ?? data?.card?.status}</p>
    </>
  );
}
