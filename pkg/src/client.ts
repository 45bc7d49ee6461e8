import { build, check, snapshot } from './boundary.js';
import type { RowSource } from './bulk/contract.js';
import type { BulkOperation, BulkOptions, BulkRun } from './bulk/options.js';
import { LaterRun } from './bulk/later.js';
import { Caller, type Subject } from './caller.js';
import type { CallOptions, Descriptor, PrepareOptions, Result, SafeResult, SubmitOptions } from './contract.js';
import { CardwrightError } from './error.js';
import { Flight, leftBefore } from './flight.js';
import type { CardIssueOrder } from './generated/answers.js';
import { INGO, PINTOPAY, type IngoClient, type PintopayClient, type Resolved, type SafeIngoClient, type SafePintopayClient } from './generated/operations.js';
import { ingo } from './ingo.js';
import type { HeldIntent, Intent, SafePrepared } from './intents/intent.js';
import { Intents } from './intents/intents.js';
import { StoredIntents } from './intents/storage.js';
import { spoken } from './messages.js';
import { refuse, type Write } from './operation.js';
import type { ClientOptions } from './options.js';
import { OrderWatch, steps, type OrderStep, type WaitOptions } from './orders.js';
import { own } from './own.js';
import { pintopay } from './pintopay.js';
import { prepared, settled } from './safe.js';
import { DEFAULTS, changed, type Settings } from './settings.js';
import { tell } from './tell.js';

/** Waiting for an order of PintoPay. */
export interface OrderWaiting {
  /** Waits until an order ends, or the limit is over: `still_running` is no failure. Rejects only when aborted, or when the order can never be read. */
  waitForOrder(orderId: string, options?: WaitOptions): Promise<OrderStep>;
  /** The same, step by step. */
  watchOrder(orderId: string, options?: Omit<WaitOptions, 'onUpdate'>): AsyncGenerator<OrderStep, void, void>;
}

/** An intent whose end nobody has seen. */
export interface PendingIntent {
  readonly key: string;
  readonly operation: Resolved['operation'];
  /** When it was first submitted, in milliseconds since 1970 by the browser's clock. */
  readonly startedAt: number;
}

/** How an intent is asked about. */
export interface ResolveOptions extends Pick<SubmitOptions, 'signal' | 'timeoutMs'> {
  /**
   * What the intent is of, where neither this client nor its storage knows. How old it is nobody knows then: of one older than 30
   * days, `not_sent` says only that the proxy remembers none.
   */
  operation?: Pick<Write<never, never, never>, 'name' | 'safety'> | undefined;
}

/** The intents whose end is open. */
export interface PendingIntents {
  /** Every intent that was submitted and whose end nobody has seen: by this client, and, with a storage, before a reload. */
  pending(): Promise<PendingIntent[]>;
  /**
   * Asks the proxy what became of an intent, and gives what its submit would have given. One that never came is closed by the
   * question, so that it can never be sent: `key_closed`, with the outcome `not_sent`. Without a key it is `intent_not_found`.
   */
  resolve(key: string | undefined, options?: ResolveOptions): Promise<Resolved>;
}

/** Calls a Cardwright proxy. It holds no secret, sends nothing but what it is asked to, and stores nothing unless it is given a storage. */
export class CardClient {
  /** The operations of Ingo; each rejects with a `CardwrightError`. */
  readonly ingo: IngoClient;
  /** The operations of PintoPay; each rejects with a `CardwrightError`. */
  readonly pintopay: PintopayClient & OrderWaiting;
  /** The intents whose end is open. */
  readonly intents: PendingIntents;
  /** The same; nothing rejects or throws. */
  readonly safe: {
    readonly ingo: SafeIngoClient;
    readonly pintopay: SafePintopayClient;
    readonly intents: { resolve(key: string | undefined, options?: ResolveOptions): Promise<(Resolved & { readonly ok: true }) | Extract<SafeResult<never>, { ok: false }>> };
    /** Makes an intent of values, or says what stands against them. */
    prepare<Input, Request, Data>(operation: Write<Input, Request, Data>, values: Input, options?: PrepareOptions): SafePrepared<Input, Request, Data>;
  };
  readonly #settings: Settings;
  readonly #caller: Caller;
  readonly #subjects = new Map<string, Subject>();
  readonly #intents: Intents;
  readonly #reads = new Map<string, Flight<Result<unknown>>>();

  constructor(options: ClientOptions = {}) {
    const given = own(options);
    const { storage, hooks } = given;
    const storageFailed = (cause: Error) => tell(() => hooks?.storageFailed?.(cause));
    this.#caller = new Caller(given);
    this.#settings = changed(DEFAULTS, given);
    const { messages } = this.#settings;
    this.#intents = new Intents(this.#caller, this.#subjects, this.#settings, storage && new StoredIntents(storage, storageFailed));
    const onIngo = this.#methods(INGO, ingo.with(this.#settings));
    const onPintopay = this.#methods(PINTOPAY, pintopay.with(this.#settings));
    // The poller decides about another try, so the call itself has none.
    const orders = new OrderWatch(messages, async (order_id, signal) => {
      const read = this.#read(this.#subject('pintopay.checkOrder'), { order_id }, { signal }, 0);
      return (await read).data as CardIssueOrder;
    });
    this.ingo = onIngo.calls as unknown as IngoClient;
    this.pintopay = {
      ...(onPintopay.calls as unknown as PintopayClient),
      waitForOrder: (orderId, options) => this.#speaking(orders.wait(orderId, options)),
      watchOrder: (orderId, options = {}) => steps(orders, orderId, options),
    };
    const resolve = (key: string | undefined, options: ResolveOptions = {}) => {
      const { operation, ...rest } = own(options);
      return this.#speaking(this.#intents.resolve(key as string, operation?.name, rest)) as unknown as Promise<Resolved>;
    };
    this.intents = { pending: () => this.#speaking(this.#intents.pending()) as Promise<PendingIntent[]>, resolve };
    this.safe = {
      ingo: onIngo.safe as unknown as SafeIngoClient,
      pintopay: onPintopay.safe as unknown as SafePintopayClient,
      intents: { resolve: (key, options) => settled(resolve(key, options)) },
      prepare: <Input, Request, Data>(operation: Write<Input, Request, Data>, values: Input, options?: PrepareOptions) =>
        prepared(() => this.#prepare(operation, values, options)) as unknown as SafePrepared<Input, Request, Data>,
    };
  }

  /**
   * Makes an intent: the checked request and its key, before anything is sent. Throws what stands against the values. Submitting
   * it is safe however often; each further intent with other content, or with `confirmNew`, is a further card.
   */
  prepare<Input, Request, Data>(operation: Write<Input, Request, Data>, values: Input, options?: PrepareOptions): Intent<Input, Request, Data> {
    return this.#prepare(operation, values, options) as unknown as Intent<Input, Request, Data>;
  }

  /**
   * Issues every row of a source: each is one intent whose key is made of operation, batch and row key, so that the same file
   * under the same batch goes on where it was and makes nothing twice, after a crash too. Nothing is sent before every row was
   * checked. A storage is not used: the file and the batch say what is pending.
   */
  bulk<Request>(operation: BulkOperation<Request>, source: RowSource, options: BulkOptions): BulkRun<Request> {
    const given = own(options);
    const desk = {
      subject: this.#subject(operation.name),
      intentsOf: (isHeld: () => boolean) => new Intents(this.#caller.paced(isHeld), this.#subjects, this.#settings, undefined),
      waitForOrder: this.pintopay.waitForOrder,
      speaking: <T>(promise: Promise<T>) => this.#speaking(promise),
    };
    return new LaterRun(({ Run }, lent) => new Run(operation.with(this.#settings), source, given, { ...lent, ...desk }), this.#settings.messages);
  }

  #prepare(operation: { readonly name: string }, values: unknown, options: PrepareOptions = {}): HeldIntent {
    try {
      const subject = this.#subject(operation.name);
      // A read is meant as often as it is made.
      if (subject.descriptor.safety === 'read') throw new CardwrightError('method_not_allowed', 'not_sent');
      return this.#intents.prepare(subject, values, options);
    } catch (error) {
      throw spoken(this.#settings.messages, error);
    }
  }

  /** The same, its error in the language of this client. */
  #speaking<T>(promise: Promise<T>): Promise<T> {
    return promise.catch((error: unknown) => {
      throw spoken(this.#settings.messages, error);
    });
  }

  #subject(name: string): Subject {
    const subject = this.#subjects.get(name);
    if (subject === undefined) throw new CardwrightError('not_found', 'not_sent');
    return subject;
  }

  /** An issuer's methods, as they reject and as they never do. */
  #methods(descriptors: readonly Descriptor[], faces: object): { calls: object; safe: object } {
    const calls: [string, unknown][] = [];
    const safe: [string, unknown][] = [];
    for (const descriptor of descriptors) {
      const method = descriptor.name.slice(descriptor.name.indexOf('.') + 1);
      const subject = { descriptor, face: (faces as Record<string, Subject['face']>)[method] as Subject['face'] };
      this.#subjects.set(descriptor.name, subject);
      const call = (values: unknown, given: CallOptions = {}) => this.#call(subject, values, given);
      calls.push([method, call]);
      safe.push([method, (values: unknown, given?: CallOptions) => settled(call(values, given))]);
    }
    return { calls: Object.fromEntries(calls), safe: Object.fromEntries(safe) };
  }

  /** Not an async function: two identical calls in flight are given the very same promise. */
  #call(subject: Subject, values: unknown, given: CallOptions): Promise<Result<unknown>> {
    try {
      if (subject.descriptor.safety === 'read') return this.#read(subject, values, given);
      const { signal, ...options } = own(given);
      return this.#intents.prepare(subject, values, options).submit({ signal });
    } catch (error) {
      return Promise.reject(spoken(this.#settings.messages, error) as Error);
    }
  }

  #read(subject: Subject, values: unknown, given: CallOptions, maxRetries?: number): Promise<Result<unknown>> {
    const { signal, timeoutMs, accept = [], confirmNew } = own(given);
    const { name, place } = subject.descriptor;
    const text = snapshot(values);
    const { request, issues, notices } = check(place, text, undefined, this.#settings);
    refuse(issues, notices, accept, this.#settings.messages);
    const aborted = () => spoken(this.#settings.messages, new CardwrightError('aborted', 'not_sent'));
    const left = leftBefore(signal, 'not_sent');
    if (left) throw left;
    // What a poller asks is tried once: who joined it would be tried no oftener.
    const identity = [name, maxRetries, request].join('\n');
    const known = confirmNew ? undefined : this.#reads.get(identity);
    const flight = known?.isLeft === false ? known : new Flight(async (abort) => {
      try {
        const call = build(place, text, undefined, accept, this.#settings);
        return await this.#caller.run(subject, { call, key: undefined, open: false, signal: abort, timeoutMs, maxRetries });
      } catch (error) {
        throw spoken(this.#settings.messages, error);
      } finally {
        if (this.#reads.get(identity) === flight) this.#reads.delete(identity);
      }
    });
    this.#reads.set(identity, flight);
    return flight.join(signal, aborted);
  }
}
