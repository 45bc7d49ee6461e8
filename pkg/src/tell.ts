/** Tells whoever watches, at once, who may be an async function: it must not be able to change what happens. */
export function tell(watcher: () => unknown): void {
  // What a watcher throws is its own matter.
  (async () => watcher())().catch(() => {});
}
