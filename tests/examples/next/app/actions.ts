'use server';

import { randomUUID } from 'node:crypto';
import { CardClient, ingo, type Card, type IssueCardInput, type PlainError } from 'cardwright';

const token = process.env['CARDWRIGHT_TOKEN'];
const client = new CardClient({
  baseUrl: process.env['CARDWRIGHT_PROXY'] ?? 'http://localhost:8787/api',
  // A proxy on loopback knows nobody; it wants to hear that no page of another site asks.
  headers: token ? { authorization: `Bearer ${token}` } : { 'sec-fetch-site': 'same-origin' },
});

/** What the page is told: plain data, errors too, so all of it survives the way from the server. */
export interface Issued {
  /** The key of the next submit: the same, as long as it is the same intent. */
  key: string;
  values?: IssueCardInput;
  card?: Card | null;
  error?: PlainError;
}

/** Issues a card. The rules are those of the page, run again where nobody can leave them out. */
export async function issueCard({ key }: Issued, data: FormData): Promise<Issued> {
  const values = ingo.issueCard.fromFormData(data);
  const result = await client.safe.ingo.issueCard(values, { idempotencyKey: key });
  if (result.ok) return { key, card: result.data.card };
  return { key: result.error.outcome === 'rejected' ? randomUUID() : key, values, error: result.error };
}
