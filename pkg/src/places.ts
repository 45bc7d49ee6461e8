import { Level } from './level.js';

/** No operation has more fields than this, children included: see src/judge.rs. */
export const PLACES = 16;

/** The fields that stand beside each other, in the order of the descriptor. */
export interface Places {
  readonly names: readonly string[];
  /** The place of each, among all fields. */
  readonly at: readonly number[];
  /** The fields of each that is an object. */
  readonly inside: readonly (Places | undefined)[];
  /** Which of them has this name. */
  readonly nth: ReadonlyMap<string, number>;
}

/** The places of a descriptor's dotted paths. */
export function placesOf(paths: readonly string[], parents = ''): Places {
  const beside = paths.filter((path) => path.startsWith(parents) && !path.slice(parents.length).includes('.'));
  const names = beside.map((path) => path.slice(parents.length));
  return {
    names,
    at: beside.map((path) => paths.indexOf(path)),
    inside: beside.map((path) => (paths.some((below) => below.startsWith(`${path}.`)) ? placesOf(paths, `${path}.`) : undefined)),
    nth: new Map(names.map((name, nth) => [name, nth])),
  };
}

/** A list of its own for each check, so that a getter of the page's may check something else meanwhile. */
export function noValues(): unknown[] {
  const none = undefined;
  return [none, none, none, none, none, none, none, none, none, none, none, none, none, none, none, none];
}

/**
 * Puts what was read into its places: text, a truth, null, or a level where an object belongs; where a name is unknown, its
 * number goes to `strangers`. False where there is anything else.
 */
export function put({ names, values }: Level, places: Places, into: unknown[], strangers: number[] | undefined): boolean {
  // Members mostly stand in the order of the descriptor, and then no name has to be looked up.
  let next = 0;
  for (let member = 0; member < names.length; member++) {
    const name = names[member] as string;
    const value = values[member];
    const nth = places.names[next] === name ? next : places.nth.get(name);
    if (nth === undefined) {
      if (strangers === undefined) return false;
      strangers.push(member);
      continue;
    }
    next = nth + 1;
    const inside = places.inside[nth];
    const fits = inside !== undefined && Level.is(value) ? put(value, inside, into, undefined) : isSimple(value);
    if (!fits) return false;
    into[places.at[nth] as number] = value;
  }
  return true;
}

function isSimple(value: unknown): boolean {
  return typeof value === 'string' || value === undefined || value === null || typeof value === 'boolean';
}

/** Puts a request's values into their places, and gives a bit for each that is in it. */
export function spread(request: object, places: Places, into: unknown[]): number {
  let given = 0;
  places.names.forEach((name, nth) => {
    if (!Object.hasOwn(request, name)) return;
    const [place, inside] = [places.at[nth] as number, places.inside[nth]];
    const value = (into[place] = (request as Record<string, unknown>)[name]);
    given |= (1 << place) | (inside === undefined ? 0 : spread(value as object, inside, into));
  });
  return given;
}
