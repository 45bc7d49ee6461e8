import type { Subject } from '../caller.js';
import type { PrepareOptions, Result } from '../contract.js';
import type { CardwrightError } from '../error.js';
import type { ErrorCode } from '../generated/codes.js';
import type { Intents } from '../intents/intents.js';
import type { OrderStep, WaitOptions } from '../orders.js';
import { tell } from '../tell.js';
import type { CheckedMany, RowSource, ValidRow } from './contract.js';
import { ended } from './ended.js';
import type { Lent } from './later.js';
import type { BulkOperation, BulkOptions, BulkRun } from './options.js';
import { UNREADABLE } from './no-source.js';
import { Pace } from './pace.js';
import { Tally, type BulkProgress, type BulkState } from './progress.js';
import { report, type BulkEnd, type BulkReport, type BulkRow } from './report.js';

/** What of a client a run needs. */
export interface Desk extends Lent {
  readonly subject: Subject;
  /** Intents of the run's own, which are all held at once: without the storage, because the file and the batch say what is pending. */
  intentsOf(isHeld: () => boolean): Intents;
  waitForOrder(orderId: string, options: WaitOptions): Promise<OrderStep>;
  /** The same, its error in the client's language. */
  speaking<T>(promise: Promise<T>): Promise<T>;
}

/** How often a row is tried in one run, each time as a whole call. */
const ROUNDS = 3;
const ROUND_MS = 1_000;
/** So many rows in a row that were not sent or are unknown say that something else is wrong. */
const MOST_UNANSWERED = 10;
/** How many orders are waited for at the same time. */
const MOST_WAITED = 50;
const MOST_AT_ONCE = 32;
const MOST_ISSUES = 100_000;

type Mutable<T> = { -readonly [Name in keyof T]: T[Name] };

/**
 * Issues rows: one intent a row, its key made of operation, batch and row key, so that whoever does it again means the same cards.
 * A row's own `idempotent_key` is its key, as of a single call: whoever issued it so before means the same card.
 */
export class Run<Request> implements BulkRun<Request> {
  readonly checked: Promise<CheckedMany<Request>>;
  readonly done: Promise<BulkReport>;
  readonly #operation: BulkOperation<Request>;
  readonly #desk: Desk;
  readonly #options: BulkOptions;
  readonly #pace = new Pace(() => this.#tell());
  readonly #intents: Intents;
  readonly #tally = new Tally();
  readonly #rows: Mutable<BulkRow>[] = [];
  /** What names the batch, without the blanks that come along when it is pasted. */
  readonly #batch: string | number;
  /** The keys of the rows that were begun. */
  readonly #keys = new Set<string>();
  readonly #waits = new Set<Promise<void>>();
  /** Ends the waiting for a stream, and for orders. */
  readonly #left = new AbortController();
  #state: 'checking' | 'issuing' | 'ended' = 'checking';
  #end: BulkEnd | undefined;
  #underWay = 0;
  /** What of the daily limit is spent, or may be. */
  #spent = 0;
  #unanswered = 0;

  constructor(operation: BulkOperation<Request>, source: RowSource, options: BulkOptions, desk: Desk) {
    this.#operation = operation;
    this.#desk = desk;
    this.#options = options;
    const { batchId, signal } = options;
    this.#batch = typeof batchId === 'string' ? batchId.trim() : batchId;
    this.#intents = desk.intentsOf(() => this.#pace.heldMs > 0);
    const aborted = () => this.#close('aborted');
    if (signal?.aborted) aborted();
    // What is no signal is refused by the check.
    signal?.addEventListener?.('abort', aborted);
    this.checked = desk.speaking(this.#check(source));
    this.done = desk.speaking(this.checked.then((checked) => this.#issueAll(checked))).finally(() => {
      this.#state = 'ended';
      signal?.removeEventListener?.('abort', aborted);
      this.#tell();
    });
    // Who looks at one of the two is told; the other is no unhandled rejection.
    this.checked.catch(() => {});
  }

  get progress(): BulkProgress {
    const { heldMs, isPaused } = this.#pace;
    const state: BulkState = this.#state !== 'issuing' ? this.#state : isPaused ? 'paused' : heldMs > 0 ? 'waiting' : 'issuing';
    return this.#tally.progress(state, heldMs);
  }

  pause(): void {
    this.#tally.rest();
    this.#pace.pause(true);
  }

  resume(): void {
    this.#pace.pause(false);
  }

  stop(): void {
    this.#close('stopped');
  }

  async #check(source: RowSource): Promise<CheckedMany<Request>> {
    const { batchId, rowKey, check, signal } = this.#options;
    const { name, safety } = this.#operation;
    // A `once` has no second line of defence: run again after a lost answer, it would be another card.
    if (!['keyed', 'convergent'].includes(safety)) throw this.#refusal('method_not_allowed', `expected an operation that may be sent again, found ${name}`);
    await this.#desk.keyFrom(batchId, rowKey).catch((error: CardwrightError) => {
      throw error.code === 'key_missing' ? this.#refusal(error.code, 'expected a batchId and a rowKey') : error;
    });
    // It is read twice: checked to its end before the first row is sent.
    const isStream = typeof (source as Partial<ReadableStream> | undefined)?.getReader === 'function';
    const whole = isStream ? await this.#whole(source as ReadableStream<Uint8Array>) : source;
    const maxIssues = Math.max(1, check?.maxIssues ?? MOST_ISSUES);
    return this.#operation.checkMany(whole, { ...check, maxIssues, rowKey, ...(signal && { signal }) });
  }

  /** What a stream holds to its end; it is not waited for once the run is stopped. */
  async #whole(stream: ReadableStream<Uint8Array>): Promise<Blob> {
    const { CardwrightError } = this.#desk;
    const { signal } = this.#left;
    const read = () => new Response(stream.pipeThrough(new TransformStream(), { signal })).blob();
    return this.#answered(UNREADABLE, read).catch((error) => {
      throw signal.aborted ? new CardwrightError('aborted', 'not_sent') : error;
    });
  }

  async #issueAll(checked: CheckedMany<Request>): Promise<BulkReport> {
    const { skipInvalid, signal, confirm, dailyLimit = Infinity, concurrency = 4 } = this.#options;
    const { CardwrightError } = this.#desk;
    const twice = checked.repeated[0]?.rows;
    if (twice) throw this.#refusal('key_reused', `expected a row key of its own in each row, found that of row ${twice[0]} in row ${twice[1]}`);
    // What is wrong with a table's header, such as a credential's column, is left out with no row.
    const isWrong = checked.issues[0]?.row === 0;
    if (!checked.complete || isWrong || (checked.invalid > 0 && !skipInvalid)) {
      throw new CardwrightError('invalid_request', 'not_sent', { issues: checked.issues });
    }
    this.#tally.total = checked.valid;
    for (const { row, code } of checked.invalidRows) this.#rows.push({ row, state: 'left_out', replayed: false, code });
    const plan = { rows: checked.valid, leftOut: checked.invalid, today: Math.min(checked.valid, dailyLimit) };
    if (confirm !== undefined && this.#end === undefined) {
      const answer = this.#answered('expected confirm to say yes or no', () => confirm(plan));
      // Nobody may answer any more, such as a dialog of a page that was left.
      const left = new Promise<false>((resolve) => this.#left.signal.addEventListener('abort', () => resolve(false)));
      if (!(await Promise.race([answer, left]))) this.stop();
    }
    if (signal?.aborted) throw new CardwrightError('aborted', 'not_sent');
    this.#state = 'issuing';
    this.#tell();
    const rows = checked.requests();
    const workers = Number.isInteger(concurrency) ? Math.min(Math.max(concurrency, 1), MOST_AT_ONCE) : 1;
    await Promise.all(Array.from({ length: workers }, () => this.#work(rows)));
    // Whatever it was read with is let go, also of a run that was stopped.
    await rows.return().catch(() => {});
    await Promise.all(this.#waits);
    const { total, left } = this.#tally;
    const end = this.#end ?? 'complete';
    const { name: operation } = this.#operation;
    return report(
      { operation, batchId: String(this.#batch), end: left === 0 && end !== 'aborted' ? 'complete' : end, total, rows: this.#rows },
      async ({ row, rowKey = '', idempotencyKey = '' }, options) => {
        const asked = this.#intents.resolve(idempotencyKey, operation, options);
        // Done or not: it was this run that left it open.
        return { row, rowKey, idempotencyKey, ...(await ended(this.#desk, asked)), replayed: false };
      },
    );
  }

  /** Said to who wrote the page, or the file. */
  #refusal(code: ErrorCode, message: string, cause?: unknown): CardwrightError {
    return new this.#desk.CardwrightError(code, 'not_sent', { message, cause });
  }

  /** What something of the page's own says; what it throws is the cause of an error of ours. */
  async #answered<T>(expected: string, ask: () => T | Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (cause) {
      throw this.#refusal('invalid_request', expected, cause);
    }
  }

  async #work(rows: AsyncIterator<ValidRow<Request>, void>): Promise<void> {
    while (await this.#mayBegin()) {
      try {
        const next = await rows.next();
        if (next.done) return;
        await this.#issue(next.value);
      } catch {
        // The source was readable a moment ago: a file that was changed or taken away.
        this.#close('unreadable');
      } finally {
        this.#underWay -= 1;
        this.#pace.wake();
      }
    }
  }

  /** Whether another row may be begun, once it is known. */
  async #mayBegin(): Promise<boolean> {
    const { dailyLimit = Infinity } = this.#options;
    for (;;) {
      await this.#pace.free(() => this.#end !== undefined);
      if (this.#end !== undefined) return false;
      if (this.#spent < dailyLimit) {
        // Both at once: whoever finds the limit spent and nobody under way ends the run.
        this.#spent += 1;
        this.#underWay += 1;
        return true;
      }
      if (this.#underWay === 0) this.#close('daily_limit');
      else await this.#pace.change();
    }
  }

  async #issue({ row, rowKey = '', request, idempotencyKey: own }: ValidRow<Request>): Promise<void> {
    const { stopAfter = Infinity } = this.#options;
    const ofBatch = `bulk_${await this.#desk.keyFrom(this.#operation.name, this.#batch, rowKey)}`;
    const idempotencyKey = own ?? ofBatch;
    const end = await ended(this.#desk, this.#submitted(request, idempotencyKey));
    if (end === undefined) return;
    const known: Mutable<BulkRow> = { row, rowKey, idempotencyKey, ...end };
    this.#rows.push(known);
    this.#tally.add(known);
    // What was under way when a pause began ends in it.
    if (this.progress.state !== 'issuing') this.#tally.rest();
    const { state, replayed, orderId, cardId } = known;
    // What is unknown may have been made, and counts.
    if (state === 'done' ? replayed : state !== 'unknown') this.#spent -= 1;
    if (state === 'done' || state === 'rejected') this.#unanswered = 0;
    if (this.#unanswered >= MOST_UNANSWERED) this.#close('unanswered');
    if (this.#tally.counts.failed >= stopAfter) this.#close('failures');
    this.#tell();
    if (orderId !== undefined && cardId === undefined) await this.#awaitCard(known, orderId);
  }

  /** Submits until it has ended, or trying again is of no use. Nothing, if the run was over before the first time. */
  async #submitted(request: unknown, idempotencyKey: string): Promise<Result<unknown> | undefined> {
    // In flight, the second of two rows would be given the first one's card.
    if (this.#keys.has(idempotencyKey)) throw new this.#desk.CardwrightError('key_reused', 'not_sent');
    this.#keys.add(idempotencyKey);
    const { accept, confirmNew, timeoutMs, signal } = this.#options;
    const given = { accept, confirmNew, timeoutMs };
    const known = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as PrepareOptions;
    const intent = this.#intents.prepare(this.#desk.subject, request, { ...known, idempotencyKey });
    const over = () => this.#end !== undefined;
    let failed: CardwrightError | undefined;
    for (let round = 1; ; ) {
      await this.#pace.free(over);
      if (over()) {
        if (failed !== undefined) throw failed;
        return undefined;
      }
      try {
        const { data, meta } = await intent.submit({ signal });
        this.#pace.answered();
        // After an answer that was lost, a replay may be of what this run has made.
        const replayed = meta.replayed && meta.attempts === 1 && failed?.outcome !== 'unknown';
        return { data, meta: { ...meta, replayed } };
      } catch (error) {
        failed = error as CardwrightError;
        if (this.#desk.isThrottled(failed)) {
          this.#tally.rest();
          if (!this.#pace.putOff(failed.retryAfterMs)) this.#close('unanswered');
          continue;
        }
        const { status, code, outcome } = failed;
        // These two are about the row alone, so that others may well pass.
        if (status === 409 || status === 422) throw failed;
        // What is unknown is sent again under its key: an answer that was cut short is no reason to leave a row open.
        const mayPass = failed.retryable || (outcome === 'unknown' && code !== 'aborted');
        if (!mayPass || round === ROUNDS) {
          this.#unanswered += 1;
          throw failed;
        }
        await this.#pace.rest(ROUND_MS * round, over);
        round += 1;
      }
    }
  }

  /** Waits for the card of an order beside the rows that come after it, unless too many are waited for. */
  async #awaitCard(row: Mutable<BulkRow>, orderId: string): Promise<void> {
    if (!this.#options.waitForCards) return;
    while (this.#waits.size >= MOST_WAITED) await Promise.race(this.#waits);
    const wait = this.#desk.waitForOrder(orderId, { signal: this.#left.signal }).then(
      ({ result, card_id }) => {
        row.order = result;
        if (card_id === null) return;
        row.cardId = card_id;
        this.#tally.counts.cards += 1;
      },
      () => {
        // Stopped, or never readable: the order goes on, and its id is in the report.
      },
    );
    this.#waits.add(wait);
    void wait.finally(() => {
      this.#waits.delete(wait);
      this.#tell();
    });
  }

  #close(end: BulkEnd): void {
    this.#end ??= end;
    if (end === 'stopped' || end === 'aborted') this.#left.abort();
    this.#pace.wake();
  }

  #tell(): void {
    tell(() => this.#options.onProgress?.(this.progress));
  }
}
