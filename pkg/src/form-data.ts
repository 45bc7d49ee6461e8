import type { Descriptor } from './contract.js';
import { define } from './own.js';

/** What a form submits: pairs of a name and a value. */
export type FormEntries = FormData | URLSearchParams | Iterable<readonly [name: string, value: unknown]>;

/**
 * Names that a framework puts into a form by itself. React and Next: `$ACTION_...` (vercel/next.js#84459). Conform:
 * `__intent__`, `__state__`. Rails: `authenticity_token`, `utf8`, `_method`; Django: `csrfmiddlewaretoken`; Spring and csurf:
 * `_csrf`; Phoenix: `_csrf_token`; ASP.NET: `__RequestVerificationToken`. HTML itself: `_charset_`. Laravel's `_token` is the
 * name of a credential and stays: leave it out of the form that is checked.
 */
const FRAMEWORK =
  /^(?:\$ACTION_.*|__intent__|__INTENT__|__state__|authenticity_token|utf8|_method|csrfmiddlewaretoken|_csrf|_csrf_token|__RequestVerificationToken|_charset_)$/s;

/** What a checkbox or a pair of radio buttons says; `on` is a checkbox without a value of its own. */
const WORDS: ReadonlyMap<unknown, boolean> = new Map([
  ['on', true], ['true', true], ['1', true], ['off', false], ['false', false], ['0', false],
]);

/** No input is nested deeper; a longer name stays as it is written from there. */
const DEEPEST = 32;

/** The values of a form's entries. What cannot be used is kept, so that the check says so; nothing throws. */
export function valuesOf(descriptor: Descriptor, entries: FormEntries): object {
  const given = new Map<string, unknown[]>();
  try {
    for (const entry of entries as Iterable<unknown>) {
      // A text has letters, not pairs.
      if (!Array.isArray(entry)) return [];
      const [name, value] = entry as unknown[];
      if (typeof name !== 'string') return [];
      if (FRAMEWORK.test(name)) continue;
      const same = given.get(name);
      if (same === undefined) given.set(name, [value]);
      else same.push(value);
    }
  } catch {
    // Not entries. A list is no form either, so the check refuses it as a whole.
    return [];
  }
  const values = {};
  const made = new Set<unknown>([values]);
  for (const [name, all] of given) {
    const field = Object.hasOwn(descriptor.fields, name) ? descriptor.fields[name] : undefined;
    const isBoolean = field !== undefined && Object.hasOwn(field, 'boolean');
    const value = (isBoolean ? truthOf(all) : undefined) ?? (all.length === 1 ? all[0] : all);
    place(values, name, value, made);
  }
  return values;
}

/** One of several says yes: a hidden "false" stands beside a checkbox so that "no" is sent too. A blank says nothing. */
function truthOf(all: readonly unknown[]): boolean | '' | undefined {
  const said = all.filter((word) => word !== '');
  if (said.length === 0) return '';
  const truths = said.map((word) => WORDS.get(word));
  return truths.includes(undefined) ? undefined : truths.includes(true);
}

/** Puts a value where its dotted name says. Where another value is in the way both stay, for the check to refuse. */
function place(values: object, name: string, value: unknown, made: Set<unknown>): void {
  const names = name.split('.');
  const first = names.splice(0, Math.min(names.length - 1, DEEPEST));
  const last = names.join('.');
  let object = values as Record<string, unknown>;
  for (const step of first) {
    if (!Object.hasOwn(object, step)) {
      const below = {};
      made.add(below);
      define(object, step, below);
    }
    const below = object[step];
    if (!made.has(below)) return add(values, name, value);
    object = below as Record<string, unknown>;
  }
  add(object, last, value);
}

function add(object: object, name: string, value: unknown): void {
  define(object, name, Object.hasOwn(object, name) ? [(object as Record<string, unknown>)[name], value] : value);
}
