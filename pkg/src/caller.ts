import { attempt } from './attempt.js';
import { askIntent, pollAfter, repeatAfter, type BuiltCall } from './boundary.js';
import type { Asked, Descriptor, Result } from './contract.js';
import { CardwrightError } from './error.js';
import { BUDGET, REPEAT_COST, TOTAL_MS, type Outcome } from './generated/codes.js';
import { limited } from './limited.js';
import type { ClientOptions } from './options.js';
import type { Operation } from './operation.js';
import { own } from './own.js';
import { tell } from './tell.js';

/** An operation as the client holds it: what it is, and its face. */
export interface Subject {
  readonly descriptor: Descriptor;
  readonly face: Operation<unknown, unknown, unknown, never>;
}

/** What is to be called. */
export interface Errand {
  /** The request; without one, the proxy is only asked about the intent. */
  call: BuiltCall | undefined;
  /** The intent's key, if it is a write. */
  key: string | undefined;
  /** Whether a copy may have been sent by now, so that no "not sent" of a later one closes the matter. */
  open: boolean;
  readonly signal: AbortSignal;
  readonly timeoutMs?: number | undefined;
  readonly maxRetries?: number | undefined;
}

interface Attempt {
  readonly url: string;
  readonly event: { readonly operation: string; readonly call: number; readonly attempt: number };
  /** Whether it asks about an intent. */
  readonly asking: boolean;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** The longest time in which an intent under way is asked about, so that its last answer is within the whole limit. */
const ASKING_MS = TOTAL_MS * 0.75;

/** Makes a client's calls: attempt by attempt, as the rules decide. */
export class Caller {
  readonly #options: ClientOptions;
  readonly #numbers: { last: number };
  /** Whether all calls are held for now, where whoever calls keeps a pace of its own: see `paced`. */
  readonly #isHeld: (() => boolean) | undefined;
  #budget = BUDGET;

  constructor(options: ClientOptions, isHeld?: () => boolean, numbers = { last: 0 }) {
    this.#options = options;
    this.#isHeld = isHeld;
    this.#numbers = numbers;
  }

  /**
   * The same for many calls in a row, few of them at once. Its budget is its own, and an answer that succeeds pays for a whole
   * repetition: it ends where fewer than every second attempt succeeds, and not with the eleventh lost answer of ten thousand.
   * What asks for patience, and what fails while all are held, is not repeated here: whoever calls waits for all of them.
   */
  paced(isHeld: () => boolean): Caller {
    return new Caller(this.#options, isHeld, this.#numbers);
  }

  /** Calls until there is an answer, or nothing more to be tried. */
  async run({ descriptor, face }: Subject, errand: Errand): Promise<Result<unknown>> {
    const { key, signal } = errand;
    const { maxRetries = this.#options.maxRetries ?? 2 } = errand;
    const { name, place } = descriptor;
    const call = ++this.#numbers.last;
    const started = performance.now();
    const base = absolute(this.#options.baseUrl ?? '/api', errand.open ? 'unknown' : 'not_sent');
    let sending = errand.call;
    for (let attempts = 1, failures = 0, polls = 0; ; attempts++) {
      const asking = sending === undefined;
      const built = sending ?? question(place, key);
      const asked = await this.#attempt({ descriptor, face }, built, {
        url: base + built.path,
        event: { operation: name, call, attempt: attempts },
        asking,
        timeoutMs: Math.min(errand.timeoutMs ?? this.#options.timeoutMs ?? 40_000, started + TOTAL_MS - performance.now()),
        signal,
      });
      if (asked.state === 'done') {
        this.#budget = Math.min(BUDGET, this.#budget + (this.#isHeld ? REPEAT_COST : 1));
        return { data: asked.data, meta: { ...asked.meta, attempts, ...(key && { idempotencyKey: key }) } };
      }
      const elapsedMs = performance.now() - started;
      if (asked.state === 'running') {
        const wait = pollAfter(++polls, elapsedMs, ASKING_MS, Math.random());
        if (wait === undefined) throw new CardwrightError('in_progress', 'unknown', { idempotencyKey: key });
        await pause(wait, signal, 'unknown', key);
        continue;
      }
      // A closed key says that no copy was sent, and none ever will be.
      const closes = asked.state === 'over' || asked.error.code === 'key_closed';
      const error = errorOf(asked.error, key, errand.open && !closes);
      errand.open ||= error.outcome === 'unknown';
      failures += 1;
      const isFinal = asked.state === 'over' || failures > maxRetries || (this.#isHeld && (isThrottled(error) || this.#isHeld()));
      const repeat = isFinal ? 0 : repeatAfter({ operation: place, asking, error, failures, elapsedMs, budget: this.#budget });
      if (repeat === 0) throw error;
      this.#budget -= REPEAT_COST;
      if (repeat < 0) sending = undefined;
      await pause(Math.abs(repeat), signal, error.outcome, key);
    }
  }

  /** One attempt, whatever becomes of it. */
  async #attempt({ descriptor, face }: Subject, built: BuiltCall, { url, event, asking, timeoutMs, signal }: Attempt): Promise<Asked<unknown>> {
    const { headers, credentials = 'same-origin', fetch } = this.#options;
    const hooks = own(this.#options.hooks ?? {});
    // The outcome of a call whose answer is lost: Outcome::after_send in src/error.rs.
    const afterSend = descriptor.safety === 'read' ? 'not_sent' : 'unknown';
    let answered = false;
    try {
      tell(() => hooks.sent?.({ ...event, method: built.method, url, headers: Object.fromEntries(built.headers), body: built.body }));
      const reply = await attempt({ url, call: built, headers, credentials, fetch, timeoutMs, afterSend, signal });
      answered = true;
      tell(() => hooks.answered?.({ ...event, status: reply.status, body: reply.body }));
      if (asking) return face.readAsked(reply);
      const read = face.read(reply);
      return read.ok ? { state: 'done', ...read } : { state: 'failed', error: read.error };
    } catch (cause) {
      // An answer came, so the send is past: a fault of ours in reading it must not look like "not sent".
      const error = answered ? new CardwrightError('internal_error', afterSend, { cause }) : cause;
      return { state: 'failed', error: error as CardwrightError };
    }
  }
}

/** Whether a server, or the gateway before it, asks for patience. */
export function isThrottled({ status }: CardwrightError): boolean {
  return status === 429 || status === 503;
}

/** The error as one of the intent with this key. While a copy is `open`, that another was not sent does not close the matter. */
export function errorOf(error: CardwrightError, idempotencyKey: string | undefined, open: boolean): CardwrightError {
  const outcome = open && error.outcome === 'not_sent' ? 'unknown' : error.outcome;
  if (outcome === error.outcome && idempotencyKey === error.idempotencyKey) return error;
  return new CardwrightError(error.code, outcome, { ...error, cause: error.cause, idempotencyKey });
}

function question(operation: number, key: string | undefined): BuiltCall {
  const call = typeof key === 'string' ? askIntent(operation, key) : undefined;
  if (call === undefined) throw new CardwrightError('intent_not_found', 'unknown');
  return call;
}

function absolute(baseUrl: string, outcome: Outcome): string {
  const here = typeof location === 'undefined' ? undefined : location.href;
  try {
    return new URL(baseUrl, here).href.replace(/\/+$/, '');
  } catch (cause) {
    const message = `expected an absolute baseUrl, found ${baseUrl}`;
    throw new CardwrightError('invalid_request', outcome, { message, cause });
  }
}

function pause(ms: number, signal: AbortSignal, outcome: Outcome, idempotencyKey: string | undefined): Promise<void> {
  return limited(new Promise<void>(() => {}), ms, signal, (aborted) => {
    if (aborted) throw new CardwrightError('aborted', outcome, { idempotencyKey });
  });
}
