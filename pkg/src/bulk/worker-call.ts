import type { CardwrightError } from '../error.js';
import { tell } from '../tell.js';
import type { BatchReport, BatchTerms } from './batch.js';
import type { CheckManyOptions, CheckManyProgress, RowSource } from './contract.js';
import type { Lent } from './later.js';
import { NO_SOURCE } from './no-source.js';

/** What a worker is asked. */
export interface WorkerTask {
  readonly source: RowSource;
  readonly format: CheckManyOptions['format'];
  readonly terms: BatchTerms;
}

/** Why a worker could not read a source to its end: an error of ours, as plain data. */
export type WorkerFailure = Pick<CardwrightError, 'code' | 'outcome' | 'message'>;

/** What crosses to a worker, and from it. The number tells the calls of one worker apart. */
export type ToWorker = { readonly cardwright: number } & (WorkerTask | { readonly abort: true });
export type FromWorker = { readonly cardwright: number } & (
  | { readonly progress: CheckManyProgress }
  | { readonly report: BatchReport }
  | { readonly failed: WorkerFailure }
);

let calls = 0;

/** Has a source read by a worker; one that was made for it ends with it. */
export async function inWorker(
  { CardwrightError }: Lent,
  given: NonNullable<CheckManyOptions['worker']>,
  task: WorkerTask,
  signal: AbortSignal | undefined,
  onProgress: ((progress: CheckManyProgress) => void) | undefined,
): Promise<BatchReport> {
  if (signal?.aborted) throw new CardwrightError('aborted', 'not_sent');
  const isOurs = typeof given === 'string' || given instanceof URL;
  const notLoaded = (cause?: unknown) => new CardwrightError('network_error', 'not_sent', { cause });
  let worker: Worker;
  try {
    worker = isOurs ? new Worker(given, { type: 'module' }) : (given as Worker);
  } catch (cause) {
    // Of another origin, or forbidden by the page's policy; or there are no workers here.
    throw notLoaded(cause);
  }
  const cardwright = (calls += 1);
  const ended = new AbortController();
  try {
    return await new Promise((resolve, reject) => {
      const listen = { signal: ended.signal };
      // Its file answers what fails in it: an error without an answer is of a file that is not there, or of another one.
      worker.addEventListener('error', () => reject(notLoaded()), listen);
      worker.addEventListener('messageerror', () => reject(new CardwrightError('internal_error', 'not_sent')), listen);
      worker.addEventListener(
        'message',
        ({ data }: MessageEvent<FromWorker | undefined>) => {
          if (data?.cardwright !== cardwright) return;
          if ('progress' in data) tell(() => onProgress?.(data.progress));
          else if ('report' in data) resolve(data.report);
          else reject(new CardwrightError(data.failed.code, data.failed.outcome, { message: data.failed.message }));
        },
        listen,
      );
      const aborted = () => {
        worker.postMessage({ cardwright, abort: true } satisfies ToWorker);
        reject(new CardwrightError('aborted', 'not_sent'));
      };
      signal?.addEventListener('abort', aborted, listen);
      try {
        const { source } = task;
        // A stream cannot be copied, and a file need not be. A worker that was ended cannot tell where a stream comes from.
        const isStream = typeof ReadableStream !== 'undefined' && source instanceof ReadableStream;
        const moved = isStream ? [signal ? source.pipeThrough(new TransformStream(), { signal }) : source] : [];
        worker.postMessage({ cardwright, ...task, source: moved[0] ?? source } satisfies ToWorker, moved);
      } catch {
        // What cannot be copied holds no rows.
        reject(new CardwrightError('invalid_request', 'not_sent', { message: NO_SOURCE }));
      }
    });
  } finally {
    ended.abort();
    if (isOurs) worker.terminate();
  }
}
