// TanStack Query: reads are queries that end with their signal, writes are mutations, and both speak in CardwrightErrors.

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { CardClient, ingo, toFieldErrors, type CardwrightError, type FreezeCardInput } from 'cardwright';
import { useState } from 'react';

const client = new CardClient({ baseUrl: '/api' });

declare module '@tanstack/react-query' {
  interface Register {
    defaultError: CardwrightError;
  }
}

export function Cards({ user_id }: { user_id: string }) {
  const [id, change] = useState('');
  const queries = useQueryClient();
  const cards = useQuery({
    queryKey: ['cards', user_id],
    queryFn: async ({ signal }) => (await client.ingo.listCards({ user_id }, { signal })).data.items,
  });
  const freeze = useMutation({
    // The same call in flight, or made again after an `unknown`, is the same intent: a double click freezes once.
    mutationFn: (values: FreezeCardInput) => client.ingo.freezeCard(values),
    onSettled: () => queries.invalidateQueries({ queryKey: ['cards', user_id] }),
  });
  const message = freeze.error && (toFieldErrors(freeze.error).fields['id']?.[0]?.message ?? freeze.error.message);
  return (
    <>
      <ul>
        {cards.data?.map((card) => {
          const { freezeCard } = ingo.allowedActions(card);
          return (
            <li key={card.id}>
              •••• {card.last_four}, {card.status}{' '}
              <button disabled={!freezeCard.allowed} title={freezeCard.reason} onClick={() => freeze.mutate({ user_id, id: card.id })}>Freeze</button>
            </li>
          );
        })}
      </ul>
      <form onSubmit={(event) => (event.preventDefault(), freeze.mutate({ user_id, id }))}>
        <label htmlFor="id">Card id</label>
        <input id="id" value={id} onChange={({ target }) => change(target.value)} aria-invalid={freeze.isError} aria-describedby="id-error" />
        <span id="id-error">{message}</span>
        <button>Freeze by id</button>
      </form>
    </>
  );
}
