import { said } from './bulk-problems.js';

const WHY_LEFT = {
  stopped: 'you stopped.',
  failures: 'too many failed.',
  daily_limit: 'the limit of the day is reached.',
  unreadable: 'the file could not be read again.',
  aborted: 'it was cancelled.',
};

/** Of a run that gave up, by what the last row came to. */
const WHY_GIVEN_UP = {
  network_error: 'the server does not answer.',
  timed_out: 'the server does not answer.',
  rate_limited: 'the server asks for more patience. Go on later.',
  card_limit_reached: 'the server lets no more cards be made for now. Go on another day.',
  unauthenticated: 'you are not signed in. Sign in, and go on.',
  forbidden: 'you may not do this. Ask who runs the server.',
  issuer_unreachable: 'the card issuer cannot be reached.',
  issuer_failed: 'the card issuer fails.',
  issuer_timeout: 'the card issuer does not answer in time.',
};

/** What a run has come to: the `words` for it, what comes `next`, whether rows are `isOpen`, and whether all went `isWell`. */
export function ending(report, makesOrders) {
  const { end, done, failed, unknown, left, replayed, cards } = report;
  const made = `${said(done, makesOrders ? 'order' : 'card')} ${done === 1 ? 'is' : 'are'} made${replayed > 0 ? `, ${replayed.toLocaleString()} of them before` : ''}.`;
  const open = unknown > 0 ? ` Of ${said(unknown, 'row')} it is not known: issue them again, nothing is made twice.` : '';
  const refused = failed > 0 ? ` ${said(failed, 'row')} failed; the report says why.` : '';
  const rest = left > 0 ? ` ${said(left, 'row')} left: ${end === 'unanswered' ? whyGivenUp(report) : WHY_LEFT[end]}` : '';
  const of = makesOrders ? ordersOf(report) : '';
  const isOpen = unknown + failed + left > 0;
  return { words: made + of + refused + open + rest, next: nextOf(isOpen, cards === done), isOpen, isWell: !isOpen && of === '' };
}

function whyGivenUp({ rows }) {
  const last = rows.findLast(({ state }) => state !== 'done' && state !== 'left_out');
  return WHY_GIVEN_UP[last?.code] ?? 'one after the other did not work; the report says why.';
}

/** What has become of the orders whose card is not simply there. */
function ordersOf({ rows }) {
  const ordered = rows.filter(({ orderId }) => orderId !== undefined);
  const count = (result) => ordered.filter(({ order }) => order === result).length;
  const [failed, flawed] = [count('failed'), count('issued_with_problem')];
  const awaited = ordered.filter(({ order, cardId }) => cardId === undefined && order !== 'failed' && order !== 'issued_with_problem').length;
  return (
    (failed > 0 ? ` ${said(failed, 'order')} failed, without a card.` : '') +
    (flawed > 0 ? ` ${said(flawed, 'card')} came with a problem: do not order again.` : '') +
    (awaited > 0 ? ` ${said(awaited, 'card')} ${awaited === 1 ? 'is' : 'are'} still to come.` : '')
  );
}

function nextOf(isOpen, isCardEach) {
  if (isOpen) return 'The same batch goes on where it was. What is done is only found again.';
  return isCardEach ? 'Every row is one card.' : 'Every row is one order, and the orders show how each goes on.';
}
