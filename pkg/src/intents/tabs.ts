import { CardwrightError } from '../error.js';
import { TOTAL_MS, type Outcome } from '../generated/codes.js';
import { limited } from '../limited.js';

/**
 * Does the work while no other tab holds the name: Web Locks, where there are any. Waits no longer than a call may last; the
 * error then, or when it is aborted, has the given outcome.
 */
export async function alone<T>(name: string, signal: AbortSignal, outcome: Outcome, work: () => Promise<T>): Promise<T> {
  const locks = typeof navigator === 'undefined' ? undefined : navigator.locks;
  if (locks === undefined) return work();
  const waiting = new AbortController();
  const entered = new Promise<{ result: Promise<T> }>((enter) => {
    let isIn = false;
    const run = () => {
      isIn = true;
      const result = work();
      enter({ result });
      return result;
    };
    locks.request(name, { signal: waiting.signal }, run).catch(() => {
      // Refused where pages may not have locks; a failure of the work itself is in its result.
      if (!isIn && !waiting.signal.aborted) run().catch(() => {});
    });
  });
  const { result } = await limited(entered, TOTAL_MS, signal, (aborted) => {
    waiting.abort();
    throw new CardwrightError(aborted ? 'aborted' : 'in_progress', outcome);
  });
  return result;
}
