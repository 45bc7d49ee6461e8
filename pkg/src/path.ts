/**
 * A path of names as one text, as descriptors write it. A name that itself has a dot, as `FormData` may hold one, stands on no
 * field, whatever it looks like: its place is left blank.
 */
export function dotted(names: readonly string[]): string {
  return names.map((name) => (name.includes('.') ? '' : name)).join('.');
}
