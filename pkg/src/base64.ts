const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** The bytes of a base64 text. */
export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  if (typeof atob !== 'function') return decode(text);
  const letters = atob(text);
  const bytes = new Uint8Array(letters.length);
  for (let at = 0; at < bytes.length; at++) bytes[at] = letters.charCodeAt(at);
  return bytes;
}

/** For engines without `atob`. */
function decode(text: string): Uint8Array<ArrayBuffer> {
  const letters = text.replace(/=+$/, '');
  const bytes = new Uint8Array((letters.length * 3) >> 2);
  let held = 0;
  for (let from = 0, to = 0; from < letters.length; from++) {
    held = (held << 6) | ALPHABET.indexOf(letters.charAt(from));
    // Each letter but the first of four completes a byte.
    if (from % 4 > 0) bytes[to++] = held >> (6 - 2 * (from % 4));
  }
  return bytes;
}
