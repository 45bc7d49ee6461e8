import { attempt, type Sending } from './attempt.js';
import { build, check, head, readAnswer, retryAfter, snapshot, type BuiltCall } from './boundary.js';
import type { CallOptions, Descriptor, PlainError, Reply, Result, SafeResult } from './contract.js';
import { CardwrightError } from './error.js';
import type { CardIssueOrder } from './generated/answers.js';
import {
  INGO,
  PINTOPAY,
  checkOrderDescriptor,
  type IngoClient,
  type PintopayClient,
  type SafeIngoClient,
  type SafePintopayClient,
} from './generated/operations.js';
import { Flights } from './flights.js';
import { ingo } from './ingo.js';
import { newKey } from './key.js';
import { own } from './own.js';
import { en, sentence } from './messages.js';
import { refuse, type Operation } from './operation.js';
import { OrderWatch, steps, type OrderStep, type WaitOptions } from './orders.js';
import { pintopay } from './pintopay.js';
import { DEFAULTS, changed, type OperationSettings, type Settings } from './settings.js';

/** What a hook is told when an attempt is sent. */
export interface SentEvent {
  readonly operation: string;
  readonly attempt: number;
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The request as sent; it is personal. */
  readonly body: string | undefined;
}

/** What a hook is told when an answer was read. */
export interface AnsweredEvent {
  readonly operation: string;
  readonly attempt: number;
  readonly status: number;
  /** The answer as received; it is personal. */
  readonly body: string;
}

/** How a client reaches its proxy, and how its operations read and speak. */
export interface ClientOptions extends OperationSettings {
  /** Where the proxy's routes begin. Default `/api`, on the page's own origin. */
  baseUrl?: string;
  /** The limit of one attempt, its body included. Default 40,000. */
  timeoutMs?: number;
  /** How often a failed read is sent again. Default 2, which is also the most; writes are never sent again by themselves. */
  maxRetries?: number;
  /** Headers of your own, or a function that is awaited before each attempt: a CSRF token, a bearer token. */
  headers?: HeadersInit | (() => HeadersInit | Promise<HeadersInit>);
  /** As for `fetch`. Default `same-origin`. */
  credentials?: RequestCredentials;
  /** A `fetch` of your own. Default: the page's, through gloo-net. */
  fetch?: typeof fetch;
  /** Told what is sent and answered; what they throw is ignored. */
  hooks?: { sent?(event: SentEvent): void; answered?(event: AnsweredEvent): void };
}

/** Waiting for an order of PintoPay. */
export interface OrderWaiting {
  /** Waits until an order ends, or the limit is over: `still_running` is no failure. Rejects only when aborted, or when the order can never be read. */
  waitForOrder(orderId: string, options?: WaitOptions): Promise<OrderStep>;
  /** The same, step by step. */
  watchOrder(orderId: string, options?: Omit<WaitOptions, 'onUpdate'>): AsyncGenerator<OrderStep, void, void>;
}

type Face = Operation<unknown, unknown, unknown, string>;

/** Calls a Cardwright proxy. It holds no secret, stores nothing, and sends nothing but what it is asked to. */
export class CardClient {
  /** The operations of Ingo; each rejects with a `CardwrightError`. */
  readonly ingo: IngoClient;
  /** The operations of PintoPay; each rejects with a `CardwrightError`. */
  readonly pintopay: PintopayClient & OrderWaiting;
  /** The same operations; none rejects. */
  readonly safe: { readonly ingo: SafeIngoClient; readonly pintopay: SafePintopayClient };
  readonly #options: ClientOptions;
  readonly #settings: Settings;
  readonly #flights = new Flights<Result<unknown>>();
  /** Calls under way, as they reject in another language: identical calls still get the very same promise. */
  readonly #spoken = new WeakMap<Promise<unknown>, Promise<never>>();

  constructor(options: ClientOptions = {}) {
    this.#options = own(options);
    this.#settings = changed(DEFAULTS, options);
    const faces = pintopay.with(this.#settings);
    const onIngo = this.#methods(INGO, ingo.with(this.#settings));
    const onPintopay = this.#methods(PINTOPAY, faces);
    const orders = new OrderWatch(this.#settings.messages, async (order_id, signal) => {
      // The poller decides about another try, so the call itself has none.
      const call = this.#call(checkOrderDescriptor, faces.checkOrder as unknown as Face, { order_id }, { signal }, 0);
      return ((await call) as Result<CardIssueOrder>).data;
    });
    this.ingo = onIngo.calls as unknown as IngoClient;
    this.pintopay = {
      ...(onPintopay.calls as unknown as PintopayClient),
      waitForOrder: (orderId, options) => this.#speaking(orders.wait(orderId, options)),
      watchOrder: (orderId, options = {}) => steps(orders, orderId, options),
    };
    this.safe = {
      ingo: onIngo.safe as unknown as SafeIngoClient,
      pintopay: onPintopay.safe as unknown as SafePintopayClient,
    };
  }

  /** An issuer's methods, as they reject and as they never do. */
  #methods(descriptors: readonly Descriptor[], faces: object): { calls: object; safe: object } {
    const calls: [string, unknown][] = [];
    const safe: [string, unknown][] = [];
    for (const descriptor of descriptors) {
      const method = descriptor.name.slice(descriptor.name.indexOf('.') + 1);
      const face = (faces as Record<string, Face>)[method] as Face;
      const call = (values: unknown, given: CallOptions = {}) => this.#speaking(this.#call(descriptor, face, values, given));
      calls.push([method, call]);
      safe.push([method, (values: unknown, given?: CallOptions) => settled(call(values, given))]);
    }
    return { calls: Object.fromEntries(calls), safe: Object.fromEntries(safe) };
  }

  /** The same promise, its error in the language of this client. */
  #speaking<T>(promise: Promise<T>): Promise<T> {
    const { messages } = this.#settings;
    if (messages === en) return promise;
    const known: Promise<T> | undefined = this.#spoken.get(promise);
    if (known !== undefined) return known;
    const spoken = promise.catch((error: unknown): never => {
      if (error instanceof CardwrightError) error.message = sentence(messages, 'errors', error.code) ?? error.message;
      throw error;
    });
    this.#spoken.set(promise, spoken as Promise<never>);
    return spoken;
  }

  /** Not an async function: two identical calls in flight are given the very same promise. */
  #call(
    descriptor: Descriptor,
    face: Face,
    values: unknown,
    options: CallOptions,
    maxRetries = this.#options.maxRetries ?? 2,
  ): Promise<Result<unknown>> {
    const given = own(options);
    const { accept = [], signal } = given;
    try {
      const text = snapshot(values);
      const checked = check(descriptor.name, text, given.idempotencyKey, this.#settings);
      refuse(checked.issues, checked.notices, accept, this.#settings.messages);
      const key = given.idempotencyKey ?? checked.key ?? undefined;
      const identity = [descriptor.name, checked.request, key ?? ''].join('\n');
      const start = (abort: AbortSignal, lastKey: string | undefined) => {
        const intentKey = descriptor.safety === 'read' ? undefined : (key ?? lastKey ?? newKey());
        const call = build(descriptor.name, text, intentKey, accept, this.#settings);
        const answer = this.#send(descriptor, face, call, intentKey, own({ ...given, signal: abort }), maxRetries);
        return { key: intentKey, answer };
      };
      return this.#flights.join(identity, start, { signal, fresh: given.confirmNew === true, lost: descriptor.afterSend });
    } catch (error) {
      return Promise.reject(error as Error);
    }
  }

  async #send(
    descriptor: Descriptor,
    face: Face,
    call: BuiltCall,
    key: string | undefined,
    given: CallOptions & { signal: AbortSignal },
    maxRetries: number,
  ): Promise<Result<unknown>> {
    const { signal } = given;
    const { headers, credentials = 'same-origin', fetch } = this.#options;
    const hooks = own(this.#options.hooks ?? {});
    const timeoutMs = given.timeoutMs ?? this.#options.timeoutMs ?? 40_000;
    const url = absolute(this.#options.baseUrl ?? '/api', call.path);
    const marked: BuiltCall = given.confirmNew ? { ...call, headers: [...call.headers, ['confirm-new', 'true']] } : call;
    const sending: Sending = { url, call: marked, headers, credentials, fetch, timeoutMs, afterSend: descriptor.afterSend, signal };
    for (let attempts = 1; ; attempts++) {
      tell(() => hooks.sent?.({ operation: descriptor.name, attempt: attempts, method: call.method, url, headers: Object.fromEntries(marked.headers), body: call.body }));
      let failure: CardwrightError;
      try {
        const reply: Reply = await attempt(sending);
        tell(() => hooks.answered?.({ operation: descriptor.name, attempt: attempts, status: reply.status, body: reply.body }));
        const read = afterAnswer(descriptor, () => face.read(reply));
        if (read.ok) {
          const meta = { ...read.meta, attempts };
          return { data: read.data, meta: key === undefined ? meta : { ...meta, idempotencyKey: key } };
        }
        failure = read.error;
      } catch (error) {
        failure = error as CardwrightError;
      }
      failure = withKey(failure, key);
      const wait = attempts > maxRetries ? undefined : retryAfter(descriptor.name, failure, attempts, Math.random());
      if (wait === undefined) throw failure;
      await pause(wait, signal);
    }
  }
}

/** An answer came, so the send is past: a fault of ours in reading it must not look like "not sent". */
function afterAnswer<T>(descriptor: Descriptor, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new CardwrightError('internal_error', descriptor.afterSend, { cause: cause as Error });
  }
}

function withKey(error: CardwrightError, idempotencyKey: string | undefined): CardwrightError {
  if (idempotencyKey === undefined || error.idempotencyKey !== undefined) return error;
  return new CardwrightError(error.code, error.outcome, { ...error, cause: error.cause as Error | undefined, idempotencyKey });
}

async function settled(call: Promise<Result<unknown>>): Promise<SafeResult<unknown>> {
  try {
    return { ok: true, ...(await call) };
  } catch (error) {
    return { ok: false, error: plain(error) };
  }
}

function plain(error: unknown): PlainError {
  const known = error instanceof CardwrightError ? error : new CardwrightError('internal_error', 'unknown');
  return known.toJSON();
}

function absolute(baseUrl: string, path: string): string {
  const here = typeof location === 'undefined' ? undefined : location.href;
  try {
    return new URL(baseUrl.replace(/\/+$/, '') + path, here).href;
  } catch (cause) {
    throw new CardwrightError('network_error', 'not_sent', { cause: cause as Error });
  }
}

function tell(hook: () => void): void {
  try {
    hook();
  } catch {
    // A hook watches; it must not be able to change what happened.
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      clearTimeout(timer);
      reject(new CardwrightError('aborted', 'not_sent'));
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    }, ms);
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });
}
