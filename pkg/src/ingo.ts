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
import { list } from './list.js';
import { sentence } from './messages.js';
import { operation, type Operation, type Write } from './operation.js';
import { DEFAULTS, changed, type OperationSettings, type Settings } from './settings.js';
import { plainOf } from './snapshot.js';

/** A card that was read from a row of your own, or what stands against it. */
export type ReadCard =
  | { readonly ok: true; readonly card: Card }
  | { readonly ok: false; readonly field: string; readonly expected: string; readonly found: string };

/** The operations that change a card. */
export type CardAction = 'activateCard' | 'freezeCard' | 'unfreezeCard' | 'reissueCard';

const cards = (envelope: object): CardsData<Card> => withCard(list<Card>(envelope));
const seenCards = (envelope: object): CardsData<SeenCard> => withCard(list<SeenCard>(envelope));

function withCard<Item>({ items, message, pagination }: ListData<Item>): CardsData<Item> {
  const card = items[0] ?? null;
  return pagination === undefined ? { items, message, card } : { items, message, pagination, card };
}

type Fields<D extends { fields: object }> = Extract<keyof D['fields'], string>;

/** Ingo: routable cards. */
export interface Ingo {
  /** Issues a virtual or physical card to a user. */
  readonly issueCard: Write<IssueCardInput, IssueCardRequest, CardsData<Card>, Fields<typeof issueCardDescriptor>, 'keyed'>;
  /** Activates a card that arrived or was just made. */
  readonly activateCard: Write<ActivateCardInput, ActivateCardRequest, CardsData<Card>, Fields<typeof activateCardDescriptor>, 'convergent'>;
  /** Freezes an active card; the issuer calls it suspended. */
  readonly freezeCard: Write<FreezeCardInput, FreezeCardRequest, CardsData<Card>, Fields<typeof freezeCardDescriptor>, 'convergent'>;
  /** Makes a frozen card active again. */
  readonly unfreezeCard: Write<UnfreezeCardInput, UnfreezeCardRequest, CardsData<Card>, Fields<typeof unfreezeCardDescriptor>, 'convergent'>;
  /** Replaces a card, with the same number or a new one. */
  readonly reissueCard: Write<ReissueCardInput, ReissueCardRequest, CardsData<Card>, Fields<typeof reissueCardDescriptor>, 'once'>;
  /** Lists the cards the proxy has seen. */
  readonly listCards: Operation<ListCardsInput, ListCardsRequest, CardsData<SeenCard>, Fields<typeof listCardsDescriptor>>;
  /** Reads a row of your own database as a card. Unknown fields and statuses pass; what JSON cannot express in them, such as a `Date`, is null. */
  readCard(row: unknown): ReadCard;
  /** What is legal for a card now, and why the rest is not. Advice: the issuer decides. */
  allowedActions(card: { readonly status: string }, options?: { scopes?: readonly string[] | undefined }): Record<CardAction, AllowedAction>;
  /** All of it under other settings; what is not given stays as it is. */
  with(settings: OperationSettings): Ingo;
}

/** Ingo: routable cards. */
export const ingo: Ingo = /* @__PURE__ */ under(DEFAULTS);

function under(settings: Settings): Ingo {
  return {
    issueCard: operation(issueCardDescriptor, cards, settings),
    activateCard: operation(activateCardDescriptor, cards, settings),
    freezeCard: operation(freezeCardDescriptor, cards, settings),
    unfreezeCard: operation(unfreezeCardDescriptor, cards, settings),
    reissueCard: operation(reissueCardDescriptor, cards, settings),
    listCards: operation(listCardsDescriptor, seenCards, settings),
    readCard,
    allowedActions: (card, options = {}) => {
      const actions = allowed(`${card.status}`, options.scopes?.join(' ')).map(([action, allowed, code]) => {
        if (code === undefined) return [action, { allowed }];
        return [action, { allowed, code, reason: sentence(settings.messages, 'reasons', code) ?? '' }];
      });
      return Object.fromEntries(actions) as Record<CardAction, AllowedAction>;
    },
    with: (given) => under(changed(settings, given)),
  };
}

function readCard(row: unknown): ReadCard {
  const text = snapshot(row);
  const stands = read(text);
  if (stands === null) return { ok: true, card: plainOf(text) as Card };
  const [field, expected, found] = stands;
  return { ok: false, field, expected, found };
}
