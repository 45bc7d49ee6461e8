// The module as text, written by xtask/src/module_text.rs. Base64 cuts across the bytes, so that gzip no longer sees what
// repeats: the default entry had 89,365 bytes of gzip with it and has 75,041 with this.

import { CardwrightError } from './error.js';

/** Printable ASCII without what ends or escapes a text in JavaScript or HTML: neither a charset nor a bundler changes it. */
const LETTERS = Array.from({ length: 95 }, (_, at) => at + 32).filter((code) => !'"$\'<\\`'.includes(String.fromCharCode(code)));
/** So many bytes, from 0 on, are one letter each. The letters left over stand before a second one. */
const SINGLES = 87;

/** The bytes of a text; `sum` is theirs, FNV-1a of 32 bits. */
export function bytesOf(text: string, sum: number): Uint8Array<ArrayBuffer> {
  const values = new Uint8Array(128).fill(0xff);
  LETTERS.forEach((code, value) => (values[code] = value));
  const bytes = new Uint8Array(text.length);
  let length = 0;
  let found = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) {
    let byte = values[text.charCodeAt(at)] ?? 0xff;
    if (byte >= SINGLES) byte = SINGLES + (byte - SINGLES) * LETTERS.length + (values[text.charCodeAt(++at)] ?? 0xff);
    found = Math.imul(found ^ byte, 0x01000193);
    bytes[length++] = byte;
  }
  if (found >>> 0 === sum) return bytes.subarray(0, length);
  const cause = new Error('expected the text of the module as it was built, found another');
  throw new CardwrightError('internal_error', 'not_sent', { cause });
}
