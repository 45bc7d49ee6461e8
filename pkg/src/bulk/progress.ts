import type { BulkRow } from './report.js';

/** What a run does: reads and checks, issues, was paused, waits because the server asked to, or is over. */
export type BulkState = 'checking' | 'issuing' | 'paused' | 'waiting' | 'ended';

/** What has become of rows. */
export interface BulkCounts {
  /** Done, in this run or before. */
  readonly done: number;
  /** Of those: done before, so that this run only found them. */
  readonly replayed: number;
  /** Rejected by the issuer, or not sent. */
  readonly failed: number;
  /** May have been done: issue the same batch again, or resolve them. */
  readonly unknown: number;
  /** Not begun, or under way. */
  readonly left: number;
  /** Orders made, where the operation makes orders. */
  readonly orders: number;
  /** Cards made, as far as it is known. */
  readonly cards: number;
}

/** How far a run is. */
export interface BulkProgress extends BulkCounts {
  readonly state: BulkState;
  /** The rows to be issued; 0 until all are checked. */
  readonly rows: number;
  /** How many rows ended in a second, lately. */
  readonly perSecond: number;
  /** How long the rest takes at this rate; absent while there is none. */
  readonly leftMs?: number;
  /** How long the server asked everybody to wait, from now. */
  readonly heldMs: number;
}

/** So many rows the rate looks back. */
const LATELY = 64;

/** Counts what ends. */
export class Tally {
  readonly counts = noCounts();
  /** The rows to be issued. */
  total = 0;
  #ends: number[] = [];

  add(row: BulkRow): void {
    count(this.counts, row);
    this.#ends.push(performance.now());
    if (this.#ends.length > LATELY) this.#ends.shift();
  }

  /** Rows not begun, or under way. */
  get left(): number {
    const { done, failed, unknown } = this.counts;
    return this.total - done - failed - unknown;
  }

  /** A pause is no rate. */
  rest(): void {
    this.#ends = [];
  }

  progress(state: BulkState, heldMs: number): BulkProgress {
    const { left } = this;
    const tookMs = (this.#ends.at(-1) ?? 0) - (this.#ends[0] ?? 0);
    const perSecond = tookMs > 0 ? ((this.#ends.length - 1) * 1_000) / tookMs : 0;
    return { state, rows: this.total, ...this.counts, left, perSecond, heldMs, ...(perSecond > 0 && { leftMs: (left * 1_000) / perSecond }) };
  }
}

type Counts = { -readonly [Name in keyof Omit<BulkCounts, 'left'>]: number };

export function noCounts(): Counts {
  return { done: 0, replayed: 0, failed: 0, unknown: 0, orders: 0, cards: 0 };
}

/** Counts one row that was begun. */
export function count(counts: Counts, row: BulkRow): void {
  if (row.state === 'left_out') return;
  counts[row.state === 'done' || row.state === 'unknown' ? row.state : 'failed'] += 1;
  counts.replayed += Number(row.replayed);
  counts.orders += Number(row.orderId !== undefined);
  counts.cards += Number(row.cardId !== undefined);
}
