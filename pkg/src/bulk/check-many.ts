import { issueOf } from '../boundary.js';
import type { Descriptor, Valid } from '../contract.js';
import { CardwrightError } from '../error.js';
import { spoken } from '../messages.js';
import { own } from '../own.js';
import type { Settings } from '../settings.js';
import { Batch, type BatchReport, type BatchTerms } from './batch.js';
import type { CheckedMany, CheckManyOptions, CheckManyProgress, RowIssue, RowSource, ValidRow } from './contract.js';
import { open } from './source.js';
import { inWorker } from './worker-call.js';

/** Checks many rows of one operation. Rejects only when aborted, when the source cannot be read, or when it is none. */
export async function checkMany<Request>(
  descriptor: Descriptor,
  settings: Settings,
  source: RowSource,
  given: CheckManyOptions = {},
): Promise<CheckedMany<Request>> {
  const options = own(given);
  const { signal, worker, onProgress } = options;
  try {
    const terms = (format: BatchTerms['format']) => termsOf(descriptor, settings, options, format);
    const report =
      worker === undefined
        ? await readAll(source, options.format, terms, signal, onProgress)
        : await inWorker(worker, { source, format: options.format, terms: terms('json') }, signal, onProgress);
    return new Checked<Request>(report, settings, () => requests<Request>(source, options.format, terms, settings));
  } catch (error) {
    throw spoken(settings.messages, error);
  }
}

/** Reads a source to its end, here. */
export async function readAll(
  source: RowSource,
  format: CheckManyOptions['format'],
  terms: (format: BatchTerms['format']) => BatchTerms,
  signal: AbortSignal | undefined,
  onProgress: ((progress: CheckManyProgress) => void) | undefined,
): Promise<BatchReport> {
  const opened = await open(source, format);
  const batch = new Batch(terms(opened.format), false);
  for await (const piece of opened.into(batch, signal)) onProgress?.({ rows: batch.rows, ...piece });
  return batch.end();
}

async function* requests<Request>(
  source: RowSource,
  format: CheckManyOptions['format'],
  terms: (format: BatchTerms['format']) => BatchTerms,
  settings: Settings,
): AsyncGenerator<ValidRow<Request>, void, void> {
  if (typeof (source as Partial<ReadableStream>).getReader === 'function') {
    throw new CardwrightError('invalid_request', 'not_sent', { message: 'expected a source that can be read again, not a stream' });
  }
  const opened = await open(source, format);
  const batch = new Batch(terms(opened.format), true);
  const taken = function* () {
    for (const { request, ...row } of batch.take(settings)) yield { ...row, request: JSON.parse(request) as Valid<Request> };
  };
  // A piece is read when the rows before it are gone, so that no more than one is held.
  for await (const _ of opened.into(batch, undefined)) yield* taken();
  batch.last();
  yield* taken();
}

function termsOf(descriptor: Descriptor, settings: Settings, options: CheckManyOptions, format: BatchTerms['format']): BatchTerms {
  const { delimiter = '', rowKey, columns = {}, maxIssues = 100_000 } = options;
  const { ids, unknownFields } = settings;
  return { operation: descriptor.place, format, delimiter, rowKey, columns: { ...columns }, maxIssues, ids, unknownFields };
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
  #issues: readonly RowIssue[] | undefined;

  constructor(report: BatchReport, { messages }: Settings, requests: CheckedMany<Request>['requests']) {
    const { rows, valid, issueCount, complete, repeated, shapes, pairs } = report;
    this.complete = complete;
    this.rows = rows;
    this.valid = valid;
    this.invalid = rows - valid;
    this.issueCount = issueCount;
    this.repeated = repeated.map(([rowKey, rows]) => ({ rowKey, rows }));
    this.requests = requests;
    this.#pairs = pairs;
    this.#shapes = shapes.map(([path, code, params, column]) => {
      const issue = issueOf([path, code, params], messages);
      return column === null ? issue : { ...issue, column };
    });
  }

  get issues(): readonly RowIssue[] {
    return (this.#issues ??= Array.from({ length: this.#pairs.length / 2 }, (_, at) => {
      const shape = this.#shapes[this.#pairs[2 * at + 1] as number] as Omit<RowIssue, 'row'>;
      return { ...shape, row: this.#pairs[2 * at] as number };
    }));
  }
}
