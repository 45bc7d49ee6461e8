import { codecs, inNode } from '../codecs.js';
import { Engine } from '../engine.js';
import { CardwrightError } from '../error.js';
import { VERSION } from '../generated/codes.js';
import type { RowsGlue, ShapeRow, TakenRow } from '../glue.js';
import { relaxed, type Settings } from '../settings.js';
import type { RowFormat } from './contract.js';

/** What is said about rows before the first one comes; plain data, so that a worker can be told. */
export interface BatchTerms {
  /** Of the package the page has: places of operations and codes are those of one version. */
  readonly version: string;
  readonly operation: number;
  readonly delimiter: string;
  readonly rowKey: string | undefined;
  readonly columns: Readonly<Record<string, string | null>>;
  readonly maxIssues: number;
  readonly ids: Settings['ids'];
  readonly unknownFields: Settings['unknownFields'];
}

/** What many rows come to, as it crosses: from the wasm, and from a worker. */
export interface BatchReport {
  readonly rows: number;
  readonly valid: number;
  readonly issueCount: number;
  readonly complete: boolean;
  readonly shapes: readonly ShapeRow[];
  readonly repeated: readonly (readonly [rowKey: string, rows: readonly number[]])[];
  /** The row and the shape of each issue that is kept, in turn; behind them, of each row that has none there, the row and the code of its first. */
  readonly pairs: Uint32Array;
}

/** Set in what the wasm says when no more is wanted. */
const OVER = 0x80000000;
/** An instance that has grown more than this is given back. */
const KEPT_BYTES = 4 << 20;

const LONE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

let idle: Engine<RowsGlue> | undefined;

/** Rows under way, in an instance of the rules of their own. */
export class Batch {
  readonly #engine: Engine<RowsGlue>;
  readonly #encoder = new (codecs().TextEncoder)();
  #rows = 0;
  #over = false;

  constructor(terms: BatchTerms, format: RowFormat, collects: boolean) {
    // The file of an older version, left where a page serves its worker from.
    if (terms.version !== VERSION) throw new CardwrightError('contract_mismatch', 'not_sent');
    this.#engine = idle ?? new Engine<RowsGlue>();
    idle = undefined;
    const { operation, delimiter, rowKey, columns, maxIssues } = terms;
    const written = format === 'csv' ? format + delimiter : format;
    const begun = this.#engine.pure((glue) => glue.bulkBegin(operation, written, relaxed(terms), rowKey, JSON.stringify(columns), maxIssues, collects));
    if (!begun) throw new CardwrightError('internal_error', 'not_sent');
  }

  /** How many rows there were so far. */
  get rows(): number {
    return this.#rows;
  }

  /** Whether no more is wanted. */
  get over(): boolean {
    return this.#over;
  }

  bytes(bytes: Uint8Array): void {
    this.#engine.pure((glue) => {
      const at = glue.bulkRoom(bytes.length);
      glue.memory().set(bytes, at);
      this.#said(glue.bulkRead(bytes.length, false));
    });
  }

  text(text: string): void {
    this.#engine.pure((glue) => {
      const { length } = text;
      if (buffers !== undefined) {
        const start = glue.bulkRoom(5 * length);
        buffers.from(glue.memory().buffer).write(text, start + 3 * length, 'utf16le');
        this.#said(glue.bulkReadUtf16(length));
      } else {
        const start = glue.bulkRoom(3 * length);
        const { written } = this.#encoder.encodeInto(whole(text), glue.memory().subarray(start, start + 3 * length));
        this.#said(glue.bulkRead(written, false));
      }
    });
  }

  /** The rows that passed since this was last asked, of a batch that collects them. */
  take(): TakenRow[] {
    return this.#engine.pure((glue) => glue.bulkTake());
  }

  /** Reads what is left. */
  last(): void {
    this.#engine.pure((glue) => this.#said(glue.bulkRead(0, true)));
  }

  end(): BatchReport {
    const report = this.#engine.pure((glue) => {
      const [rows, valid, issueCount, complete, shapes, repeated, at, count] = glue.bulkEnd();
      const memory = glue.memory();
      if (memory.length <= KEPT_BYTES) idle = this.#engine;
      return { rows, valid, issueCount, complete, shapes, repeated, pairs: new Uint32Array(memory.slice(at, at + 8 * count).buffer) };
    });
    return report;
  }

  #said(said: number): void {
    this.#over = said >>> 0 >= OVER;
    this.#rows = said & (OVER - 1);
  }
}

/** Node gives text as UTF-16 in a tenth of the time it takes to encode it. What stands in for its buffers elsewhere does not. */
const buffers = /* @__PURE__ */ buffersOfNode();

interface Buffers {
  from(memory: ArrayBufferLike): { write(text: string, at: number, as: 'utf16le'): unknown };
}

function buffersOfNode(): Buffers | undefined {
  return inNode() ? (globalThis as { Buffer?: Buffers }).Buffer : undefined;
}

/** Half of a surrogate pair is written as a control character, which no format takes. */
function whole(text: string): string {
  // Newer engines tell by themselves, in a tenth of the time where letters take two bytes.
  return (text as { isWellFormed?(): boolean }).isWellFormed?.() ? text : text.replace(LONE, '\0');
}

/** Where a piece may end: never between two halves of a character. */
export function endOf(text: string, end: number): number {
  if (end >= text.length) return text.length;
  const code = text.charCodeAt(end - 1);
  return code >= 0xd800 && code <= 0xdbff ? end - 1 : end;
}
