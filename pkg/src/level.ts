import { isPlain } from './snapshot.js';

/** An object's own members, each read once; below the top, its plain objects likewise. */
export class Level {
  constructor(
    readonly names: readonly string[],
    readonly values: readonly unknown[],
  ) {}
}

/** Reads a form's members; nothing if it is none, or cannot be read. */
export function levelOf(values: unknown): Level | undefined {
  try {
    return isPlain(values) ? level(values, true) : undefined;
  } catch {
    return undefined;
  }
}

function level(object: Record<string, unknown>, top: boolean): Level {
  const names = Object.keys(object);
  const values = names.map((name) => {
    const value = object[name];
    return top && typeof value === 'object' && isPlain(value) ? level(value, false) : value;
  });
  return new Level(names, values);
}

/** The members as an object again. Without a prototype nothing can be in the way of a name. */
export function objectOf({ names, values }: Level): object {
  const object = Object.create(null) as Record<string, unknown>;
  names.forEach((name, at) => {
    const value = values[at];
    object[name] = value instanceof Level ? objectOf(value) : value;
  });
  return object;
}
