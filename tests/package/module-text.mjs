// The text that stands in the default entry for the module, written and read here without the package's own code.

const LETTERS = Array.from({ length: 95 }, (_, at) => String.fromCharCode(at + 32)).filter((letter) => !'"$\'<\\`'.includes(letter));
const TEXTS = Array.from({ length: 256 }, (_, byte) => (byte < 87 ? LETTERS[byte] : LETTERS[87 + Math.trunc((byte - 87) / 89)] + LETTERS[(byte - 87) % 89]));
const BYTES = new Map(TEXTS.map((text, byte) => [text, byte]));

export const encode = (bytes) => Array.from(bytes, (byte) => TEXTS[byte]).join('');

export const decode = (text) => Buffer.from(text.match(/[}~].|./g).map((one) => BYTES.get(one)));

export const sum = (bytes) => bytes.reduce((sum, byte) => Math.imul(sum ^ byte, 0x01000193), 0x811c9dc5 | 0) >>> 0;

/** The text of the module in a script: nothing else in one is as long. */
export const inlined = (script) => script.match(/"([^"\\]{20000,})"/)?.[1];
