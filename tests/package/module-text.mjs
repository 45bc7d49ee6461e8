// The text that stands in the default entry for the module, written and read here without the package's own code.

const LETTERS = Array.from({ length: 95 }, (_, at) => String.fromCharCode(at + 32)).filter((letter) => !'"$\'<\\`'.includes(letter));
const [ALONE, BEFORE] = [LETTERS.slice(0, 87), LETTERS.slice(87)];
const BYTES = Array.from({ length: 256 }, (_, byte) => byte);
const PAIRS = BEFORE.flatMap((first) => LETTERS.map((second) => first + second));

/** The text of each byte, where these have one letter. */
function texts(singles) {
  const isOwn = (byte) => singles.has(byte) && ALONE.includes(String.fromCharCode(byte));
  const left = ALONE.filter((letter) => !isOwn(letter.charCodeAt(0)));
  const pairs = [...PAIRS];
  return BYTES.map((byte) => (isOwn(byte) ? String.fromCharCode(byte) : (singles.has(byte) ? left : pairs).shift()));
}

export function encode(bytes) {
  const count = (byte) => bytes.filter((other) => other === byte).length;
  const singles = new Set(BYTES.toSorted((a, b) => count(b) - count(a)).slice(0, 87));
  const which = Array.from({ length: 64 }, (_, four) => [0, 1, 2, 3].reduce((digit, bit) => digit | (singles.has(4 * four + bit) << bit), 0).toString(16));
  const known = texts(singles);
  return which.join('') + Array.from(bytes, (byte) => known[byte]).join('');
}

export function decode(text) {
  const known = texts(new Set(BYTES.filter((byte) => (parseInt(text[byte >> 2], 16) >> (byte % 4)) & 1)));
  return Buffer.from(text.slice(64).match(/[}~].|./g).map((one) => known.indexOf(one)));
}

export const sum = (bytes) => bytes.reduce((sum, byte) => Math.imul(sum ^ byte, 0x01000193), 0x811c9dc5 | 0) >>> 0;

/** The text of the module in a script: nothing else in one is as long. */
export const inlined = (script) => script.match(/"([^"\\]{20000,})"/)?.[1];
