import { noValues } from './generated/codes.js';
import type { Read } from './generated/readers.js';
import { isPlain } from './snapshot.js';

const NOTHING: unknown[] = [];

/**
 * An object's own members, each read once: those that an operation knows in their places, the others beside. Below the top,
 * an object that stands where one belongs is a level of its own, in the same places.
 */
export class Level {
  /** Also tells a level from everything else: `instanceof` would ask a value of the page's for its prototype. */
  readonly #source: object;
  /** A name and its value, one behind the other. */
  others: readonly unknown[] = NOTHING;

  constructor(
    source: object,
    readonly values: readonly unknown[],
    /** The names of all members, in their order. */
    readonly names: readonly string[],
  ) {
    this.#source = source;
  }

  beside(name: string, value: unknown): void {
    if (this.others === NOTHING) this.others = [name, value];
    else (this.others as unknown[]).push(name, value);
  }

  static is(value: unknown): value is Level {
    return typeof value === 'object' && value !== null && #source in value;
  }

  static sourceOf(level: Level): object {
    return level.#source;
  }
}

/** Reads a form's members; nothing if it is none, or cannot be read. */
export function levelOf(values: unknown, read: Read): Level | undefined {
  try {
    return isPlain(values) ? read(values, noValues()) : undefined;
  } catch {
    return undefined;
  }
}

/** What stands where an object belongs. */
export function inside(
  value: unknown,
  values: unknown[],
  at: number,
  read: (object: Readonly<Record<string, unknown>>, values: unknown[], at: number) => Level,
): unknown {
  return typeof value === 'object' && isPlain(value) ? read(value, values, at) : value;
}

/** The members as an object again, in their order, by the paths of all places. Without a prototype nothing can be in the way of a name. */
export function objectOf(level: Level, paths: readonly string[]): object {
  return restored(level, paths, '', []);
}

function restored(
  level: Level,
  paths: readonly string[],
  parents: string,
  above: readonly (readonly [source: object, copy: object])[],
): object {
  const object = Object.create(null) as Record<string, unknown>;
  const here = [...above, [Level.sourceOf(level), object] as const];
  let beside = 1;
  for (const name of level.names) {
    // What stands below another place is no place here, whatever it is called.
    const place = name.includes('.') ? -1 : paths.indexOf(parents + name);
    let value = level.values[place];
    if (place < 0) {
      value = level.others[beside];
      beside += 2;
    }
    if (Level.is(value)) object[name] = restored(value, paths, `${parents}${name}.`, here);
    // What contains itself still does.
    else object[name] = here.find(([source]) => source === value)?.[1] ?? value;
  }
  return object;
}
