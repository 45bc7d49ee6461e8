// What a promise expects, and the sentence where it finds something else.

import { isDeepStrictEqual } from 'node:util';

export class Broken extends Error {}

/** An answer with this status and code. */
export function refused({ status, body }, expectedStatus, code, what) {
  if (status !== expectedStatus || body?.code !== code) throw new Broken(`${what}: expected ${expectedStatus} ${code}, found ${status} ${body?.code ?? ''}`.trimEnd());
  // Nothing that is refused before the send leaves anything open.
  if (expectedStatus !== 502) outcome(body, 'not_sent', what);
}

export function outcome(body, expected, what) {
  if (body?.outcome !== expected) throw new Broken(`${what}: expected the outcome ${expected}, found ${body?.outcome}`);
}

/** An answer that names this rule at this place, among the issues. */
export function issue(answer, path, code, what) {
  refused(answer, 422, 'invalid_request', what);
  const found = (answer.body.issues ?? []).map((one) => `${one.path.join('.')} ${one.code}`);
  if (!found.includes(`${path} ${code}`)) throw new Broken(`${what}: expected the issue ${code} at ${path || 'the whole'}, found ${found.join(', ') || 'none'}`);
}

/** A success; gives its body. */
export function done({ status, body }, what) {
  if (status !== 200) throw new Broken(`${what}: expected 200, found ${status} ${body?.code ?? ''}`.trimEnd());
  return body;
}

export function same(found, expected, what) {
  if (!isDeepStrictEqual(found, expected)) throw new Broken(what);
}
