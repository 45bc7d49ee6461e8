import { inNode } from './codecs.js';
import { PLACES } from './generated/codes.js';
import { Level } from './level.js';

/** What the wasm takes: see src/wasm/packed.rs. */
const ROOM = 4096;
/** A word for each place, and then the texts, one behind the other. */
const TEXTS = 4 * PLACES;
const OBJECT = 1;
const FALSE = 2;
const TRUE = 3;
const TEXT = 4;

/** The piece of the wasm's memory that values are written into. */
export class Room {
  readonly words: Int32Array;
  readonly #bytes: Uint8Array;
  readonly #texts: Uint8Array;
  readonly #size: number;

  constructor(readonly memory: Uint8Array, start: number) {
    const { buffer } = memory;
    this.words = new Int32Array(buffer, start, ROOM / 4);
    this.#bytes = new Uint8Array(buffer, start, ROOM);
    this.#texts = this.#bytes.subarray(TEXTS);
    // Where words stand the other way round than in wasm nothing fits, and all goes the long way.
    const first = this.words[0] as number;
    this.words[0] = 1;
    this.#size = this.#bytes[0] === 1 ? ROOM : 0;
    // The memory may have grown while the rules wrote their findings there.
    this.words[0] = first;
  }

  /**
   * Writes values, and gives how many bytes they took: 0 if they do not fit, or are neither texts nor truths nor objects of
   * known names where one belongs.
   */
  pack(values: readonly unknown[]): number {
    const { words } = this;
    let joined = '';
    let next = TEXTS;
    for (let place = 0; place < PLACES; place++) {
      const value = values[place];
      let said = 0;
      if (typeof value === 'string') {
        if (encoder === undefined) {
          next = this.write(next, value);
          if (next < 0) return 0;
        } else joined += value;
        said = TEXT + value.length;
      } else if (value !== undefined && value !== null) {
        said = value === true ? TRUE : value === false ? FALSE : Level.is(value) && value.others.length === 0 ? OBJECT : 0;
        if (said === 0) return 0;
      }
      words[place] = said;
    }
    if (encoder === undefined) return next;
    return this.#fits(TEXTS, joined) ? TEXTS + encoder.encodeInto(joined, this.#texts).written : 0;
  }

  /**
   * Writes a text from a byte on, and gives where it ends, or -1 if it cannot be written. A copy of four letters at once is faster than an encoder below 150
   * letters; and with nothing in the loop but that, twice as fast in Node as with the other letters in it too.
   */
  write(from: number, text: string): number {
    if (!this.#fits(from, text)) return -1;
    const { words } = this;
    const { length } = text;
    // `text.charCodeAt(at)` is three times slower once it has met four kinds of string.
    const { charCodeAt } = String.prototype;
    // A word that is begun is written anew with what follows.
    const shift = (from & 3) << 3;
    let to = from >> 2;
    let begun = (words[to] as number) & ~(-1 << shift);
    let at = 0;
    for (; at + 4 <= length; at += 4) {
      const one = charCodeAt.call(text, at);
      const two = charCodeAt.call(text, at + 1);
      const three = charCodeAt.call(text, at + 2);
      const four = charCodeAt.call(text, at + 3);
      if ((one | two | three | four) >= 0x80) break;
      const word = one | (two << 8) | (three << 16) | (four << 24);
      words[to++] = begun | (word << shift);
      // What the next word begins with: nothing after a shift by none, where one by 32 would leave all.
      begun = (word >>> 1) >>> (31 - shift);
    }
    words[to] = begun;
    const bytes = this.#bytes;
    for (; at < length; at++) {
      const code = charCodeAt.call(text, at);
      if (code >= 0x80) return writeRest(bytes, from + at, text, at);
      bytes[from + at] = code;
    }
    return from + length;
  }

  /** A letter is three bytes at most. */
  #fits(from: number, text: string): boolean {
    return from + 3 * text.length <= this.#size;
  }
}

/** In Node an encoder takes half as long for all texts together as their letters one by one do; in a browser, twice as long. */
const encoder = /* @__PURE__ */ encoderOfNode();

function encoderOfNode(): TextEncoder | undefined {
  // In jsdom there is Node, and no encoder.
  return inNode() && typeof TextEncoder !== 'undefined' ? new TextEncoder() : undefined;
}

function writeRest(memory: Uint8Array, from: number, text: string, first: number): number {
  let to = from;
  for (let at = first; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 0x80) {
      memory[to++] = code;
      continue;
    }
    // Pairs are rare on a card, and half of one is an issue of its own: both go the long way.
    if (code >= 0xd800 && code < 0xe000) return -1;
    if (code >= 0x800) {
      memory[to++] = 0xe0 | (code >> 12);
      memory[to++] = 0x80 | ((code >> 6) & 0x3f);
    } else {
      memory[to++] = 0xc0 | (code >> 6);
    }
    memory[to++] = 0x80 | (code & 0x3f);
  }
  return to;
}
