import { shortNumber, statusPill, typeName } from './bank-card.js';
import { CardActions } from './card-actions.js';
import { element } from './element.js';
import { lastSeen } from './last-seen.js';
import { OnePress } from './one-press.js';

/** One card of the list. It is updated in its place, so that the focus stays where it is. */
export class CardRow {
  root;
  #card;
  #actions;
  #picture = element('span', { class: 'mini-card', 'aria-hidden': 'true' });
  #status = element('span', { class: 'row__status' });
  #seen = element('p', { class: 'row__seen' });

  /** `act` does an action; it is given the card's latest state. */
  constructor(card, act) {
    let running;
    const press = new OnePress((state) => this.#actions.show(state, running));
    this.#actions = new CardActions(card, (action, at) => {
      // A dialog is a step of its own; its own button guards it.
      if (action === 'reissueCard') return act(action, this.#card);
      running = action;
      press.run(() => act(action, this.#card), at);
    });
    this.root = element(
      'li',
      { class: 'row', 'data-card': card.id },
      this.#picture,
      element(
        'div',
        { class: 'row__what' },
        element('h3', { class: 'row__number' }, shortNumber(card), element('span', { class: 'row__type' }, typeName(card.card_type))),
        element('p', { class: 'row__id' }, element('code', {}, card.id)),
      ),
      element('div', { class: 'row__state' }, this.#status, this.#seen),
      this.#actions.root,
    );
    this.update(card);
  }

  update(card) {
    this.#card = card;
    this.#picture.dataset.type = card.card_type;
    this.#picture.dataset.status = card.status;
    this.#status.replaceChildren(statusPill(card.status));
    this.#seen.replaceChildren('Last seen ', lastSeen(card.observed_at));
    this.#actions.update(card);
  }
}
