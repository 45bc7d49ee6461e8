import { isCardwrightError, CardwrightError } from './error.js';
import type { Outcome } from './generated/codes.js';

interface Flight<T> {
  readonly key: string | undefined;
  readonly promise: Promise<T>;
  readonly controller: AbortController;
  /** Callers who still want the answer. */
  waiting: number;
}

interface Joining {
  readonly signal: AbortSignal | undefined;
  /** Start anew even though an identical call is known. */
  readonly fresh: boolean;
  /** The outcome for a caller who stops waiting once it was sent. */
  readonly lost: Outcome;
}

/**
 * Calls under way. An identical call joins the one in flight; one that follows an `unknown` is sent with the same key, so
 * that the proxy answers what became of it. Nothing is sent twice by being asked for twice.
 */
export class Flights<T> {
  readonly #flying = new Map<string, Flight<T>>();
  readonly #unknown = new Map<string, string>();

  join(
    identity: string,
    start: (signal: AbortSignal, lastKey: string | undefined) => { key: string | undefined; answer: Promise<T> },
    { signal, fresh, lost }: Joining,
  ): Promise<T> {
    if (signal?.aborted) return Promise.reject(new CardwrightError('aborted', 'not_sent'));
    const known = fresh ? undefined : this.#flying.get(identity);
    const flight = known ?? this.#start(identity, start, fresh);
    flight.waiting += 1;
    return signal === undefined ? flight.promise : this.#until(signal, flight, lost);
  }

  #start(
    identity: string,
    start: (signal: AbortSignal, lastKey: string | undefined) => { key: string | undefined; answer: Promise<T> },
    fresh: boolean,
  ): Flight<T> {
    const controller = new AbortController();
    const { key, answer } = start(controller.signal, fresh ? undefined : this.#unknown.get(identity));
    const promise = answer.finally(() => {
      if (this.#flying.get(identity) === flight) this.#flying.delete(identity);
    });
    const flight: Flight<T> = { key, promise, controller, waiting: 0 };
    this.#flying.set(identity, flight);
    this.#unknown.delete(identity);
    promise.catch((error: unknown) => {
      if (key !== undefined && isCardwrightError(error) && error.outcome === 'unknown') this.#unknown.set(identity, key);
    });
    return flight;
  }

  /** The flight's answer, unless this caller stops waiting; the flight itself is given up when nobody waits any more. */
  #until(signal: AbortSignal, flight: Flight<T>, lost: Outcome): Promise<T> {
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        flight.waiting -= 1;
        if (flight.waiting === 0) flight.controller.abort();
        else reject(new CardwrightError('aborted', lost, { idempotencyKey: flight.key }));
      };
      signal.addEventListener('abort', onAbort, { once: true });
      const stop = () => signal.removeEventListener('abort', onAbort);
      flight.promise.then(
        (value) => (stop(), resolve(value)),
        (error: Error) => (stop(), reject(error)),
      );
    });
  }
}
