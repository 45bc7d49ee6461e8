// `useIntent` follows the operation's name: what is submitted, and what it answers.

import { CardClient, type Card, type CardIssueOrder, type CardwrightError, type IssueCardRequest, type Meta, type Valid } from 'cardwright';
import { useIntent, type UseIntent } from 'cardwright/react';

const client = new CardClient();

export function issue(request: Valid<IssueCardRequest>): Card | null {
  const intent = useIntent(client, 'ingo.issueCard');
  void intent.submit({ user_id: '', card_type: '', shipping_address: null });
  void intent.submit(request, { confirmNew: true });
  // @ts-expect-error a field of another operation
  void intent.submit({ user_id: '', card_type: '', reuse_pan: true });
  // @ts-expect-error the key is the intent's own
  void intent.submit(request, { idempotencyKey: 'mine' });
  // @ts-expect-error only a submit that was done has data
  intent.data.card;
  return intent.status === 'done' ? intent.data.card : null;
}

export async function order(): Promise<CardIssueOrder | undefined> {
  const { submit } = useIntent(client, 'pintopay.createCard');
  const { status, data, error } = await submit({ product_code: 'plain', external_user_id: 'e' });
  if (status === 'done') return data;
  if (status === 'rejected' || status === 'unknown') throw error satisfies CardwrightError;
  return data satisfies undefined;
}

// Every status has its case.
export function said(intent: UseIntent<'ingo.freezeCard'>): string | Meta | undefined {
  switch (intent.status) {
    case 'idle':
      return intent.error?.message;
    case 'sending':
      return undefined;
    case 'done':
      return intent.meta;
    case 'rejected':
    case 'unknown':
      return intent.error.message;
  }
}

// @ts-expect-error a read is meant as often as it is made
useIntent(client, 'ingo.listCards');
// @ts-expect-error no such operation
useIntent(client, 'ingo.meltCard');
