import { CardwrightError } from './error.js';
import type { Outcome } from './generated/codes.js';

/** What stands against waiting for somebody: he has left before he came, or it is no signal. Later, the work would have begun. */
export function leftBefore(signal: AbortSignal | null | undefined, outcome: Outcome): CardwrightError | undefined {
  if (signal && !signal.addEventListener) return new CardwrightError('invalid_request', outcome, { message: 'expected an AbortSignal' });
  return signal?.aborted ? new CardwrightError('aborted', outcome) : undefined;
}

/** Work that several callers wait for. It is aborted when the last of them has left. */
export class Flight<T> {
  /** The one promise; without a signal of their own, all callers are given this very one. */
  readonly promise: Promise<T>;
  readonly #controller = new AbortController();
  #waiting = 0;

  constructor(work: (signal: AbortSignal) => Promise<T>) {
    this.promise = Promise.resolve(this.#controller.signal).then(work);
  }

  /** Whether all have left, so that it ends as aborted: who comes now is to have work of their own. */
  get isLeft(): boolean {
    return this.#controller.signal.aborted;
  }

  /** Waits, until the signal says otherwise. Who leaves others behind is told `left`; the last one, how the work ended. */
  join(signal: AbortSignal | null | undefined, left: () => Error): Promise<T> {
    this.#waiting += 1;
    if (!signal) return this.promise;
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.#waiting -= 1;
        if (this.#waiting > 0) reject(left());
        else this.#controller.abort();
      };
      signal.addEventListener('abort', leave, { once: true });
      const stop = () => signal.removeEventListener('abort', leave);
      this.promise.then(
        (value) => (stop(), resolve(value)),
        (error: Error) => (stop(), reject(error)),
      );
    });
  }
}
