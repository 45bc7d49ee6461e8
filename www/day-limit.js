/** How many may still be made today, over all that is issued here. A row that may have been made counts; found again, it counts once. */
export class DayLimit {
  #day = '';
  #keys = new Set();

  /** What is left of a day's limit. */
  left(limit) {
    return Math.max(0, limit - this.#today().size);
  }

  /** Takes in what a run has made. */
  note({ rows }) {
    const keys = this.#today();
    for (const { state, replayed, idempotencyKey } of rows) {
      if (state === 'unknown' || (state === 'done' && !replayed)) keys.add(idempotencyKey);
      else if (state !== 'done') keys.delete(idempotencyKey);
    }
  }

  #today() {
    const day = new Date().toDateString();
    if (day !== this.#day) this.#keys.clear();
    this.#day = day;
    return this.#keys;
  }
}
