// The accept/reject cases of tests/fixtures/cases, as values that JavaScript can hold.

import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(import.meta.dirname, '../fixtures/cases');

/** Each file's cases, each with its `value`, and all that is given as text. */
export const files = readdirSync(folder).sort().map((name) => {
  const { cases } = JSON.parse(readFileSync(join(folder, name), 'utf8'));
  const texts = cases.map(({ text }) => text).filter((text) => text !== undefined);
  return { name, texts, cases: cases.flatMap((one) => valuesOf(one).map((value) => ({ ...one, value }))) };
});

/** Text that JSON.parse would change (repeated names, malformed, too large) has no JavaScript value; those cases are the host's. */
function valuesOf(one) {
  if (one.text === undefined) return [one.input];
  try {
    const value = JSON.parse(one.text);
    return JSON.stringify(value) === one.text.replaceAll(/\s/g, '') ? [value] : [];
  } catch {
    return [];
  }
}

/** The operation a case is about, of one entry of the package. */
export function operationOf(faces, one) {
  const [issuer, method] = one.operation.split('.');
  return faces[issuer][method];
}
