import { isPlain } from './snapshot.js';

/** An object's own members, each read once; below the top, its plain objects likewise. */
export class Level {
  /** Also tells a level from everything else: `instanceof` would ask a value of the page's for its prototype. */
  readonly #source: object;

  constructor(
    source: object,
    readonly names: readonly string[],
    readonly values: readonly unknown[],
  ) {
    this.#source = source;
  }

  static is(value: unknown): value is Level {
    return typeof value === 'object' && value !== null && #source in value;
  }

  static sourceOf(level: Level): object {
    return level.#source;
  }
}

/** Reads a form's members; nothing if it is none, or cannot be read. */
export function levelOf(values: unknown): Level | undefined {
  try {
    return isPlain(values) ? level(values, true) : undefined;
  } catch {
    return undefined;
  }
}

/** Two lists at once are faster than a look at each name. A proxy may say other names the second time: what is checked is what is taken. */
function level(object: Record<string, unknown>, top: boolean): Level | undefined {
  const names = Object.keys(object);
  const values: unknown[] = Object.values(object);
  // A getter has taken others away.
  if (values.length !== names.length) return undefined;
  for (let at = 0; top && at < values.length; at++) {
    const value = values[at];
    if (typeof value === 'object' && isPlain(value)) values[at] = level(value, false) ?? value;
  }
  return new Level(object, names, values);
}

/** The members as an object again. Without a prototype nothing can be in the way of a name. */
export function objectOf(level: Level, above: readonly (readonly [source: object, copy: object])[] = []): object {
  const object = Object.create(null) as Record<string, unknown>;
  const here = [...above, [Level.sourceOf(level), object] as const];
  level.names.forEach((name, at) => {
    const value = level.values[at];
    // What contains itself still does.
    const copy = here.find(([source]) => source === value)?.[1];
    object[name] = copy ?? (Level.is(value) ? objectOf(value, here) : value);
  });
  return object;
}
