// The file `cardwright/worker`: checks rows away from the page. Nothing but this file listens to messages.

import { readAll } from './check-many.js';
import type { FromWorker, ToWorker } from './worker-call.js';

interface Scope {
  addEventListener(kind: 'message', listener: (event: { readonly data: ToWorker | undefined }) => void): void;
  postMessage(message: FromWorker, moved?: Transferable[]): void;
}

const scope = globalThis as unknown as Scope;
const running = new Map<number, AbortController>();

scope.addEventListener('message', ({ data }) => {
  if (typeof data?.cardwright !== 'number') return;
  if ('abort' in data) running.get(data.cardwright)?.abort();
  else void answer(data);
});

async function answer({ cardwright, source, format, terms }: Exclude<ToWorker, { abort: true }>): Promise<void> {
  const abort = new AbortController();
  running.set(cardwright, abort);
  try {
    const report = await readAll(source, format, (format) => ({ ...terms, format }), abort.signal, (progress) => {
      scope.postMessage({ cardwright, progress });
    });
    scope.postMessage({ cardwright, report }, [report.pairs.buffer]);
  } catch {
    scope.postMessage({ cardwright, failed: true });
  } finally {
    running.delete(cardwright);
  }
}
