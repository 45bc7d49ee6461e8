import type { UseIntent } from 'cardwright/react';

/** What became of the intent, for the person at the form. */
export function Outcome({ intent }: { intent: UseIntent<'ingo.issueCard'> }) {
  switch (intent.status) {
    case 'idle':
      return intent.error && <p role="alert">{intent.error.message}</p>;
    case 'sending':
      return <p role="status">Issuing the card…</p>;
    case 'done':
      return (
        <p role="status">
          The card •••• {intent.data.card?.last_four} is issued. <button type="button" onClick={intent.startNew}>Issue another</button>
        </p>
      );
    case 'rejected':
      return <p role="alert">{intent.error.message}</p>;
    case 'unknown':
      return (
        <p role="alert">
          {intent.error.message} <button type="button" onClick={() => void intent.resolve()}>Find out</button>
        </p>
      );
  }
}
