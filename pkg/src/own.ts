/**
 * The options themselves, without what another script may have put on `Object.prototype`. What they leave open is as it was
 * `before`: options that this has given.
 */
export function own<T extends object>(options: T, before?: { readonly [Name in keyof T]?: T[Name] }): T {
  const all = Object.assign(Object.create(null) as T, before, options);
  for (const name in before) all[name] ??= before[name]!;
  return all;
}

/** An own property, whatever somebody put on `Object.prototype`. */
export function define(object: object, name: string, value: unknown): void {
  Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
}
