/**
 * The promise, unless the signal or the time limit comes first: then what `over` gives, or throws. Whatever comes first, no
 * timer and no listener stays behind.
 */
export function limited<T>(
  work: Promise<T>,
  ms: number,
  signal: AbortSignal | undefined,
  over: (aborted: boolean) => T,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const end = (aborted: boolean) => {
      stop();
      try {
        resolve(over(aborted));
      } catch (error) {
        reject(error as Error);
      }
    };
    const onAbort = () => end(true);
    const timer = setTimeout(() => end(false), ms);
    const stop = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    };
    signal?.addEventListener('abort', onAbort);
    work.then(
      (value) => (stop(), resolve(value)),
      (error: Error) => (stop(), reject(error)),
    );
    if (signal?.aborted) onAbort();
  });
}
