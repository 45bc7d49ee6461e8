import { explainSlug, orderState, snapshot } from './boundary.js';
import type { ListData, OrderProgress, OrderState } from './contract.js';
import type { CardIssueOrder, PintopayCard, SeenOrder } from './generated/answers.js';
import type { SlugHint } from './generated/codes.js';
import {
  checkOrderDescriptor,
  createCardDescriptor,
  getCardDescriptor,
  listOrdersDescriptor,
  type CheckOrderInput,
  type CheckOrderRequest,
  type CreateCardInput,
  type CreateCardRequest,
  type GetCardInput,
  type GetCardRequest,
  type ListOrdersInput,
  type ListOrdersRequest,
} from './generated/operations.js';
import { list } from './list.js';
import { operation } from './operation.js';

/** What the tables look at in an order: of an answer, of the register, or of a row of your own. */
export type OrderFacts = Pick<CardIssueOrder, 'status' | 'issue_status' | 'is_issued' | 'card_id'>;

const order = (body: string): CardIssueOrder => (JSON.parse(body) as { order: CardIssueOrder }).order;
const card = (body: string): PintopayCard => (JSON.parse(body) as { card: PintopayCard }).card;
const orders = (body: string): ListData<SeenOrder> => list<SeenOrder>(body);

/** PintoPay: virtual cards by order. */
export const pintopay = {
  /** Orders a virtual card; the fee is charged at once. */
  createCard: operation<CreateCardInput, CreateCardRequest, CardIssueOrder, typeof createCardDescriptor>(createCardDescriptor, order),
  /** Reads an order as it is now. */
  checkOrder: operation<CheckOrderInput, CheckOrderRequest, CardIssueOrder, typeof checkOrderDescriptor>(checkOrderDescriptor, order),
  /** Reads a card; never its number. */
  getCard: operation<GetCardInput, GetCardRequest, PintopayCard, typeof getCardDescriptor>(getCardDescriptor, card),
  /** Lists the orders the proxy has seen. */
  listOrders: operation<ListOrdersInput, ListOrdersRequest, ListData<SeenOrder>, typeof listOrdersDescriptor>(listOrdersDescriptor, orders),

  /** How far an order is: a step of so many, in percent, as a code and as a sentence. */
  orderProgress(order: OrderFacts): OrderProgress {
    return orderState(factsOf(order)).progress;
  },

  /** How an order ended, or that it has not, and whether its card can be used. */
  orderResult(order: OrderFacts): Pick<OrderState, 'result' | 'usable'> {
    const { result, usable } = orderState(factsOf(order));
    return { result, usable };
  },

  /** What one of the issuer's error slugs means, and what helps; nothing for a slug we do not know. */
  explain(slug: string): { readonly message: string; readonly hint: SlugHint } | undefined {
    return explainSlug(slug);
  },
};

/** The four facts alone: an order may hold more than an input may. */
export function factsOf({ status, issue_status, is_issued, card_id }: OrderFacts): string {
  return snapshot({ status, issue_status, is_issued, card_id });
}
