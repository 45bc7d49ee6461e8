// The two issuers, as far as a page can tell them apart from the real ones. What their documents leave open is decided as in
// the sandbox.

import type { Card, CardIssueOrder } from 'cardwright';
import { cardOf, orderOf } from './builders.js';
import type { Chance } from './chance.js';

/** What an issuer answers: an envelope, or a no with the reason. */
export type Answer = { readonly envelope: object } | { readonly slug: string };

type Request = Readonly<Record<string, string | boolean | number | undefined>>;

/** What an order goes through, one step a look. */
const LIFE: readonly Partial<CardIssueOrder>[] = [
  { status: 'paid', issue_status: 'card_create_pending' },
  { status: 'processing', issue_status: 'card_create_done', is_issued: true },
  { status: 'processing', issue_status: 'initial_topup_in_progress', is_issued: true },
  { status: 'completed', issue_status: 'completed', is_issued: true },
];

/** Where an action leads from a status; from any other, nowhere. */
const NEXT: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  activateCard: { unactivated: 'active', active: 'active' },
  freezeCard: { active: 'suspended', suspended: 'suspended' },
  unfreezeCard: { suspended: 'active', active: 'active' },
  reissueCard: { active: 'terminated', suspended: 'terminated' },
};

/** A card or an order with what it is known by. */
interface Kept<Item> {
  item: Item;
  readonly owner: string;
  looks: number;
}

export class Issuer {
  readonly cards: Kept<Card>[] = [];
  readonly orders: Kept<CardIssueOrder>[] = [];
  readonly #chance: Chance;
  #seconds = 0;

  constructor(chance: Chance) {
    this.#chance = chance;
  }

  /** Does what a checked request asks. */
  perform(method: string, request: Request): Answer {
    if (method === 'issueCard') return envelopeOf([this.#make(String(request['user_id']), String(request['card_type']))]);
    if (method === 'createCard') return this.#order(request);
    if (method === 'checkOrder') return this.#look(String(request['order_id']));
    if (method === 'getCard') return this.#card(String(request['card_id']));
    return this.#change(method, request);
  }

  /** The moment of the next thing that happens; time moves only then. */
  now(): string {
    this.#seconds += 1;
    return new Date(Date.UTC(2026, 0, 1, 0, 0, this.#seconds)).toISOString().replace('.000Z', 'Z');
  }

  #make(user_id: string, card_type: string, last_four = this.#chance.digits(4)): Card {
    const item = cardOf({
      id: this.#chance.id('rcrd-'),
      user_id,
      card_type: card_type as Card['card_type'],
      last_four,
      status: card_type === 'physical' ? 'unactivated' : 'active',
      created_at: this.now(),
    });
    this.cards.push({ item, owner: user_id, looks: 0 });
    return item;
  }

  #change(method: string, request: Request): Answer {
    const kept = this.cards.find(({ item, owner }) => item.id === request['id'] && owner === request['user_id']);
    if (kept === undefined) return { slug: 'card_not_found' };
    const status = NEXT[method]?.[kept.item.status];
    if (status === undefined) return { slug: 'card_state_conflict' };
    kept.item = { ...kept.item, status: status as Card['status'] };
    if (method !== 'reissueCard') return envelopeOf([kept.item]);
    const type = String(request['card_type'] ?? kept.item.card_type);
    return envelopeOf([this.#make(kept.owner, type, request['reuse_pan'] === true ? kept.item.last_four : undefined)]);
  }

  #order(request: Request): Answer {
    const item = orderOf({ order_id: this.#chance.id('order-'), created_at: this.now() });
    this.orders.push({ item, owner: String(request['external_user_id']), looks: 0 });
    return { envelope: { success: true, order: item } };
  }

  #look(id: string): Answer {
    const kept = this.orders.find(({ item }) => item.order_id === id);
    if (kept === undefined) return { slug: 'order_not_found' };
    const step = LIFE[Math.min(kept.looks, LIFE.length - 1)] as Partial<CardIssueOrder>;
    kept.looks += 1;
    const card_id = step.is_issued === true ? (kept.item.card_id ?? this.#chance.id('card-')) : null;
    const completed = step.status === 'completed' ? { completed_at: kept.item.completed_at ?? this.now() } : {};
    kept.item = { ...kept.item, ...step, ...completed, ...(card_id === null ? {} : { card_id }) };
    return { envelope: { success: true, order: kept.item } };
  }

  #card(id: string): Answer {
    const kept = this.orders.find(({ item }) => item.card_id === id);
    if (kept === undefined) return { slug: 'card_not_found' };
    return { envelope: { success: true, card: { card_id: id, status: 'active', external_user_id: kept.owner, issued_at: kept.item.created_at } } };
  }
}

function envelopeOf(items: readonly Card[]): Answer {
  const pagination = { page: 1, per_page: 25, total: items.length, sort: 'created_at:desc' };
  return { envelope: { status: 'success', message: 'operation completed', data: { items, pagination } } };
}
