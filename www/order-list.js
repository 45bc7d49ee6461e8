import { element } from './element.js';
import { renewLastSeen } from './last-seen.js';
import { OrderCard } from './order-card.js';
import { OutcomeMessage } from './outcome-message.js';

const RENEW_MS = 30_000;

/** The orders, newest first: those of the register, and those that are made here. */
export class OrderList {
  #client;
  #newWait;
  #root;
  #list;
  #older;
  #outcome;
  /** When each order that is shown was made, by its id. */
  #known = new Map();
  #page = 0;

  /** `newWait` gives what waits for one order. */
  constructor(root, { client, newWait }) {
    this.#client = client;
    this.#newWait = newWait;
    this.#root = root;
    this.#list = root.querySelector('.orders__list');
    this.#older = root.querySelector('.orders__older');
    this.#outcome = new OutcomeMessage(root.querySelector('.orders__outcome'));
    this.#older.addEventListener('click', () => this.load());
    setInterval(() => renewLastSeen(this.#list), RENEW_MS);
  }

  /** Reads the register from its first page again: what was made elsewhere stands there. */
  refresh() {
    this.#page = 0;
    return this.load();
  }

  /** Reads the next page of the register, and follows what has not ended. */
  async load() {
    this.#list.setAttribute('aria-busy', 'true');
    const page = this.#page + 1;
    const result = await this.#client.safe.pintopay.listOrders({ page });
    this.#list.setAttribute('aria-busy', 'false');
    if (!result.ok) return this.#failed(result.error);
    this.#page = page;
    this.#outcome.clear();
    const { items, pagination } = result.data;
    const isNews = items.some(({ order_id }) => !this.#known.has(order_id));
    // The oldest first, so that of two made in the same moment the newer one stands above.
    for (const order of [...items].reverse()) this.#put(order);
    this.#older.hidden = !pagination || page * pagination.per_page >= pagination.total;
    this.#showEmpty();
    // Newer orders have moved those that are shown already onto this page.
    if (!isNews && page > 1 && !this.#older.hidden) await this.load();
  }

  /** Adds an order that was just made, and follows it. */
  add(order, known) {
    this.#put(order, known);
    this.#showEmpty();
  }

  /** Puts an order before those that are older, unless it is there: the register may be read while it is made. */
  #put(order, known) {
    const { order_id, created_at } = order;
    if (this.#known.has(order_id)) return;
    const card = new OrderCard(order, { wait: this.#newWait(), ...known });
    const at = Date.parse(created_at);
    const older = [...this.#list.children].find((item) => this.#known.get(item.dataset.order) <= at);
    this.#known.set(order_id, at);
    this.#list.insertBefore(card.root, older ?? null);
    card.follow();
  }

  #failed(error) {
    this.#older.hidden = this.#page > 0;
    this.#older.textContent = 'Read the orders again';
    // A server without PintoPay does not know its operations.
    const isAbsent = error.code === 'not_found';
    this.#root.toggleAttribute('data-absent', isAbsent);
    if (isAbsent) this.#older.hidden = true;
    const words = isAbsent ? 'This server is not connected to PintoPay, so nothing can be ordered here.' : `The orders could not be read. ${error.message}`;
    this.#outcome.say(words, 'not_sent');
  }

  #showEmpty() {
    const empty = this.#list.querySelector('.empty');
    if (this.#known.size > 0) empty?.remove();
    else if (!empty) {
      const picture = element('span', { class: 'empty__card', 'aria-hidden': 'true' });
      this.#list.append(element('li', { class: 'panel empty' }, picture, element('strong', {}, 'No orders yet'), element('span', {}, 'The first card you order appears here, and moves as its order does.')));
    }
  }
}
