import { ActiveClock, isActive, onActivity } from './activity.js';
import { orderAdvances, orderState, pollAfter, pollAgain } from './boundary.js';
import type { OrderProgress } from './contract.js';
import { CardwrightError } from './error.js';
import { leftBefore } from './flight.js';
import type { CardIssueOrder } from './generated/answers.js';
import type { OrderEnding } from './generated/codes.js';
import type { Messages } from './messages.js';
import { own } from './own.js';
import { factsOf } from './pintopay.js';
import { tell } from './tell.js';

/** What was seen of an order, each time it was asked about. */
export interface OrderStep {
  /** How it ended, or `still_running`. */
  readonly result: OrderEnding;
  /** Whether its card can pay. */
  readonly usable: boolean;
  /** The card, once there is one. */
  readonly card_id: string | null;
  /** The order as it was last seen; null before the first answer. */
  readonly order: CardIssueOrder | null;
  /** How far it is; null before the first answer. */
  readonly progress: OrderProgress | null;
  /** The last read failed; it will be tried again. */
  readonly error?: CardwrightError;
}

/** How an order is waited for. */
export interface WaitOptions {
  /** Stops the waiting at once; the order itself goes on. */
  signal?: AbortSignal | undefined;
  /**
   * How long to wait at the most, time in which nobody looked not counted. Never more than five minutes. It is looked at whenever
   * the order was asked about, so an answer that hangs, or a pause that has begun, makes it longer.
   */
  timeoutMs?: number | undefined;
  /** Told each time the order was asked about, also when that failed. */
  onUpdate?: ((step: OrderStep) => void) | undefined;
}

type Check = (orderId: string, signal: AbortSignal) => Promise<CardIssueOrder>;

interface Watcher {
  /** By the poller's clock. */
  readonly until: number;
  step(step: OrderStep): void;
  end(step: OrderStep): void;
  fail(error: CardwrightError): void;
}

/** The orders being waited for: one poller an order, however many wait. */
export class OrderWatch {
  readonly #messages: Messages;
  readonly #check: Check;
  readonly #pollers = new Map<string, Poller>();

  constructor(messages: Messages, check: Check) {
    this.#messages = messages;
    this.#check = check;
  }

  /** Waits until an order ends or the limit is over. Rejects only if it is aborted or can never be read. */
  wait(orderId: string, options: WaitOptions = {}): Promise<OrderStep> {
    const { signal, timeoutMs = Infinity, onUpdate } = own(options);
    return new Promise((resolve, reject) => {
      let leave = () => {};
      const aborted = () => {
        leave();
        reject(new CardwrightError('aborted', 'not_sent'));
      };
      const left = leftBefore(signal, 'not_sent');
      if (left) return reject(left);
      const done = () => signal?.removeEventListener('abort', aborted);
      leave = this.#poller(orderId).join(timeoutMs, {
        step: (step) => tell(() => onUpdate?.(step)),
        end: (step) => (done(), resolve(step)),
        fail: (error) => (done(), reject(error)),
      });
      signal?.addEventListener('abort', aborted, { once: true });
    });
  }

  #poller(orderId: string): Poller {
    const known = this.#pollers.get(orderId);
    if (known !== undefined) return known;
    const poller = new Poller(
      this.#messages,
      (signal) => this.#check(orderId, signal),
      () => this.#pollers.delete(orderId),
    );
    this.#pollers.set(orderId, poller);
    return poller;
  }
}

class Poller {
  readonly #clock = new ActiveClock();
  readonly #controller = new AbortController();
  readonly #messages: Messages;
  readonly #watchers = new Set<Watcher>();
  readonly #read: (signal: AbortSignal) => Promise<CardIssueOrder>;
  readonly #ended: () => void;
  readonly #unlisten: () => void;
  #seen: OrderStep = { result: 'still_running', usable: false, card_id: null, order: null, progress: null };
  #polls = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Whether a poll is due, and waits for somebody to look. */
  #due = true;

  constructor(messages: Messages, read: (signal: AbortSignal) => Promise<CardIssueOrder>, ended: () => void) {
    this.#messages = messages;
    this.#read = read;
    this.#ended = ended;
    this.#unlisten = onActivity(() => {
      this.#clock.update();
      this.#poll();
    });
  }

  /** Adds a watcher, and gives back how it leaves. */
  join(limitMs: number, watcher: Pick<Watcher, 'step' | 'end' | 'fail'>): () => void {
    const joined: Watcher = { ...watcher, until: this.#clock.ms + limitMs };
    this.#watchers.add(joined);
    // Not at once: the caller gets its promise before the first answer.
    queueMicrotask(() => this.#poll());
    return () => {
      this.#watchers.delete(joined);
      this.#stop();
    };
  }

  async #poll(): Promise<void> {
    if (!this.#due || this.#watchers.size === 0 || !isActive()) return;
    this.#due = false;
    this.#polls += 1;
    try {
      this.#take(await this.#read(this.#controller.signal));
    } catch (cause) {
      const error = cause instanceof CardwrightError ? cause : new CardwrightError('internal_error', 'not_sent');
      if (this.#controller.signal.aborted) return;
      if (!pollAgain(error)) return this.#end(() => true, error);
      this.#tell({ ...this.#seen, error });
    }
    this.#next();
  }

  /** Takes an answer, unless it is older than what was seen. */
  #take(order: CardIssueOrder): void {
    const facts = factsOf(order);
    if (this.#seen.order === null || orderAdvances(factsOf(this.#seen.order), facts)) {
      const { result, usable, progress } = orderState(facts, this.#messages);
      this.#seen = { result, usable, card_id: order.card_id ?? this.#seen.card_id, order, progress };
    }
    this.#tell(this.#seen);
  }

  #next(): void {
    const { ms } = this.#clock;
    const isOver = this.#seen.result !== 'still_running';
    this.#end(({ until }) => isOver || until <= ms);
    if (this.#watchers.size === 0) return;
    const limit = Math.min(...[...this.#watchers].map(({ until }) => until));
    const wait = pollAfter(this.#polls, ms, limit, Math.random());
    if (wait === undefined) return this.#end(() => true);
    this.#timer = setTimeout(() => {
      this.#due = true;
      void this.#poll();
    }, wait);
  }

  #tell(step: OrderStep): void {
    for (const watcher of [...this.#watchers]) watcher.step(step);
  }

  /** Tells those that are meant their last, and lets them go. */
  #end(isMeant: (watcher: Watcher) => boolean, error?: CardwrightError): void {
    for (const watcher of [...this.#watchers].filter(isMeant)) {
      this.#watchers.delete(watcher);
      if (error) watcher.fail(error);
      else watcher.end(this.#seen);
    }
    this.#stop();
  }

  /** Once nobody watches any more. */
  #stop(): void {
    if (this.#watchers.size > 0) return;
    clearTimeout(this.#timer);
    this.#controller.abort();
    this.#unlisten();
    this.#ended();
  }
}

/** The steps of an order as they come; ends with the one that `wait` would give. */
export async function* steps(watch: OrderWatch, orderId: string, options: Omit<WaitOptions, 'onUpdate'>): AsyncGenerator<OrderStep, void, void> {
  const { signal } = options;
  const queue: OrderStep[] = [];
  let told: OrderStep | undefined;
  let wake = () => {};
  let open = true;
  const left = new AbortController();
  const leave = () => left.abort();
  const before = leftBefore(signal, 'not_sent');
  if (before) throw before;
  // It listens no longer than it is open.
  signal?.addEventListener('abort', leave, left);
  const onUpdate = (step: OrderStep) => {
    queue.push((told = step));
    wake();
  };
  const ended = watch
    .wait(orderId, { ...options, signal: left.signal, onUpdate })
    .then((last) => {
      if (told !== last) queue.push(last);
    })
    .finally(() => {
      open = false;
      wake();
    });
  // Whoever stops looking is told nothing more.
  ended.catch(() => {});
  try {
    for (;;) {
      const step = queue.shift();
      if (step !== undefined) yield step;
      else if (open) await new Promise<void>((resolve) => (wake = resolve));
      else return await ended;
    }
  } finally {
    leave();
  }
}
