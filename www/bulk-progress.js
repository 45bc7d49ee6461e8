import { element } from './element.js';

/** What is said of a run's state when it changes; of its end, the outcome says what there is to say. */
const SPOKEN = { checking: 'Checking every row', issuing: 'Issuing', paused: 'Paused', waiting: 'Waiting, as the server asked' };

/** How far a run is: a bar, what has become of the rows, and what is still to come. */
export class BulkProgress {
  #root;
  #state;
  #bar;
  #now;
  #facts;
  #makesOrders;
  #next;
  #tick;

  /** `state` is a place that is read aloud. */
  constructor(root, state) {
    this.#root = root;
    this.#state = state;
    this.#bar = root.querySelector('progress');
    this.#now = root.querySelector('.bulk-run__now');
    this.#facts = root.querySelector('.bulk-run__facts');
  }

  /** Begins anew. */
  begin(makesOrders) {
    this.#makesOrders = makesOrders;
    this.#root.hidden = false;
    this.#bar.removeAttribute('value');
    this.#facts.replaceChildren();
    this.#now.textContent = 'Checking every row';
    this.#state.textContent = '';
  }

  hide() {
    this.#root.hidden = true;
    this.#state.textContent = '';
  }

  /** Shows it with the next frame: many rows can end within one. */
  show(progress) {
    clearTimeout(this.#tick);
    if (this.#next === undefined) requestAnimationFrame(() => this.#draw());
    this.#next = progress;
  }

  #draw() {
    const progress = this.#next;
    this.#next = undefined;
    const { rows, left, done, failed, unknown, replayed, orders, cards } = progress;
    this.#bar.max = Math.max(rows, 1);
    this.#bar.value = rows - left;
    this.#now.textContent = sentence(progress);
    // Figures change many times a second, and nobody wants them all read aloud.
    const state = SPOKEN[progress.state] ?? '';
    if (this.#state.textContent !== state) this.#state.textContent = state;
    const made = this.#makesOrders ? [['Orders', orders], ['Cards', cards], ['Not ordered', failed, 'bad']] : [['Cards', cards], ['Failed', failed, 'bad']];
    const facts = [['Rows', rows], ['Done', done], ...made, ['Unknown', unknown, 'warn'], ['Left', left]];
    if (replayed > 0) facts.splice(2, 0, ['Done before', replayed]);
    this.#facts.replaceChildren(...facts.map(([name, count, tone]) => fact(name, count, tone)));
    // A run tells when a wait begins and when it is over; the seconds between are counted here.
    const heldMs = progress.heldMs - 1_000;
    if (progress.state === 'waiting' && heldMs > 0) this.#tick = setTimeout(() => this.show({ ...progress, heldMs }), 1_000);
  }
}

/** A number with its name. */
export function fact(name, count, tone) {
  return element('div', { 'data-tone': count > 0 ? tone : undefined }, element('dt', {}, name), element('dd', {}, count.toLocaleString()));
}

function sentence({ state, left, perSecond, leftMs, heldMs }) {
  switch (state) {
    case 'checking':
      return 'Checking every row';
    case 'paused':
      return 'Paused. What was under way has been let end.';
    case 'waiting':
      return `The server asked for patience: going on in ${Math.ceil(heldMs / 1_000)} s`;
    case 'ended':
      return 'Ended';
    default:
      if (left === 0) return 'Waiting for the last cards';
      return leftMs === undefined ? 'Issuing' : `Issuing ${perSecond.toLocaleString(undefined, { maximumFractionDigits: 1 })} a second, ${duration(leftMs)} left`;
  }
}

function duration(ms) {
  const seconds = Math.ceil(ms / 1_000);
  if (seconds < 90) return `${seconds} s`;
  return seconds < 5_400 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3_600).toFixed(1)} h`;
}
