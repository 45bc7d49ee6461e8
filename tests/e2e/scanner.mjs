// Looks for canaries, thousands at once, in every shape in which they might travel.

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';

/** A text in every shape it might travel in. */
export function shapes(text) {
  const bytes = Buffer.from(text);
  const hex = bytes.toString('hex');
  return {
    raw: [text],
    'as JSON': [JSON.stringify(text).slice(1, -1), ...escaped(text)],
    base64: [0, 1, 2].flatMap((offset) => {
      const inner = base64Inside(bytes, offset);
      return [inner, inner.replaceAll('+', '-').replaceAll('/', '_')];
    }),
    hex: [hex, hex.toUpperCase()],
    percent: [encodeURIComponent(text), hex.replace(/../g, '%$&'), hex.toUpperCase().replace(/../g, '%$&'), encodeURIComponent(text).replace(/%../g, (escape) => escape.toLowerCase())],
    UTF16: [Buffer.from(text, 'utf16le').toString('latin1'), Buffer.from(text, 'utf16le').swap16().toString('latin1')],
    // As card numbers are written.
    grouped: /^\d{16}$/.test(text) ? [' ', '-', '.'].map((between) => text.match(/.{4}/g).join(between)) : [text],
    reversed: [[...text].reverse().join('')],
  };
}

/** Every letter as an escape of JSON. */
function escaped(text) {
  const digits = Array.from(text, (letter) => letter.charCodeAt(0).toString(16).padStart(4, '0'));
  return [digits, digits.map((digit) => digit.toUpperCase())].map((all) => all.map((one) => `\\u${one}`).join(''));
}

/** What base64 makes of the bytes wherever they stand in a longer text: without the letters the neighbours take part in. */
function base64Inside(bytes, offset) {
  const encoded = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64').replace(/=+$/, '');
  const start = Math.ceil((offset * 4) / 3);
  const end = Math.floor(((offset + bytes.length) * 4) / 3);
  return encoded.slice(offset === 0 ? 0 : start, end);
}

/** So many letters of a needle are looked for at first; canaries that begin alike are then found by one search. */
const HEAD = 5;

/** Looks for canaries, given as `{ name: text }`. */
export class Scanner {
  /** By head: the needles' lengths, and whose they are. */
  #heads = new Map();

  constructor(canaries) {
    for (const [name, canary] of Object.entries(canaries)) {
      for (const [shape, needles] of Object.entries(shapes(canary))) {
        if (shape !== 'reversed') needles.forEach((needle) => this.#add(needle, `${name} as ${shape}`));
      }
    }
  }

  #add(needle, whose) {
    const head = needle.slice(0, HEAD);
    if (!this.#heads.has(head)) this.#heads.set(head, { lengths: new Set(), needles: new Map() });
    const { lengths, needles } = this.#heads.get(head);
    lengths.add(needle.length);
    if (!needles.has(needle)) needles.set(needle, whose);
  }

  /** Where canaries are found, in texts by place: `place: name as shape`. */
  find(places) {
    const found = new Set();
    for (const [place, texts] of Object.entries(places)) {
      for (const text of texts) {
        this.#search(text, (whose) => found.add(`${place}: ${whose}`));
        this.#search(Buffer.from(text, 'latin1').reverse().toString('latin1'), (whose) => whose.endsWith(' as raw') && found.add(`${place}: ${whose.replace(/raw$/, 'reversed')}`));
      }
    }
    return [...found];
  }

  #search(text, found) {
    for (const [head, { lengths, needles }] of this.#heads) {
      for (let at = text.indexOf(head); at !== -1; at = text.indexOf(head, at + 1)) {
        for (const length of lengths) {
          const whose = needles.get(text.slice(at, at + length));
          if (whose !== undefined) found(whose);
        }
      }
    }
  }
}

/** The files below a directory, as texts: packed ones also unpacked. */
export async function filesIn(directory) {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const texts = await Promise.all(files.map(async (entry) => textsOf(await readFile(join(entry.parentPath ?? entry.path, entry.name)))));
  return texts.flat();
}

/** Bytes as a text, and as what they unpack to: gzip, deflate, brotli. An archive (tar) holds its files as they are. */
export function textsOf(bytes) {
  const texts = [bytes.toString('latin1')];
  for (const unpack of [gunzipSync, inflateSync, brotliDecompressSync]) {
    try {
      texts.push(...textsOf(unpack(bytes)));
    } catch {
      // Not packed like this.
    }
  }
  return texts;
}
