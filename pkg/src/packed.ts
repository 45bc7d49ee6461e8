import { Level } from './level.js';
import { isPlain } from './snapshot.js';

/** What the wasm takes: see src/wasm/packed.rs. */
const ROOM = 4096;
const WORDS = 32;
const OBJECT = 1;
const FALSE = 2;
const TRUE = 3;
const TEXT = 4;

/** `s.charCodeAt(i)` is generic once it has met four kinds of string, and three times slower then; this one stays fast. */
const { charCodeAt } = String.prototype;

/** The place of each field by its name; an object's fields by theirs. */
export interface Places {
  readonly of: ReadonlyMap<string, number>;
  readonly inside: ReadonlyMap<string, Places>;
}

/** The places of a descriptor's dotted paths. */
export function placesOf(paths: readonly string[]): Places {
  const of = new Map<string, number>();
  const inside = new Map<string, { of: Map<string, number>; inside: Map<string, Places> }>();
  paths.forEach((path, place) => {
    const [parent, child] = path.split('.') as [string, string | undefined];
    if (child === undefined) {
      of.set(parent, place);
    } else {
      const below = inside.get(parent) ?? { of: new Map(), inside: new Map() };
      below.of.set(child, place);
      inside.set(parent, below);
    }
  });
  return { of, inside };
}

/**
 * Reads an object's members into their places, each once: text, a truth, null, or an object whose own members stand in theirs.
 * If it holds anything else, gives all of it as a level.
 */
export function take(object: Record<string, unknown>, places: Places, into: unknown[]): Level | undefined {
  const names = Object.keys(object);
  for (let at = 0; at < names.length; at++) {
    const name = names[at] as string;
    const value = object[name];
    const place = places.of.get(name);
    if (typeof value === 'string' || value === undefined || value === null || typeof value === 'boolean') {
      if (place !== undefined) into[place] = value;
      else if (value !== undefined) return rest(object, names, at, value, places, into);
      continue;
    }
    const inside = isPlain(value) ? places.inside.get(name) : undefined;
    if (inside === undefined) return rest(object, names, at, value, places, into);
    const left = take(value as Record<string, unknown>, inside, into);
    if (left !== undefined) return rest(object, names, at, left, places, into);
    into[place as number] = value;
  }
  return undefined;
}

/** What was taken as a level again. */
export function retaken(object: Record<string, unknown>, places: Places, taken: readonly unknown[]): Level {
  const names = Object.keys(object);
  return rest(object, names, names.length, undefined, places, taken);
}

/** Of what was read up to a member, of that member, and of those that were not read yet. */
function rest(
  object: Record<string, unknown>,
  names: readonly string[],
  read: number,
  current: unknown,
  places: Places,
  taken: readonly unknown[],
): Level {
  const values = names.map((name, at) => {
    if (at === read) return current;
    if (at > read) return object[name];
    const place = places.of.get(name);
    const value = place === undefined ? undefined : taken[place];
    const inside = places.inside.get(name);
    return inside !== undefined && isPlain(value) ? retaken(value, inside, taken) : value;
  });
  return new Level(object, names, values);
}

/** Writes values into the wasm's memory from `start` on, and gives how many bytes they took: 0 if they do not fit. */
export function pack(memory: Uint8Array, start: number, values: readonly unknown[]): number {
  let next = start + WORDS;
  const end = start + ROOM;
  for (let place = 0, word = start; word < start + WORDS; place++, word += 2) {
    const value = values[place];
    let said = 0;
    if (typeof value === 'string') {
      const from = next;
      next = write(memory, from, end, value);
      if (next < 0) return 0;
      said = TEXT + next - from;
    } else if (value !== undefined && value !== null) {
      said = value === true ? TRUE : value === false ? FALSE : OBJECT;
    }
    memory[word] = said & 0xff;
    memory[word + 1] = said >> 8;
  }
  return next - start;
}

/** Writes one text alone, and gives how many bytes it took: -1 if it does not fit. */
export function packText(memory: Uint8Array, start: number, text: string): number {
  const end = write(memory, start, start + ROOM, text);
  return end < 0 ? end : end - start;
}

/** Where the text ends, or -1 if it cannot be written. A copy letter by letter is faster than an encoder below 150 letters. */
function write(memory: Uint8Array, from: number, end: number, text: string): number {
  const { length } = text;
  if (from + 3 * length > end) return -1;
  let to = from;
  for (let at = 0; at < length; at++) {
    let code = charCodeAt.call(text, at);
    if (code < 0x80) {
      memory[to++] = code;
      continue;
    }
    if (code >= 0xd800 && code < 0xe000) {
      const low = code < 0xdc00 ? charCodeAt.call(text, ++at) : NaN;
      // Half of a pair is an issue of its own, which the long way tells.
      if (!(low >= 0xdc00 && low < 0xe000)) return -1;
      code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
      memory[to++] = 0xf0 | (code >> 18);
      memory[to++] = 0x80 | ((code >> 12) & 0x3f);
      memory[to++] = 0x80 | ((code >> 6) & 0x3f);
    } else if (code >= 0x800) {
      memory[to++] = 0xe0 | (code >> 12);
      memory[to++] = 0x80 | ((code >> 6) & 0x3f);
    } else {
      memory[to++] = 0xc0 | (code >> 6);
    }
    memory[to++] = 0x80 | (code & 0x3f);
  }
  return to;
}
