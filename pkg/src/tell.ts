/** Tells whoever watches: it must not be able to change what happens. */
export function tell(watcher: () => void): void {
  try {
    watcher();
  } catch {
    // What a watcher throws is its own matter.
  }
}
