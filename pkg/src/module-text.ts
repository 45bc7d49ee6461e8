// The module as text, written by xtask/src/module_text.rs. Base64 cuts across the bytes, so that gzip no longer sees what
// repeats: the default entry had 89,365 bytes of gzip with it where it had 75,041 with letters.

import { CardwrightError } from './error.js';

/** Printable ASCII without what ends or escapes a text in JavaScript or HTML: neither a charset nor a bundler changes it. */
const LETTERS = Array.from({ length: 95 }, (_, at) => at + 32).filter((code) => !'"$\'<\\`'.includes(String.fromCharCode(code)));
/** So many of them stand for a byte alone, the others before a second one. */
const SINGLES = 87;
/** The hex digits with which a text begins: which bytes are one letter. */
const DIGITS = 64;

/** The bytes of a text; `sum` is theirs, FNV-1a of 32 bits. */
export function bytesOf(text: string, sum: number): Uint8Array<ArrayBuffer> {
  const singles: number[] = [];
  const pairs: number[] = [];
  for (let byte = 0; byte < 4 * DIGITS; byte++) ((parseInt(text[byte >> 2] as string, 16) >> (byte & 3)) & 1 ? singles : pairs).push(byte);
  const left = LETTERS.slice(0, SINGLES);
  // What is no letter has a value that no byte has, so that the sum tells.
  const values = new Int16Array(128).fill(-1);
  const places = new Int16Array(128).fill(-pairs.length - SINGLES);
  LETTERS.forEach((code, place) => (places[code] = place));
  const others = singles.filter((byte) => {
    const at = left.indexOf(byte);
    if (at >= 0) values[left.splice(at, 1)[0] as number] = byte;
    return at < 0;
  });
  others.forEach((byte, at) => (values[left[at] as number] = byte));
  const bytes = new Uint8Array(text.length);
  let length = 0;
  let found = 0x811c9dc5;
  for (let at = DIGITS; at < text.length; at++) {
    const letter = text.charCodeAt(at);
    const before = (places[letter] as number) - SINGLES;
    const byte = (before < 0 ? values[letter] : pairs[before * LETTERS.length + (places[text.charCodeAt(++at)] as number)]) ?? -1;
    found = Math.imul(found ^ byte, 0x01000193);
    bytes[length++] = byte;
  }
  if (found >>> 0 === sum) return bytes.subarray(0, length);
  const cause = new Error('expected the module as it was built');
  throw new CardwrightError('internal_error', 'not_sent', { cause });
}
