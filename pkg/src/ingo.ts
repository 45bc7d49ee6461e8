import { allowedActions as allowed, readCard as read, snapshot } from './boundary.js';
import type { AllowedAction, CardsData, ListData } from './contract.js';
import type { Card, SeenCard } from './generated/answers.js';
import {
  activateCardDescriptor,
  freezeCardDescriptor,
  issueCardDescriptor,
  listCardsDescriptor,
  reissueCardDescriptor,
  unfreezeCardDescriptor,
  type ActivateCardInput,
  type ActivateCardRequest,
  type FreezeCardInput,
  type FreezeCardRequest,
  type IssueCardInput,
  type IssueCardRequest,
  type ListCardsInput,
  type ListCardsRequest,
  type ReissueCardInput,
  type ReissueCardRequest,
  type UnfreezeCardInput,
  type UnfreezeCardRequest,
} from './generated/operations.js';
import type { ReasonCode } from './generated/codes.js';
import { list } from './list.js';
import { operation } from './operation.js';

/** A card that was read from a row of your own, or what stands against it. */
export type ReadCard =
  | { readonly ok: true; readonly card: Card }
  | { readonly ok: false; readonly field: string; readonly expected: string; readonly found: string };

/** The operations that change a card. */
export type CardAction = 'activateCard' | 'freezeCard' | 'unfreezeCard' | 'reissueCard';

const cards = (body: string): CardsData<Card> => withCard(list<Card>(body));
const seenCards = (body: string): CardsData<SeenCard> => withCard(list<SeenCard>(body));

function withCard<Item>(data: ListData<Item>): CardsData<Item> {
  return { ...data, card: data.items[0] ?? null };
}

/** Ingo: routable cards. */
export const ingo = {
  /** Issues a virtual or physical card to a user. */
  issueCard: operation<IssueCardInput, IssueCardRequest, CardsData<Card>, typeof issueCardDescriptor>(issueCardDescriptor, cards),
  /** Activates a card that arrived or was just made. */
  activateCard: operation<ActivateCardInput, ActivateCardRequest, CardsData<Card>, typeof activateCardDescriptor>(activateCardDescriptor, cards),
  /** Freezes an active card; the issuer calls it suspended. */
  freezeCard: operation<FreezeCardInput, FreezeCardRequest, CardsData<Card>, typeof freezeCardDescriptor>(freezeCardDescriptor, cards),
  /** Makes a frozen card active again. */
  unfreezeCard: operation<UnfreezeCardInput, UnfreezeCardRequest, CardsData<Card>, typeof unfreezeCardDescriptor>(unfreezeCardDescriptor, cards),
  /** Replaces a card, with the same number or a new one. */
  reissueCard: operation<ReissueCardInput, ReissueCardRequest, CardsData<Card>, typeof reissueCardDescriptor>(reissueCardDescriptor, cards),
  /** Lists the cards the proxy has seen. */
  listCards: operation<ListCardsInput, ListCardsRequest, CardsData<SeenCard>, typeof listCardsDescriptor>(listCardsDescriptor, seenCards),

  /** Reads a row of your own database as a card. Unknown fields and statuses pass. */
  readCard(row: unknown): ReadCard {
    const text = snapshot(row);
    const stands = read(text);
    if (stands === null) return { ok: true, card: JSON.parse(text) as Card };
    const [field, expected, found] = stands;
    return { ok: false, field, expected, found };
  },

  /** What is legal for a card now, and why the rest is not. Advice: the issuer decides. */
  allowedActions(card: Pick<Card, 'status'>, options: { scopes?: readonly string[] } = {}): Record<CardAction, AllowedAction> {
    const rows = allowed(card.status, options.scopes?.join(' '));
    const actions = rows.map(([action, allowed, code, reason]) => [
      action,
      code === null || reason === null ? { allowed } : { allowed, code: code as ReasonCode, reason },
    ]);
    return Object.fromEntries(actions) as Record<CardAction, AllowedAction>;
  },
};
