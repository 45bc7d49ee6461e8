/** Tells whoever watches, who may be an async function: it must not be able to change what happens. */
export function tell(watcher: () => unknown): void {
  try {
    Promise.resolve(watcher()).catch(() => {});
  } catch {
    // What a watcher throws is its own matter.
  }
}
