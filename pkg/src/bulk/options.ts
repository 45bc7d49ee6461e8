import type { CallOptions } from '../contract.js';
import type { Operation, WriteSafety } from '../operation.js';
import type { OperationSettings } from '../settings.js';
import type { CheckedMany, CheckManyOptions, RowSource } from './contract.js';
import type { BulkProgress } from './progress.js';
import type { BulkReport } from './report.js';

/** An operation that can be issued row by row. */
export interface BulkOperation<Request> extends Pick<Operation<never, Request, never, never>, 'name'> {
  /** Not `once`: after a lost answer, nobody could tell whether to send it again. */
  readonly safety: Exclude<WriteSafety, 'once'>;
  checkMany(source: RowSource, options?: CheckManyOptions): Promise<CheckedMany<Request>>;
  with(settings: OperationSettings): BulkOperation<Request>;
}

/** What is about to be issued, once every row has been checked and before anything is sent. */
export interface BulkPlan {
  /** The rows that passed. */
  readonly rows: number;
  /** The rows that did not, and are left out. */
  readonly leftOut: number;
  /** How many of `rows` fit into today's limit, if all of them are new. */
  readonly today: number;
}

/** How rows are issued. */
export interface BulkOptions extends Pick<CallOptions, 'signal' | 'accept' | 'confirmNew' | 'timeoutMs'> {
  /** What names this batch. The same batch, operation and row key are the same card, in whichever run. */
  batchId: string | number;
  /** The member or column that names each row within the batch. It stands in the report: take one that says nothing about a person. */
  rowKey: string;
  /** How many rows are under way at the same time, 1 to 32. Default 4. */
  concurrency?: number | undefined;
  /** Issues what passed and leaves the rest out, instead of refusing the whole. */
  skipInvalid?: boolean | undefined;
  /** Stops once so many rows have failed; what is unknown has not. Default: never. */
  stopAfter?: number | undefined;
  /** How many more may be made today. The run stops there; the same call goes on tomorrow. Default: no limit that is known here. */
  dailyLimit?: number | undefined;
  /** For an operation that makes orders: waits for their cards too, for at most five minutes each. */
  waitForCards?: boolean | undefined;
  /** How the rows are read and checked. */
  check?: Omit<CheckManyOptions, 'rowKey' | 'signal'> | undefined;
  /** Asked before the first row is sent; `false` stops the run. */
  confirm?: ((plan: BulkPlan) => boolean | Promise<boolean>) | undefined;
  /** Told after each row, and when the run pauses, waits or goes on. */
  onProgress?: ((progress: BulkProgress) => void) | undefined;
}

/** Many rows being issued. */
export interface BulkRun<Request> {
  /** What the check said, of every row. */
  readonly checked: Promise<CheckedMany<Request>>;
  /** How far it is. */
  readonly progress: BulkProgress;
  /**
   * How it ended. Rejects only while nothing was sent: `key_missing` without a batch or a row key, `key_reused` if a row key
   * stands twice, `invalid_request` if a row broke a rule, the source cannot be read or `confirm` throws, `aborted` by the signal or
   * before a stream was read, `method_not_allowed` for a read and for what is sent only once.
   */
  readonly done: Promise<BulkReport>;
  /** Begins no further row; what is under way ends. */
  pause(): void;
  resume(): void;
  /**
   * Begins no further row for good; what is under way ends, and then `done` resolves. The same call goes on later. A stream that
   * is still read is cancelled, and `done` rejects with `aborted`.
   */
  stop(): void;
}
