import type { Issue, Notice, Valid } from '../contract.js';

/** Where rows come from: text, its bytes, a file, or a stream of bytes. */
export type RowSource = string | Uint8Array | ArrayBuffer | Blob | ReadableStream<Uint8Array>;

/** How rows are written: a JSON list of objects, an object on each line, or a table with a header. */
export type RowFormat = 'json' | 'ndjson' | 'csv';

/** What is used of a `Worker`, which has no name where there is no DOM. */
export interface RowWorker {
  addEventListener(kind: 'error' | 'message' | 'messageerror', listener: (event: Event) => void, options: { signal: AbortSignal }): void;
  postMessage(message: object, moved: ReadableStream[]): void;
}

/** How many rows are checked. */
export interface CheckManyOptions<Path extends string = string> {
  /** How the rows are written. Without it, a file's name or kind tells, then the first character: `[` JSON, `{` NDJSON, anything else CSV. */
  format?: RowFormat | undefined;
  /** For CSV: the field of each column by the column's name; null passes a column over. A column that bears a field's name needs none. */
  columns?: Readonly<Record<string, Path | null>> | undefined;
  /** For CSV: what parts two cells. Without it, the header tells. */
  delimiter?: ',' | ';' | '\t' | undefined;
  /** The member or column that names each row: one of the fields, or one beside them, which is then not sent. */
  rowKey?: string | undefined;
  /** Where it is checked: a worker, or the address of `cardwright/worker`. Without it, in slices of 10 ms on the page. */
  worker?: RowWorker | URL | string | undefined;
  /** How many issues are kept at most; all are counted. 100,000 by default. */
  maxIssues?: number | undefined;
  signal?: AbortSignal | undefined;
  /** How far it is. */
  onProgress?: ((progress: CheckManyProgress) => void) | undefined;
}

/** How far a check of many rows is. */
export interface CheckManyProgress {
  readonly rows: number;
  /** How many bytes were read, or, of text, characters. */
  readonly read: number;
  /** How many there are, where the source says so. */
  readonly total: number | undefined;
}

/** One broken rule of one row. */
export interface RowIssue extends Issue {
  /** The row's number, from 1; a table's header is none. */
  readonly row: number;
  /** For CSV: the column's name, where the issue stands on one. */
  readonly column?: string;
}

/** A key that more than one row has. */
export interface RepeatedRowKey {
  readonly rowKey: string;
  readonly rows: readonly number[];
}

/** A row that passed. */
export interface ValidRow<Request> {
  readonly row: number;
  readonly rowKey: string | undefined;
  /** The `idempotent_key` of the row, if it has one. It is no part of the request. */
  readonly idempotencyKey: string | undefined;
  readonly request: Valid<Request>;
  readonly notices: readonly Notice[];
}

/** What many rows come to. */
export interface CheckedMany<Request> {
  /** Whether the source could be read to its end. Where not, `issues` ends with the reason, at the row where reading stopped. */
  readonly complete: boolean;
  readonly rows: number;
  readonly valid: number;
  readonly invalid: number;
  /** How many issues there are; `issues` has at most `maxIssues` of them, in the order of the rows. */
  readonly issueCount: number;
  readonly issues: readonly RowIssue[];
  /** The rows that broke a rule, each with the first it broke: all of them, however many issues are kept. */
  readonly invalidRows: readonly Pick<RowIssue, 'row' | 'code'>[];
  /** Keys that stand twice; rows without a key have the issue `required` on it. Empty without `rowKey`. */
  readonly repeated: readonly RepeatedRowKey[];
  /** The rows that passed, read again from the source one after the other. A stream can be read only once: it is refused here. */
  requests(): AsyncGenerator<ValidRow<Request>, void, void>;
}
