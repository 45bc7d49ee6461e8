import { pintopay } from './cardwright/index.js';
import { element } from './element.js';
import { lastSeen } from './last-seen.js';
import { orderEnding, orderPill, stillRunning, unreadable } from './order-ending.js';
import { productName } from './order-products.js';
import { OrderTimeline } from './order-timeline.js';
import { waitLimitMs } from './wait-limit.js';

/** One order, followed until it ends. */
export class OrderCard {
  root;
  #wait;
  #order;
  #timeline;
  #pill = element('div', { class: 'order__pill' });
  #label = element('p', { class: 'order__label', role: 'status' });
  #percent = element('span', { class: 'order__percent', 'aria-hidden': 'true' });
  #facts = element('dl', { class: 'order__facts' });
  #ending = element('div', { class: 'order__ending', role: 'status' });
  #product;
  #user;

  /** `wait` waits for an order as the client does. Product and user stand in no answer, so who knows them says so. */
  constructor(order, { wait, product, user = order.external_user_id }) {
    this.#wait = wait;
    this.#order = order;
    this.#product = product;
    this.#user = user;
    const title = `order-${order.order_id}`;
    this.#timeline = new OrderTimeline('How far the order is');
    this.root = element(
      'li',
      { class: 'panel order', 'data-order': order.order_id, 'aria-labelledby': title, tabindex: '-1' },
      element(
        'header',
        { class: 'order__head' },
        element(
          'div',
          { class: 'order__what' },
          element('h3', { id: title }, user ? `Card for ${user}` : 'Card'),
          element('p', { class: 'order__id' }, element('code', {}, order.order_id), ' · ordered ', lastSeen(order.created_at)),
        ),
        this.#pill,
      ),
      this.#timeline.root,
      element('div', { class: 'order__now' }, this.#label, this.#percent),
      this.#facts,
      this.#ending,
    );
    this.#show(order);
  }

  /** Follows the order until it ends; one that has ended already is left alone. */
  async follow() {
    if (pintopay.orderResult(this.#order).result !== 'still_running') return;
    this.#ending.replaceChildren();
    this.root.toggleAttribute('data-watched', true);
    const again = () => {
      this.root.focus();
      this.follow();
    };
    try {
      const { result } = await this.#wait(this.#order.order_id, { timeoutMs: waitLimitMs(), onUpdate: (step) => this.#update(step) });
      if (result === 'still_running') this.#ending.replaceChildren(stillRunning(again));
    } catch (error) {
      this.#ending.replaceChildren(unreadable(error, again));
    } finally {
      this.root.removeAttribute('data-watched');
    }
  }

  #update({ order, error }) {
    if (order) this.#show(order);
    if (error) say(this.#label, 'The last look did not work. Looking again.');
  }

  #show(order) {
    this.#order = order;
    const progress = pintopay.orderProgress(order);
    const { result, usable } = pintopay.orderResult(order);
    this.root.dataset.result = result;
    this.#timeline.show(progress, { result, skipped: order.issue_status === 'initial_topup_skipped' });
    this.#pill.replaceChildren(progress.retrying ? element('span', { class: 'pill', 'data-result': 'retrying' }, 'Trying again') : orderPill(result, usable));
    say(this.#label, progress.label);
    this.#percent.textContent = `${progress.percent} %`;
    this.#facts.replaceChildren(...this.#factsOf(order));
    if (result !== 'still_running') this.#ending.replaceChildren(orderEnding(result, usable, order.last_error_slug));
  }

  #factsOf({ card_id, balance_before, balance_after }) {
    const fact = (name, ...value) => element('div', {}, element('dt', {}, name), element('dd', {}, ...value));
    const arrow = () => element('span', { role: 'img', 'aria-label': 'then' }, ' → ');
    return [
      ...(this.#product ? [fact('Product', productName(this.#product))] : []),
      ...(balance_before && balance_after ? [fact('Master balance', balance_before, arrow(), balance_after)] : []),
      ...(card_id ? [fact('Card id', element('code', {}, card_id))] : []),
    ];
  }
}

/** A live region says what changes; the same words again are no change. */
function say(place, text) {
  if (place.textContent !== text) place.textContent = text;
}
