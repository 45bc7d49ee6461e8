import { CardwrightError } from '../error.js';

/** How long the page is kept from doing anything else. */
const SLICE_MS = 10;

/** Ends work that is no longer wanted. */
export function heed(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new CardwrightError('aborted', 'not_sent');
}

/** Work in slices: between two of them the page may paint, and the person may type. */
export class Slices {
  readonly #signal: AbortSignal | undefined;
  #begun = performance.now();

  constructor(signal: AbortSignal | undefined) {
    this.#signal = signal;
    heed(signal);
  }

  /** Goes on at once, or lets others go first where the slice is over. */
  next(): Promise<void> | undefined {
    heed(this.#signal);
    return performance.now() - this.#begun < SLICE_MS ? undefined : this.#pause();
  }

  async #pause(): Promise<void> {
    await others();
    this.#begun = performance.now();
    heed(this.#signal);
  }
}

/** A timer would wait for 4 ms each time once it is nested. */
function others(): Promise<void> {
  if (typeof MessageChannel === 'undefined') return new Promise((resolve) => setTimeout(resolve));
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}
