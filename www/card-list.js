import { shortNumber, statusWord } from './bank-card.js';
import { CardRow } from './card-row.js';
import { element } from './element.js';
import { renewLastSeen } from './last-seen.js';
import { OnePress, shownOn } from './one-press.js';
import { OutcomeMessage } from './outcome-message.js';

const RENEW_MS = 30_000;

/** The cards of the register, a page at a time. */
export class CardList {
  #client;
  #list;
  #pages;
  #outcome;
  #onSeen;
  #onReissue;
  #rows = new Map();
  #page = 1;
  #asked = 0;

  /** `onSeen` is told the cards of each answer, `onReissue` the card to reissue. */
  constructor(root, { client, onSeen, onReissue }) {
    this.#client = client;
    this.#onSeen = onSeen;
    this.#onReissue = onReissue;
    this.#list = root.querySelector('.cards__list');
    this.#pages = root.querySelector('.cards__pages');
    this.#outcome = new OutcomeMessage(root.querySelector('.cards__outcome'));
    const refresh = root.querySelector('#cards-refresh');
    const press = new OnePress(shownOn(refresh, 'Refreshing'));
    refresh.addEventListener('click', () => press.run(() => {
      this.#outcome.clear();
      return this.load();
    }));
    for (const button of this.#pages.querySelectorAll('button')) {
      button.addEventListener('click', () => {
        if (!button.hasAttribute('aria-disabled')) this.load(this.#page + Number(button.value));
      });
    }
    this.#list.append(...Array.from({ length: 3 }, () => element('li', { class: 'row row--loading', 'aria-hidden': 'true' })));
    setInterval(() => renewLastSeen(this.#list), RENEW_MS);
  }

  /** Reads a page of the register. Of several at once, the one asked last is shown. */
  async load(page = this.#page) {
    const asked = ++this.#asked;
    this.#list.setAttribute('aria-busy', 'true');
    const result = await this.#client.safe.ingo.listCards({ page });
    if (asked !== this.#asked) return;
    this.#list.setAttribute('aria-busy', 'false');
    if (!result.ok) {
      if (this.#rows.size === 0) this.#list.replaceChildren(empty('The cards could not be read.', 'Refresh to try again.'));
      return this.#outcome.say(`The list could not be read. ${result.error.message}`, 'not_sent');
    }
    this.#page = page;
    this.#show(result.data);
    this.#onSeen(result.data.items);
  }

  /** Says something about the list. */
  say(text) {
    this.#outcome.say(text);
  }

  #show({ items, pagination }) {
    const rows = new Map(items.map((card) => [card.id, this.#row(card)]));
    this.#rows = rows;
    const wanted = rows.size > 0 ? [...rows.values()].map(({ root }) => root) : [empty('No cards yet', 'The first card you issue appears here.')];
    for (const child of [...this.#list.children]) if (!wanted.includes(child)) child.remove();
    // Only what is not in its place is moved: moving a row takes the focus from its buttons.
    wanted.forEach((child, at) => {
      if (this.#list.children[at] !== child) this.#list.insertBefore(child, this.#list.children[at] ?? null);
    });
    this.#turn(pagination);
  }

  #row(card) {
    const known = this.#rows.get(card.id);
    if (!known) return new CardRow(card, (action, latest) => this.#act(action, latest));
    known.update(card);
    return known;
  }

  #turn(pagination) {
    const last = pagination ? Math.max(1, Math.ceil(pagination.total / pagination.per_page)) : 1;
    this.#pages.hidden = last === 1 && this.#page === 1;
    this.#pages.querySelector('.cards__page').textContent = `Page ${this.#page} of ${last}`;
    for (const button of this.#pages.querySelectorAll('button')) {
      const target = this.#page + Number(button.value);
      if (target < 1 || target > last) button.setAttribute('aria-disabled', 'true');
      else button.removeAttribute('aria-disabled');
    }
  }

  async #act(action, card, times = 1) {
    if (action === 'reissueCard') return this.#onReissue(card);
    if (times === 1) this.#outcome.clear();
    const { user_id, id } = card;
    const result = await this.#client.safe.ingo[action]({ user_id, id });
    if (result.ok) {
      const now = result.data.card?.status;
      this.#outcome.say(now ? `The card ${shortNumber(card)} is now ${statusWord(now)}.` : `The issuer did it for the card ${shortNumber(card)}.`);
      return this.load();
    }
    const askAgain = () => this.#act(action, card, times + 1);
    this.#outcome.fail(result.error, { action, about: `${shortNumber(card)}: `, times, askAgain });
  }
}

function empty(title, text) {
  return element('li', { class: 'empty' }, element('span', { class: 'empty__card', 'aria-hidden': 'true' }), element('strong', {}, title), element('span', {}, text));
}
