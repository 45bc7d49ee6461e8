// What was seen in answers, page by page.

import { setTimeout as pause } from 'node:timers/promises';
import { Broken, done, issue, same } from '../expect.mjs';

/** How often an order is looked at, and how long between: an issuer may take minutes, and a card that is not there is no fault. */
const [LOOKS, PAUSE_MS] = [20, 250];

export const register = {
  'a card is listed as it was last seen': async ({ all, backend, samples, document }) => {
    const [freeze, unfreeze, list] = ['freezeCard', 'unfreezeCard', 'listCards'].map((name) => document.operation(`ingo.${name}`));
    if (!all.includes(list)) return;
    const body = await samples.of(freeze, { fresh: true });
    for (const operation of [freeze, unfreeze]) {
      const [card] = done(await backend.ask(operation, { body }), operation.name).data.items;
      const { items } = done(await backend.ask(list, { query: `?user_id=${samples.userId}` }), 'list').data;
      const { observed_at, ...seen } = items.find(({ id }) => id === card.id) ?? {};
      same(seen, card, `expected the card as ${operation.name} showed it`);
      if (Number.isNaN(Date.parse(observed_at))) throw new Broken('expected the time it was seen');
    }
  },

  'a list is of one user, and has pages': async ({ lists, backend, samples }) => {
    for (const operation of lists) {
      const name = operation.issuer === 'ingo' ? 'user_id' : 'external_user_id';
      const stranger = operation.issuer === 'ingo' ? samples.stranger : 'a-stranger';
      const { items, pagination } = done(await backend.ask(operation, { query: `?${name}=${stranger}` }), operation.name).data;
      same([items, pagination.total, pagination.page], [[], 0, 1], `${operation.name}: expected nothing of a stranger`);
      const far = done(await backend.ask(operation, { query: '?page=9999' }), operation.name).data;
      same([far.items, far.pagination.page], [[], 9999], `${operation.name}: expected an empty page beyond the last`);
      for (const page of ['0', '-1', '1.5', 'x', '10001']) issue(await backend.ask(operation, { query: `?page=${page}` }), 'page', 'page_format', `${operation.name}, page ${page}`);
    }
  },

  'an order can be asked about, and its card once it has one': async ({ all, backend, samples, document }) => {
    const [check, get] = ['pintopay.checkOrder', 'pintopay.getCard'].map((name) => document.operation(name));
    if (!all.includes(check)) return;
    const body = await samples.of(check);
    for (let look = 0; look < LOOKS; look += 1) {
      const { order } = done(await backend.ask(check, { body }), 'check');
      same(order.order_id, body.order_id, 'expected the order that was asked about');
      if (typeof order.card_id === 'string') {
        const { card } = done(await backend.ask(get, { body: { card_id: order.card_id } }), 'get');
        return same(card.card_id, order.card_id, 'expected the card of the order');
      }
      await pause(PAUSE_MS);
    }
  },
};
