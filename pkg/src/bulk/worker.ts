// The file `cardwright/worker`: the module of rows. A page loads it when it checks many rows; in a worker it does that when asked.

import { CardwrightError, isCardwrightError } from '../error.js';
import { readAll } from './reading.js';
import type { FromWorker, ToWorker, WorkerFailure } from './worker-call.js';

export { readAll, takeAll } from './reading.js';

interface Scope {
  addEventListener(kind: 'message', listener: (event: { readonly data: ToWorker | undefined }) => void): void;
  postMessage(message: FromWorker, moved?: Transferable[]): void;
  readonly WorkerGlobalScope?: new () => object;
}

const scope = globalThis as unknown as Scope;
const running = new Map<number, AbortController>();

// In a page anybody may post messages; a worker hears nobody but who made it.
if (scope.WorkerGlobalScope !== undefined && scope instanceof scope.WorkerGlobalScope) {
  scope.addEventListener('message', ({ data }) => {
    if (typeof data?.cardwright !== 'number') return;
    if ('abort' in data) running.get(data.cardwright)?.abort();
    else void answer(data);
  });
}

async function answer({ cardwright, source, format, terms }: Exclude<ToWorker, { abort: true }>): Promise<void> {
  const abort = new AbortController();
  running.set(cardwright, abort);
  try {
    const report = await readAll(source, format, terms, abort.signal, (progress) => {
      scope.postMessage({ cardwright, progress });
    });
    scope.postMessage({ cardwright, report }, [report.pairs.buffer]);
  } catch (error) {
    scope.postMessage({ cardwright, failed: failureOf(error) });
  } finally {
    running.delete(cardwright);
  }
}

/** What is no error of ours is a fault of ours, or a source that could not be read. */
function failureOf(error: unknown): WorkerFailure {
  const { code, outcome, message } = isCardwrightError(error) ? error : new CardwrightError('internal_error', 'not_sent');
  return { code, outcome, message };
}
