import { build } from '../boundary.js';
import { errorOf, type Errand, type Subject } from '../caller.js';
import type { Notice, PrepareOptions, Result, SafeResult, SubmitOptions } from '../contract.js';
import { CardwrightError, isCardwrightError } from '../error.js';
import { Flight, leftBefore } from '../flight.js';
import { TOTAL_MS, type ErrorCode, type NoticeCode, type Outcome } from '../generated/codes.js';
import { limited } from '../limited.js';
import { spoken } from '../messages.js';
import { refuse } from '../operation.js';
import { own } from '../own.js';
import type { Intents } from './intents.js';
import { alone } from './tabs.js';

/** How far an intent is: not yet submitted, under way, or how it ended. `unknown` is no end: submit or resolve it again. */
export type IntentState = 'prepared' | 'sending' | 'done' | Outcome;

/** One thing that is meant once: a checked request and its key. */
export interface Intent<Input, Request, Data> {
  /** The idempotency key. With a storage, the first submit may take over the key of a pending intent with the same content. */
  readonly key: string;
  /** The operation's name. */
  readonly operation: string;
  /** The request as it will be sent. */
  readonly request: Request;
  readonly notices: readonly Notice[];
  readonly state: IntentState;
  /**
   * Sends it, however often it is called: in flight everybody gets the same promise, once it is done or rejected the same end;
   * after `unknown` or `not_sent` it goes on with the same key.
   */
  submit(options?: SubmitOptions): Promise<Result<Data>>;
  /** Asks the proxy what became of it, and gives what submit would have given. If it never came, its key is closed: `not_sent`. */
  resolve(options?: Pick<SubmitOptions, 'signal' | 'timeoutMs'>): Promise<Result<Data>>;
  /** Makes a new intent, with a new key, of changed values. Throws `cannot_revise` while this one may be done. */
  revise(values: Input, options?: PrepareOptions): Intent<Input, Request, Data>;
}

/** The same; nothing rejects or throws. */
export interface SafeIntent<Input, Request, Data>
  extends Pick<Intent<Input, Request, Data>, 'key' | 'operation' | 'request' | 'notices' | 'state'> {
  submit(options?: SubmitOptions): Promise<SafeResult<Data>>;
  resolve(options?: Pick<SubmitOptions, 'signal' | 'timeoutMs'>): Promise<SafeResult<Data>>;
  revise(values: Input, options?: PrepareOptions): SafePrepared<Input, Request, Data>;
}

/** An intent, or what stands against it. */
export type SafePrepared<Input, Request, Data> =
  | { readonly ok: true; readonly intent: SafeIntent<Input, Request, Data> }
  | Extract<SafeResult<Data>, { ok: false }>;

/** What an intent asks for. */
export interface Asking {
  /** The snapshot it was made of, and the request in normal form. */
  readonly text: string;
  readonly request: string;
  readonly notices: readonly Notice[];
}

/** The proxy forgets what is done after 31 days; that an older intent is absent says nothing. */
const REMEMBERED_MS = 30 * 24 * 60 * 60 * 1_000;

/** An intent as the client holds it. */
export class HeldIntent implements Intent<unknown, unknown, unknown> {
  readonly operation: string;
  readonly request: unknown;
  readonly notices: readonly Notice[];
  readonly #intents: Intents;
  readonly #subject: Subject;
  readonly #asking: Asking | undefined;
  readonly #options: PrepareOptions;
  readonly #identity: string;
  /** See `Put`. */
  place: string | undefined;
  /** The intent this one turned out to be a copy of. */
  #same: HeldIntent | undefined;
  #flight: Flight<Result<unknown>> | undefined;
  #state: IntentState = 'prepared';
  #accept: readonly NoticeCode[] = [];
  #key: string;
  #startedAt: number;

  /** `asking` is absent of an intent that is only asked about, such as one that was found in the storage. `own` has given the options. */
  constructor(intents: Intents, subject: Subject, asking: Asking | undefined, key: string, options: PrepareOptions, startedAt = Date.now()) {
    this.#intents = intents;
    this.#subject = subject;
    this.#asking = asking;
    this.#key = key;
    this.#options = options;
    this.#startedAt = startedAt;
    this.operation = subject.descriptor.name;
    this.notices = asking?.notices ?? [];
    this.request = asking && (JSON.parse(asking.request) as unknown);
    // Without a key of the caller's, the content says which intent is meant.
    this.#identity = [this.operation, ...(asking && options.idempotencyKey === undefined ? ['', asking.request] : [key])].join('\n');
    if (asking === undefined) this.#state = 'unknown';
  }

  get key(): string {
    return this.#same?.key ?? this.#key;
  }

  get state(): IntentState {
    return this.#same?.state ?? this.#state;
  }

  get startedAt(): number {
    return this.#startedAt;
  }

  /** Not an async function: all who submit an intent in flight are given the very same promise. */
  submit(given: SubmitOptions = {}): Promise<Result<unknown>> {
    const options = own(given, this.#options);
    const same = this.#same ?? (this.#isSent || options.confirmNew ? undefined : this.#intents.held(this.#identity));
    // One that was only asked about has no request: once that is over, and left it open, this one takes its place.
    const isHeir = same?.state === 'unknown' && same.#asking === undefined;
    try {
      if (same !== undefined && !isHeir) {
        // A key of the caller's own, with other values.
        if (same.#asking && same.#asking.request !== this.#asking?.request) throw this.#error('key_reused', 'not_sent');
        return (this.#same = same).submit(given);
      }
      // What was accepted once is.
      if (!this.#isSent) refuse([], this.notices, (this.#accept = options.accept ?? []), this.#intents.settings.messages);
      if (isHeir) {
        this.#same = undefined;
        this.#state = 'unknown';
        this.#startedAt = same.#startedAt;
      }
      options.accept = this.#accept;
      return this.#join(options, false);
    } catch (error) {
      return Promise.reject(error as Error);
    }
  }

  resolve(given: Pick<SubmitOptions, 'signal' | 'timeoutMs'> = {}): Promise<Result<unknown>> {
    return this.#same?.resolve(given) ?? this.#join(own(given, this.#options), true);
  }

  revise(values: unknown, given: PrepareOptions = {}): HeldIntent {
    const { state, key } = this;
    if (state === 'sending' || state === 'unknown' || state === 'done') throw this.#error('cannot_revise', 'unknown');
    const next = this.#intents.prepare(this.#subject, values, own(given, own({ ...this.#options, idempotencyKey: undefined })));
    if (next.key === key) throw this.#error('key_reused', 'not_sent');
    return next;
  }

  #join(options: SubmitOptions, asks: boolean): Promise<Result<unknown>> {
    const { signal } = options;
    const outcome = () => (this.#isSent ? 'unknown' : 'not_sent');
    const left = leftBefore(signal, outcome());
    if (left) return Promise.reject(this.#spoken(errorOf(left, this.key, false)));
    const aborted = () => this.#error('aborted', outcome());
    // All others have left it: once it has ended, this one goes on with the same key.
    if (this.#state === 'sending' && this.#flight?.isLeft) return this.#flight.promise.catch(() => this.#join(options, asks));
    if (this.#flight === undefined) {
      // Whatever is said later of this try: what an earlier one left open stays open.
      const open = this.#state === 'unknown';
      if (this.#state === 'prepared') this.#startedAt = Date.now();
      this.#state = 'sending';
      this.#intents.hold(this.#identity, this);
      this.#flight = new Flight((abort) => this.#run(abort, options, asks, open));
    }
    return this.#flight.join(signal, aborted);
  }

  /** Sends or asks, stored before and alone among the tabs. */
  async #run(signal: AbortSignal, options: SubmitOptions, asks: boolean, open: boolean): Promise<Result<unknown>> {
    const { caller, settings, stored } = this.#intents;
    const { place, safety } = this.#subject.descriptor;
    const asking = asks ? undefined : this.#asking;
    const errand: Errand = { call: undefined, key: this.#key, open, signal, timeoutMs: options.timeoutMs };
    const outcome = () => (errand.open ? 'unknown' : 'not_sent');
    try {
      if (stored && asking) {
        // What may have been sent stays under its key, whatever else has its content.
        const mayFind = !open && this.#options.idempotencyKey === undefined && !options.confirmNew;
        const isOver = () => this.#state !== 'sending' && this.#state !== 'unknown';
        const put = alone('cardwright', signal, outcome(), () => stored.put(this, asking.request, mayFind, isOver));
        const pending = await limited(put, TOTAL_MS, signal, () => {
          throw new CardwrightError('aborted', outcome());
        });
        if (pending !== undefined) {
          errand.key = this.#key = pending.key;
          this.#startedAt = pending.startedAt;
          errand.open = true;
        }
      }
      // A `once` that may have been sent is only asked about: see src/retry.rs.
      if (asking && !(errand.open && safety === 'once')) {
        errand.call = build(place, asking.text, this.#key, options.accept ?? [], settings);
        if (options.confirmNew) errand.call.headers.push(['confirm-new', 'true']);
      }
      const work = () => caller.run(this.#subject, errand);
      const result = await (stored ? alone(`cardwright ${this.#key}`, signal, outcome(), work) : work());
      await this.#end('done', errand);
      return result;
    } catch (cause) {
      const known = isCardwrightError(cause) ? cause : new CardwrightError('internal_error', 'unknown', { cause });
      const isForgotten = known.code === 'key_closed' && Date.now() - this.#startedAt > REMEMBERED_MS;
      // Only an answer closes what is open: not, for example, that there is no wasm to read one.
      const isUnsaid = errand.open && known.status === undefined;
      const error = this.#spoken(errorOf(known as CardwrightError, this.#key, isForgotten || isUnsaid));
      // Under what can be no key, nothing was ever sent.
      await this.#end(isUnsaid && known.code === 'intent_not_found' ? 'not_sent' : error.outcome, errand);
      throw error;
    }
  }

  /** Whether it was sent, or may have been. */
  get #isSent(): boolean {
    return this.#state !== 'prepared' && this.#state !== 'not_sent';
  }

  #error(code: ErrorCode, outcome: Outcome): CardwrightError {
    return this.#spoken(new CardwrightError(code, outcome, { idempotencyKey: this.key }));
  }

  #spoken(error: CardwrightError): CardwrightError {
    return spoken(this.#intents.settings.messages, error);
  }

  async #end(state: IntentState, { open, signal }: Errand): Promise<void> {
    this.#state = state;
    // An end is kept, for whoever submits again; the rest is tried anew.
    if (state === 'unknown' || state === 'not_sent') this.#flight = undefined;
    if (state === 'unknown') return;
    // That this copy was not sent says nothing of another page's.
    const dropped = this.#intents.ended(this, open || state !== 'not_sent');
    // Who has left is not kept waiting.
    if (!signal.aborted) await dropped;
  }
}
