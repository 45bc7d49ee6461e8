// A valid request for each operation. What is made at one of them is asked about at the next.

import { randomUUID } from 'node:crypto';

/** Requests of one user. The cards and orders are those this run made. */
export class Samples {
  #backend;
  #document;
  #given;
  #card;
  #order;

  constructor(backend, document, { userId = `user-${randomUUID()}`, externalUserId = 'conformance', productCode = 'plain' } = {}) {
    this.#backend = backend;
    this.#document = document;
    this.#given = { user_id: userId, external_user_id: externalUserId, product_code: productCode };
  }

  get userId() {
    return this.#given.user_id;
  }

  /** The same, of a user nobody knows. */
  get stranger() {
    return `user-${randomUUID()}`;
  }

  /** A request in normal form, with only what must be there; about a card that nothing else was asked of, if it is `fresh`. */
  async of(operation, { fresh = false } = {}) {
    const values = { ...this.#given, card_type: 'virtual', reuse_pan: true };
    const names = [...operation.fields.required];
    if (operation.fields.all.includes('product_code')) names.push('product_code');
    if (names.includes('id')) values.id = await (fresh ? this.#makeCard() : (this.#card ??= this.#makeCard()));
    if (names.includes('order_id') || names.includes('card_id')) Object.assign(values, await this.#orderIds());
    const request = Object.fromEntries(names.map((name) => [name, values[name]]));
    const fault = this.#document.faultOfRequest(operation, request);
    if (fault !== null) throw new Error(`expected to know a valid request for ${operation.name}: ${fault}`);
    return request;
  }

  async #makeCard() {
    return (await this.#made('ingo.issueCard')).data.items[0].id;
  }

  async #orderIds() {
    this.#order ??= this.#made('pintopay.createCard').then(({ order }) => ({ order_id: order.order_id, card_id: order.card_id ?? 'card-of-nobody' }));
    return this.#order;
  }

  async #made(name) {
    const operation = this.#document.operation(name);
    const { status, body, text } = await this.#backend.ask(operation, { body: await this.of(operation) });
    if (status !== 200) throw new Error(`expected ${name} to succeed, found ${status} ${text}`);
    return body;
  }
}
