/** A server that asks for more patience than this is not waited for. */
const LONGEST_MS = 10 * 60 * 1_000;
/** So often in a row a run is put off before it is given up. */
const MOST = 10;
const BASE_MS = 1_000;
const CAP_MS = 30_000;

/** When a run may begin another row or attempt: one word for all of its workers. */
export class Pace {
  readonly #changed: () => void;
  #paused = false;
  #until = 0;
  /** How often it was put off since the last answer. */
  #times = 0;
  #waiting: (() => void)[] = [];

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  get isPaused(): boolean {
    return this.#paused;
  }

  /** How long everybody still has to wait. */
  get heldMs(): number {
    return Math.max(0, this.#until - performance.now());
  }

  pause(paused: boolean): void {
    this.#paused = paused;
    this.wake();
    this.#changed();
  }

  /** Has everybody wait, as a server asked or longer each time. Gives whether that is worth it. */
  putOff(askedMs = 0): boolean {
    // Who was under way at the same time is told the same, and that counts once.
    if (this.heldMs === 0) this.#times += 1;
    const ms = Math.max(askedMs, Math.min(CAP_MS, BASE_MS * 2 ** (this.#times - 1)) * (0.5 + Math.random() / 2));
    this.#until = Math.max(this.#until, performance.now() + ms);
    this.#changed();
    return askedMs <= LONGEST_MS && this.#times < MOST;
  }

  /** An answer came: the next time begins small again. */
  answered(): void {
    this.#times = 0;
  }

  /** Waits until neither a person nor a server holds the run, or it is `over`. */
  async free(over: () => boolean): Promise<void> {
    while (!over()) {
      const { heldMs } = this;
      if (heldMs === 0 && !this.#paused) return;
      await this.change(this.#paused ? undefined : heldMs);
      if (heldMs > 0 && this.heldMs === 0) this.#changed();
    }
  }

  /** Waits for so long, unless it is `over` before. */
  async rest(ms: number, over: () => boolean): Promise<void> {
    const until = performance.now() + ms;
    for (let left = ms; left > 0 && !over(); left = until - performance.now()) await this.change(left);
  }

  /** Waits until something has changed, or for so long. */
  change(ms?: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = ms === undefined ? undefined : setTimeout(resolve, ms);
      this.#waiting.push(() => (clearTimeout(timer), resolve()));
    });
  }

  /** Has all who wait look again. */
  wake(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }
}
