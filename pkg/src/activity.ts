/** Whether anybody looks: a hidden page and one without a network are left alone. Outside of a page, always. */
export function isActive(): boolean {
  const hidden = typeof document !== 'undefined' && document.visibilityState === 'hidden';
  const offline = typeof navigator !== 'undefined' && navigator.onLine === false;
  return !hidden && !offline;
}

/** Calls `changed` when that may have changed; gives back how to stop. */
export function onActivity(changed: () => void): () => void {
  if (typeof document === 'undefined') return () => {};
  document.addEventListener('visibilitychange', changed);
  addEventListener('online', changed);
  addEventListener('offline', changed);
  return () => {
    document.removeEventListener('visibilitychange', changed);
    removeEventListener('online', changed);
    removeEventListener('offline', changed);
  };
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
