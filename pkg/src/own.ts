/** The options themselves, without what another script may have put on `Object.prototype`. */
export function own<T extends object>(options: T): T {
  return Object.assign(Object.create(null) as T, options);
}

/** An own property, whatever somebody put on `Object.prototype`. */
export function define(object: object, name: string, value: unknown): void {
  Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
}
