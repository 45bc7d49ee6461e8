import type { Descriptor, Valid } from '../contract.js';
import type { CardwrightError } from '../error.js';
import type { Settings } from '../settings.js';
import type { BatchReport, BatchTerms } from './batch.js';
import type { CheckedMany, CheckManyOptions, RowIssue, RowSource, ValidRow } from './contract.js';
import type { Lent } from './later.js';
import { termsOf } from './terms.js';
import { inWorker, type WorkerTask } from './worker-call.js';

/** Checks many rows of one operation. */
export async function checkMany<Request>(
  lent: Lent,
  descriptor: Descriptor,
  settings: Settings,
  source: RowSource,
  options: CheckManyOptions,
): Promise<CheckedMany<Request>> {
  const { signal, worker, onProgress } = options;
  try {
    const task = { source, format: options.format, terms: termsOf(lent, descriptor, settings, options) };
    const report = await (worker === undefined ? here(lent, task, signal, onProgress) : inWorker(lent, worker, task, signal, onProgress));
    return new Checked<Request>(lent, report, task.terms, settings, () => requests<Request>(lent, source, options.format, task.terms, settings));
  } catch (error) {
    throw ours(lent, error);
  }
}

/** The module of rows is loaded when it is needed: in a worker it is not needed here. */
async function here(
  { loaded }: Lent,
  { source, format, terms }: WorkerTask,
  signal: AbortSignal | undefined,
  onProgress: CheckManyOptions['onProgress'],
): Promise<BatchReport> {
  const { readAll } = await loaded(import('./worker.js'));
  return readAll(source, format, terms, signal, onProgress);
}

/** That file has a class of errors of its own, and what is no error of ours is a fault of ours. */
function ours({ CardwrightError, isCardwrightError }: Lent, error: unknown): CardwrightError {
  if (error instanceof CardwrightError) return error;
  if (!isCardwrightError(error)) return new CardwrightError('internal_error', 'not_sent', { cause: error });
  const { code, outcome, message, cause = error } = error as CardwrightError;
  return new CardwrightError(code, outcome, { message, cause });
}

async function* requests<Request>(
  lent: Lent,
  source: RowSource,
  format: CheckManyOptions['format'],
  terms: BatchTerms,
  { messages }: Settings,
): AsyncGenerator<ValidRow<Request>, void, void> {
  const { CardwrightError, loaded, noticeOf, spoken } = lent;
  if (typeof (source as Partial<ReadableStream>).getReader === 'function') {
    throw new CardwrightError('invalid_request', 'not_sent', { message: 'expected a source that can be read again, not a stream' });
  }
  try {
    const { takeAll } = await loaded(import('./worker.js'));
    for await (const rows of takeAll(source, format, terms)) {
      for (const [row, rowKey, request, key, notices] of rows) {
        const valid = JSON.parse(request) as Valid<Request>;
        yield { row, rowKey: rowKey ?? undefined, idempotencyKey: key ?? undefined, request: valid, notices: notices.map((notice) => noticeOf(notice, messages)) };
      }
    }
  } catch (error) {
    throw spoken(messages, ours(lent, error));
  }
}

/** A report, its issues made when they are asked for: mostly a few of many thousand are looked at. */
class Checked<Request> implements CheckedMany<Request> {
  readonly complete: boolean;
  readonly rows: number;
  readonly valid: number;
  readonly invalid: number;
  readonly issueCount: number;
  readonly repeated: CheckedMany<Request>['repeated'];
  readonly requests: CheckedMany<Request>['requests'];
  readonly #pairs: Uint32Array;
  readonly #shapes: readonly Omit<RowIssue, 'row'>[];
  readonly #kept: number;
  readonly #codeOf: (place: number) => RowIssue['code'];
  declare readonly issues: readonly RowIssue[];
  declare readonly invalidRows: CheckedMany<Request>['invalidRows'];
  #issues: readonly RowIssue[] | undefined;

  constructor({ issueOf }: Lent, report: BatchReport, { maxIssues }: BatchTerms, { messages }: Settings, requests: CheckedMany<Request>['requests']) {
    const { rows, valid, issueCount, complete, repeated, shapes, pairs } = report;
    this.complete = complete;
    this.rows = rows;
    this.valid = valid;
    this.invalid = rows - valid;
    this.issueCount = issueCount;
    this.repeated = repeated.map(([rowKey, rows]) => ({ rowKey, rows }));
    this.requests = requests;
    this.#pairs = pairs;
    this.#kept = Math.min(maxIssues, pairs.length / 2);
    this.#codeOf = (place) => issueOf([[], place, []], messages).code;
    this.#shapes = shapes.map(([path, code, params, column]) => {
      const issue = issueOf([path, code, params], messages);
      return column === null ? issue : { ...issue, column };
    });
    // Its own, so that a copy of it has them as well.
    Object.defineProperties(this, {
      issues: { enumerable: true, get: () => (this.#issues ??= this.#made()) },
      invalidRows: { enumerable: true, get: () => this.#wrong() },
    });
  }

  #made(): RowIssue[] {
    return Array.from({ length: this.#kept }, (_, at) => ({ ...this.#shape(at), row: this.#row(at) }));
  }

  #wrong(): CheckedMany<Request>['invalidRows'] {
    const rows: Pick<RowIssue, 'row' | 'code'>[] = [];
    for (let at = 0; at < this.#pairs.length / 2; at += 1) {
      const row = this.#row(at);
      if (row === 0 || rows.at(-1)?.row === row) continue;
      rows.push({ row, code: at < this.#kept ? this.#shape(at).code : this.#codeOf(this.#second(at)) });
    }
    return rows;
  }

  #row(at: number): number {
    return this.#pairs[2 * at] as number;
  }

  /** What stands beside the row: the shape of its issue, or a code. */
  #second(at: number): number {
    return this.#pairs[2 * at + 1] as number;
  }

  #shape(at: number): Omit<RowIssue, 'row'> {
    return this.#shapes[this.#second(at)] as Omit<RowIssue, 'row'>;
  }
}
