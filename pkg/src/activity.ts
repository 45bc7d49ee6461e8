/** Whether anybody looks: a hidden page and one without a network are left alone. Outside of a page, always. */
export function isActive(): boolean {
  // What no page tells would never be heard to have changed: see below.
  if (typeof document === 'undefined') return true;
  return document.visibilityState !== 'hidden' && globalThis.navigator?.onLine !== false;
}

/** Calls `changed` when that may have changed; gives back how to stop. */
export function onActivity(changed: () => void): () => void {
  // As an option of listeners it stands for its signal, with which they end.
  const listening = new AbortController();
  if (typeof document === 'undefined') return () => {};
  document.addEventListener('visibilitychange', changed, listening);
  addEventListener('online', changed, listening);
  addEventListener('offline', changed, listening);
  return () => listening.abort();
}

/** A clock of the time in which somebody looked. */
export class ActiveClock {
  #passed = 0;
  #since: number | undefined = isActive() ? performance.now() : undefined;

  /** Milliseconds passed while active. */
  get ms(): number {
    return this.#passed + (this.#since === undefined ? 0 : performance.now() - this.#since);
  }

  /** To be called when activity may have changed. */
  update(): void {
    this.#passed = this.ms;
    this.#since = isActive() ? performance.now() : undefined;
  }
}
