import { element } from './element.js';

/** What an operation would have done, in the words of a message. */
const DONE = new Map([
  ['issueCard', { done: 'the card was made', again: 'no second card is made', undone: 'No card was made.' }],
  ['activateCard', { done: 'the card was activated', again: 'it is done only once', undone: 'The card is as it was.' }],
  ['freezeCard', { done: 'the card was frozen', again: 'it is done only once', undone: 'The card is as it was.' }],
  ['unfreezeCard', { done: 'the card was unfrozen', again: 'it is done only once', undone: 'The card is as it was.' }],
  ['reissueCard', { done: 'the card was replaced', again: 'it is not replaced twice', undone: 'The card is as it was.' }],
  ['createCard', { done: 'the card was ordered', again: 'no second card is ordered', undone: 'Nothing was ordered.' }],
  ['listCards', { done: 'the list was read', again: '', undone: '' }],
]);

/** Why it is open what happened, without repeating that it is open. */
const WHY_UNKNOWN = new Map([
  ['issuer_failed', 'The card issuer failed after it was asked.'],
  ['issuer_unreadable', "The card issuer's answer could not be read."],
  ['issuer_timeout', 'The card issuer did not answer in time.'],
]);

/** A place where the outcome of a failed call is said. It stands in the page from the start, so that it is read aloud. */
export class OutcomeMessage {
  #place;

  constructor(place) {
    this.#place = place;
  }

  /** Says something that went well, or needs no more than a sentence. */
  say(words, kind = 'done') {
    this.#put(kind, text(words));
  }

  /**
   * Says what became of a failed call about a card. `more` is what else there is to say; `askAgain` sends the identical
   * values once more, and `times` counts how often they were sent.
   */
  fail(error, { action, about = '', more = [], askAgain, times = 1 }) {
    const words = DONE.get(action);
    const title = (text) => element('h3', { class: 'message__title' }, about, text);
    const also = more.map(({ message }) => ` ${message}`).join('');
    switch (error.outcome) {
      case 'not_sent':
        return this.#put('not_sent', title('Nothing was sent'), text(`${error.message}${also}`), reference(error));
      case 'rejected': {
        const slug = error.slug ? [' Its reason: ', element('code', {}, error.slug), '.'] : [];
        return this.#put('rejected', title('The issuer said no'), text(error.message, ...slug, ` ${words.undone}`, also), reference(error));
      }
      default: {
        const why = WHY_UNKNOWN.get(error.code) ?? error.message;
        const asked = `Asked ${times} times, last at ${new Date().toLocaleTimeString()}. It is still not known.`;
        return this.#put(
          'unknown',
          title(`It is not known whether ${words.done}`),
          text(`${why} Ask again; the same key makes sure ${words.again}.`),
          ...(times > 1 ? [text(asked)] : []),
          element('div', { class: 'message__actions' }, againButton(askAgain), element('span', {}, 'Please keep this page open: it holds the key.')),
          reference(error),
        );
      }
    }
  }

  /** Takes the focus to what is said. */
  focus() {
    this.#place.firstElementChild?.focus();
  }

  /** Says nothing. */
  clear() {
    this.#place.replaceChildren();
  }

  #put(kind, ...children) {
    const hadFocus = this.#place.contains(document.activeElement);
    this.#place.replaceChildren(element('div', { class: `message message--${kind}`, tabindex: '-1' }, ...children));
    if (hadFocus) (this.#place.querySelector('button') ?? this.#place.firstElementChild).focus();
    const smooth = !matchMedia('(prefers-reduced-motion: reduce)').matches;
    this.#place.scrollIntoView({ block: 'nearest', behavior: smooth ? 'smooth' : 'auto' });
  }
}

function text(...children) {
  return element('p', { class: 'message__text' }, ...children);
}

function againButton(askAgain) {
  const button = element('button', { class: 'button button--small', type: 'button' }, 'Ask again');
  button.addEventListener('click', () => {
    if (button.hasAttribute('aria-disabled')) return;
    button.setAttribute('aria-disabled', 'true');
    button.toggleAttribute('data-busy', true);
    button.textContent = 'Asking';
    askAgain();
  });
  return button;
}

function reference(error) {
  if (!error.requestId) return '';
  return element('p', { class: 'message__reference' }, 'Reference for support: ', element('code', {}, error.requestId));
}
