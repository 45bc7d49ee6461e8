import { element } from './element.js';

/** What people call a status; `suspended` is the issuer's word for frozen. */
const STATUSES = new Map([
  ['unactivated', 'Not activated'],
  ['active', 'Active'],
  ['suspended', 'Frozen'],
  ['terminated', 'Ended'],
  ['limited', 'Limited'],
]);
const TYPES = new Map([['virtual', 'Virtual'], ['physical', 'Physical']]);

/** A status as a pill; one that is not known is shown as it came. */
export function statusPill(status) {
  return element('span', { class: 'pill', 'data-status': status }, STATUSES.get(status) ?? status);
}

/** What people call a status, in the middle of a sentence. */
export function statusWord(status) {
  return (STATUSES.get(status) ?? status).toLowerCase();
}

/** What people call a type of card. */
export function typeName(type) {
  return TYPES.get(type) ?? type;
}

/** The digits people know a card by. */
export function shortNumber(card) {
  return `•••• ${card.last_four || '????'}`;
}

/** The picture of a card, or of the place where one will be. */
export function bankCard(card, type = card?.card_type) {
  const name = card
    ? `${typeName(card.card_type)} card ending in ${card.last_four || 'unknown digits'}, ${statusWord(card.status)}`
    : 'No card yet';
  const group = (digits) => element('span', {}, digits);
  return element(
    'div',
    { class: 'bank-card', role: 'img', 'aria-label': name, 'data-type': type, 'data-status': card?.status, 'data-empty': !card },
    element('span', { class: 'bank-card__brand' }, 'Cardwright'),
    element('span', { class: 'bank-card__chip' }),
    element('span', { class: 'bank-card__number' }, group('••••'), group('••••'), group('••••'), group(card?.last_four || '••••')),
    element('span', { class: 'bank-card__type' }, typeName(type)),
    element('span', { class: 'bank-card__status' }, card ? (STATUSES.get(card.status) ?? card.status) : 'Not issued'),
  );
}
