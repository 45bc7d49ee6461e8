import type { Card, CardIssueOrder, SeenCard } from 'cardwright';

/** A card as the issuer answers it, with what the test is about put in. */
export function cardOf(given: Partial<Card> = {}): Card {
  return {
    id: 'rcrd-5d1c0b9a-3e5f-4a77-8c2d-0f9e8d7c6b5a',
    card_type: 'virtual',
    last_four: '4242',
    status: 'active',
    user_id: 'user-8f3a2b1c-0e44-4f2d-9a11-7b23cc90d1ef',
    business_id: 'buss-2ef94c60-5a11-4d72-a3c1-5be7fab0123e',
    created_at: '2026-01-01T00:00:00Z',
    ...given,
  };
}

/** A card as the proxy's register saw it last. */
export function seenCardOf(given: Partial<SeenCard> = {}): SeenCard {
  return { ...cardOf(), observed_at: '2026-01-01T00:00:00Z', ...given };
}

/** An order for a card, just taken. */
export function orderOf(given: Partial<CardIssueOrder> = {}): CardIssueOrder {
  return {
    order_id: 'order-1',
    order_type: 'card_issue',
    status: 'new',
    data: {},
    created_at: '2026-01-01T00:00:00Z',
    is_issued: false,
    ...given,
  };
}
