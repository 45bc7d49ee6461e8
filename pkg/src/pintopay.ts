import { orderState, snapshot } from './boundary.js';
import type { ListData, OrderProgress, OrderState } from './contract.js';
import type { CardIssueOrder, PintopayCard, SeenOrder } from './generated/answers.js';
import { HINTS, SLUG_HINTS, type SlugHint } from './generated/codes.js';
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
import { sentence, WORDS } from './messages.js';
import { operation, type Operation, type Write } from './operation.js';
import { DEFAULTS, changed, type OperationSettings, type Settings } from './settings.js';

/** What the tables look at in an order: of an answer, of the register, or of a row of your own. */
export interface OrderFacts {
  readonly status: string;
  readonly issue_status?: string | null | undefined;
  readonly is_issued?: boolean | null | undefined;
  readonly card_id?: string | null | undefined;
}

const order = (envelope: object): CardIssueOrder => (envelope as { order: CardIssueOrder }).order;
const card = (envelope: object): PintopayCard => (envelope as { card: PintopayCard }).card;
const orders = (envelope: object): ListData<SeenOrder> => list<SeenOrder>(envelope);

type Fields<D extends { fields: object }> = Extract<keyof D['fields'], string>;

/** PintoPay: virtual cards by order. */
export interface Pintopay {
  /** Orders a virtual card; the fee is charged at once. */
  readonly createCard: Write<CreateCardInput, CreateCardRequest, CardIssueOrder, Fields<typeof createCardDescriptor>, 'keyed'>;
  /** Reads an order as it is now. */
  readonly checkOrder: Operation<CheckOrderInput, CheckOrderRequest, CardIssueOrder, Fields<typeof checkOrderDescriptor>>;
  /** Reads a card; never its number. */
  readonly getCard: Operation<GetCardInput, GetCardRequest, PintopayCard, Fields<typeof getCardDescriptor>>;
  /** Lists the orders the proxy has seen. */
  readonly listOrders: Operation<ListOrdersInput, ListOrdersRequest, ListData<SeenOrder>, Fields<typeof listOrdersDescriptor>>;
  /** How far an order is: a step of so many, in percent, as a code and as a sentence. */
  orderProgress(order: OrderFacts): OrderProgress;
  /** How an order ended, or that it has not, and whether its card can be used. */
  orderResult(order: OrderFacts): Pick<OrderState, 'result' | 'usable'>;
  /** What one of the issuer's error slugs means, and what helps; nothing for a slug we do not know. */
  explain(slug: string | null | undefined): { readonly message: string; readonly hint: SlugHint } | undefined;
  /** All of it under other settings; what is not given stays as it is. */
  with(settings: OperationSettings): Pintopay;
}

/** PintoPay: virtual cards by order. */
export const pintopay: Pintopay = /* @__PURE__ */ under(DEFAULTS);

function under(settings: Settings): Pintopay {
  const { messages } = settings;
  return {
    createCard: operation(createCardDescriptor, order, settings),
    checkOrder: operation(checkOrderDescriptor, order, settings),
    getCard: operation(getCardDescriptor, card, settings),
    listOrders: operation(listOrdersDescriptor, orders, settings),
    orderProgress: (order) => orderState(factsOf(order), messages).progress,
    orderResult: (order) => {
      const { result, usable } = orderState(factsOf(order), messages);
      return { result, usable };
    },
    explain: (slug) => {
      const hint = HINTS[Number(SLUG_HINTS[WORDS.slugs.indexOf(slug as string)])];
      return hint && { message: sentence(messages, 'slugs', slug as string) ?? '', hint };
    },
    with: (given) => under(changed(settings, given)),
  };
}

/** The four facts alone: an order may hold more than an input may. */
export function factsOf({ status, issue_status, is_issued, card_id }: OrderFacts): string {
  return snapshot({ status, issue_status, is_issued, card_id });
}
