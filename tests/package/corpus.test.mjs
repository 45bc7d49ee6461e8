// The accept/reject cases of tests/fixtures/cases, judged by the wasm in the package.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { load } from './installed.mjs';

const faces = await load();
const folder = join(import.meta.dirname, '../fixtures/cases');

/** Text that JSON.parse would change (repeated names, malformed, too large) has no JavaScript value; those cases are the host's. */
const valueOf = (one) => {
  if (one.text === undefined) return { value: one.input };
  try {
    const value = JSON.parse(one.text);
    return JSON.stringify(value) === one.text.replaceAll(/\s/g, '') ? { value } : undefined;
  } catch {
    return undefined;
  }
};

let judged = 0;
for (const file of readdirSync(folder).sort()) {
  test(file, () => {
    for (const one of JSON.parse(readFileSync(join(folder, file), 'utf8')).cases) {
      const given = valueOf(one);
      if (given === undefined) continue;
      judged += 1;
      const [issuer, method] = one.operation.split('.');
      const operation = faces[issuer][method];
      if (one.key !== undefined) {
        const built = (() => {
          try {
            return { ok: true, body: operation.build(given.value, { idempotencyKey: one.key, accept: ['old_card_ends'] }).body };
          } catch (error) {
            if (error.code === 'key_missing') return { ok: true, body: JSON.stringify(operation.check(given.value).request) };
            return { ok: false, issues: error.issues };
          }
        })();
        if (one.accepts !== undefined) assert.equal(built.body, JSON.stringify(one.accepts), one.name);
        else assert.deepEqual(built.issues.map(({ path, code }) => ({ path, code })), one.issues, one.name);
        continue;
      }
      const checked = operation.check(given.value);
      if (one.accepts !== undefined) {
        assert.equal(JSON.stringify(checked.request), JSON.stringify(one.accepts), one.name);
        assert.deepEqual(checked.notices.map(({ path, code }) => ({ path, code })), one.notices ?? [], one.name);
      } else {
        assert.deepEqual(checked.issues?.map(({ path, code }) => ({ path, code })), one.issues, one.name);
      }
    }
  });
}

test('at least 250 cases were judged', (context) => {
  context.diagnostic(`${judged} cases judged in wasm`);
  assert.ok(judged >= 250, `${judged}`);
});
