import { element } from './element.js';
import { slugWords } from './slug-words.js';

const PILLS = new Map([['still_running', 'Under way'], ['issued', 'Issued'], ['issued_with_problem', 'Issued with a problem'], ['failed', 'Failed']]);

/** How an order stands, as a pill. */
export function orderPill(result, usable) {
  const word = result === 'issued' && !usable ? 'Issued, to be topped up' : PILLS.get(result);
  const tone = result === 'issued' && !usable ? 'waiting' : result;
  return element('span', { class: 'pill', 'data-result': tone }, word);
}

/** What became of an order that has ended, and what helps. */
export function orderEnding(result, usable, slug) {
  switch (result) {
    case 'issued':
      return usable
        ? note('done', 'The card is ready', 'It can pay from now on.')
        : note('waiting', 'The card is made, but cannot pay yet', 'Its first top-up was left out. It can pay as soon as somebody tops it up.');
    case 'issued_with_problem':
      return note(
        'unknown',
        'The card exists, but something went wrong',
        'Please do not order again: that would make a second card, and cost a second fee.',
        ...because(slug),
      );
    default:
      return note('rejected', 'No card was made', ...because(slug));
  }
}

/** What is said when the waiting is over and the order is not. `again` waits once more. */
export function stillRunning(again) {
  return note('calm', 'Still on its way', 'The order goes on by itself, also when nobody looks. There is no need to order again.', keepWatching(again));
}

/** What is said when an order cannot be read. */
export function unreadable(error, again) {
  return note('calm', 'The order cannot be read now', `${error.message} The order itself is not touched by that.`, keepWatching(again));
}

function because(slug) {
  if (!slug) return ["The issuer gives no reason. Please ask the issuer's support."];
  const { message, help } = slugWords(slug);
  return [element('p', { class: 'message__text' }, message, ' ', help), element('p', { class: 'message__reference' }, "The issuer's word for it: ", element('code', {}, slug))];
}

function keepWatching(again) {
  const button = element('button', { class: 'button button--small', type: 'button' }, 'Keep watching');
  button.addEventListener('click', again);
  return element('div', { class: 'message__actions' }, button);
}

function note(kind, title, ...said) {
  const texts = said.map((one) => (typeof one === 'string' ? element('p', { class: 'message__text' }, one) : one));
  return element('div', { class: `message message--${kind}` }, element('h4', { class: 'message__title' }, title), ...texts);
}
