import type { Result } from '../contract.js';
import type { Lent } from './later.js';
import type { BulkRow } from './report.js';

/** What the answers that make something have in common: a card, or an order whose card comes later. */
interface Made {
  readonly card?: { readonly id: string; readonly last_four: string } | null;
  readonly order_id?: string;
  readonly card_id?: string | null;
}

type End = Omit<BulkRow, 'row' | 'rowKey' | 'idempotencyKey'>;

/** What is kept of how a row ended. */
export async function ended<T extends Result<unknown> | undefined>(
  { CardwrightError, isCardwrightError }: Lent,
  submitted: Promise<T>,
): Promise<End | Extract<T, undefined>> {
  try {
    const result = await submitted;
    if (result === undefined) return undefined as Extract<T, undefined>;
    const { data, meta } = result;
    const { card, order_id, card_id } = data as Made;
    const cardId = card?.id ?? card_id ?? undefined;
    return {
      state: 'done',
      replayed: meta.replayed,
      ...(cardId !== undefined && { cardId }),
      ...(card && { lastFour: card.last_four }),
      ...(order_id !== undefined && { orderId: order_id }),
    };
  } catch (error) {
    const { outcome, code, slug } = isCardwrightError(error) ? error : new CardwrightError('internal_error', 'unknown');
    return { state: outcome, replayed: false, code, ...(slug !== undefined && { slug }) };
  }
}
