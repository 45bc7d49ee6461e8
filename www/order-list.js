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
  #known = new Set();
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
    for (const order of items) this.#put(order, {}, (made) => this.#list.append(made));
    this.#older.hidden = !pagination || page * pagination.per_page >= pagination.total;
    this.#showEmpty();
  }

  /** Puts an order that was just made in front, and follows it. */
  add(order, known) {
    this.#put(order, known, (made) => this.#list.prepend(made));
    this.#showEmpty();
  }

  #put(order, known, place) {
    // The register may be read while an order is made.
    if (this.#known.has(order.order_id)) return;
    this.#known.add(order.order_id);
    const card = new OrderCard(order, { wait: this.#newWait(), ...known });
    place(card.root);
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
