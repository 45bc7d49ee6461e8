/** The options themselves, without what another script may have put on `Object.prototype`. */
export function own<T extends object>(options: T): T {
  return Object.assign(Object.create(null) as T, options);
}
