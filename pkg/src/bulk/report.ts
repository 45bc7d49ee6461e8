import type { SubmitOptions } from '../contract.js';
import type { ErrorCode, OrderEnding, Outcome } from '../generated/codes.js';
import type { RowIssue } from './contract.js';
import { csv } from './csv.js';
import { count, noCounts, type BulkCounts } from './progress.js';

/**
 * Why a run ended: every row was begun; `stop()`; the signal; `stopAfter` rows have failed; ten rows in a row were not sent or
 * are unknown, or the server asked to wait longer than ten minutes; `dailyLimit`; the source could not be read again.
 */
export type BulkEnd = 'complete' | 'stopped' | 'aborted' | 'failures' | 'unanswered' | 'daily_limit' | 'unreadable';

/** What became of one row. Nothing of its values but its key is kept. */
export interface BulkRow {
  /** Its number in the source, from 1; a table's header is none. */
  readonly row: number;
  /** Absent of a row that was left out. */
  readonly rowKey?: string;
  /** `left_out`: it broke a rule, and was not to be sent. */
  readonly state: 'done' | 'left_out' | Outcome;
  /** The key of its intent: its own `idempotent_key`, or `bulk_` and `keyFrom(operation, batchId, rowKey)`. */
  readonly idempotencyKey?: string;
  /** Whether it had been done before this run. Where an answer of its own was lost, it counts as done by this run. */
  readonly replayed: boolean;
  readonly cardId?: string;
  readonly lastFour?: string;
  readonly orderId?: string;
  /** How its order stands, as far as it was waited for. */
  readonly order?: OrderEnding;
  /** Why it was not done. */
  readonly code?: ErrorCode | RowIssue['code'];
  /** The issuer's own word for its rejection. */
  readonly slug?: string;
}

/** How a run ended, and what became of its rows. */
export interface BulkReport extends BulkCounts {
  readonly operation: string;
  readonly batchId: string;
  readonly end: BulkEnd;
  /** Every row that was begun or left out, in the order of the source. */
  readonly rows: readonly BulkRow[];
  /**
   * The rows as CSV (RFC 4180). A cell that a spreadsheet would take for a formula, because it begins with `=`, `+`, `-`, `@`,
   * a tab or a carriage return, has an apostrophe before it.
   */
  toCSV(): string;
  /**
   * Asks the proxy what became of the unknown rows, and gives the report as it then is; nothing is sent. A row that never came
   * is closed by the question, and can then only be issued under another row key or batch. To issue such rows instead, issue
   * the same batch again.
   */
  resolve(options?: Pick<SubmitOptions, 'signal' | 'timeoutMs'>): Promise<BulkReport>;
}

/** What a report is made of. */
export interface Reported {
  readonly operation: string;
  readonly batchId: string;
  readonly end: BulkEnd;
  /** How many rows there were to be issued. */
  readonly total: number;
  readonly rows: readonly BulkRow[];
}

/** Asks about one unknown row. */
export type Ask = (row: BulkRow, options: Pick<SubmitOptions, 'signal' | 'timeoutMs'>) => Promise<BulkRow>;

/** Makes the report. */
export function report(reported: Reported, ask: Ask): BulkReport {
  const { total, operation, batchId, end } = reported;
  const rows = [...reported.rows].sort((a, b) => a.row - b.row);
  const counts = noCounts();
  for (const row of rows) count(counts, row);
  return {
    operation,
    batchId,
    end,
    rows,
    ...counts,
    left: total - counts.done - counts.failed - counts.unknown,
    toCSV: () => csv([HEADER, ...rows.map(cells)]),
    resolve: async (options = {}) => {
      const known: BulkRow[] = [];
      for (const row of rows) known.push(row.state === 'unknown' ? await ask(row, options) : row);
      return report({ ...reported, rows: known }, ask);
    },
  };
}

const HEADER = ['row', 'row_key', 'state', 'card_id', 'last_four', 'order_id', 'order', 'code', 'slug', 'idempotency_key'];

function cells({ row, rowKey, state, cardId, lastFour, orderId, order, code, slug, idempotencyKey }: BulkRow): (string | undefined)[] {
  return [String(row), rowKey, state, cardId, lastFour, orderId, order, code, slug, idempotencyKey];
}
