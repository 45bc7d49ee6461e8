import { Level } from './level.js';

/** No operation has more fields than this, children included: see src/judge.rs. */
const PLACES = 16;

/** What the wasm takes: see src/wasm/packed.rs. */
const ROOM = 4096;
const WORDS = 2 * PLACES;
const OBJECT = 1;
const FALSE = 2;
const TRUE = 3;
const TEXT = 4;

/**
 * Writes values into the wasm's memory from `start` on, and gives how many bytes they took: 0 if they do not fit, or are
 * neither texts nor truths nor objects of known names where one belongs.
 */
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
      said = value === true ? TRUE : value === false ? FALSE : Level.is(value) && value.others.length === 0 ? OBJECT : 0;
      if (said === 0) return 0;
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

/**
 * Where the text ends, or -1 if it cannot be written. A copy letter by letter is faster than an encoder below 150 letters; and
 * with nothing in the loop but that, twice as fast in Node as with the other letters in it too.
 */
function write(memory: Uint8Array, from: number, end: number, text: string): number {
  const { length } = text;
  if (from + 3 * length > end) return -1;
  // `text.charCodeAt(at)` is three times slower once it has met four kinds of string.
  const { charCodeAt } = String.prototype;
  let at = 0;
  // Four at once take a quarter off.
  for (; at + 4 <= length; at += 4) {
    const one = charCodeAt.call(text, at);
    const two = charCodeAt.call(text, at + 1);
    const three = charCodeAt.call(text, at + 2);
    const four = charCodeAt.call(text, at + 3);
    if ((one | two | three | four) >= 0x80) break;
    memory[from + at] = one;
    memory[from + at + 1] = two;
    memory[from + at + 2] = three;
    memory[from + at + 3] = four;
  }
  for (; at < length; at++) {
    const code = charCodeAt.call(text, at);
    if (code >= 0x80) return writeRest(memory, from + at, text, at);
    memory[from + at] = code;
  }
  return from + length;
}

function writeRest(memory: Uint8Array, from: number, text: string, first: number): number {
  let to = from;
  for (let at = first; at < text.length; at++) {
    let code = text.charCodeAt(at);
    if (code < 0x80) {
      memory[to++] = code;
      continue;
    }
    if (code >= 0xd800 && code < 0xe000) {
      const low = code < 0xdc00 ? text.charCodeAt(++at) : NaN;
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
