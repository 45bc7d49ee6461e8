import { bankCard, shortNumber, statusPill, typeName } from './bank-card.js';
import { element } from './element.js';

/** The place beside the form where the card is seen. */
export class Stage {
  #picture;
  #facts;
  #hint;
  #card = null;

  constructor(root) {
    this.#picture = root.querySelector('.stage__card');
    this.#facts = root.querySelector('.stage__facts');
    this.#hint = root.querySelector('.stage__hint');
  }

  /** Shows the place of a card that is still to be made. */
  plan(type) {
    if (!this.#card) this.#picture.replaceChildren(bankCard(null, type));
  }

  /** Shows a card. */
  show(card) {
    this.#card = card;
    const fact = (name, ...value) => [element('dt', {}, name), element('dd', {}, ...value)];
    this.#picture.replaceChildren(bankCard(card));
    this.#facts.replaceChildren(
      ...fact('Number', shortNumber(card)),
      ...fact('Type', typeName(card.card_type)),
      ...fact('Status', statusPill(card.status)),
      ...fact('Card id', element('code', {}, card.id)),
    );
    this.#facts.hidden = false;
    this.#hint.hidden = true;
  }

  /** Shows what became of the card, if it is the one that is shown. */
  follow(cards) {
    const seen = cards.find((card) => card.id === this.#card?.id);
    if (seen && seen.status !== this.#card.status) this.show(seen);
  }
}
