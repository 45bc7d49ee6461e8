// The accept/reject cases of tests/fixtures/cases, judged by the wasm in the package.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { files, operationOf } from './cases.mjs';
import { load } from './installed.mjs';

const faces = await load();

let judged = 0;
for (const { name, cases } of files) {
  test(name, () => {
    for (const one of cases) {
      judged += 1;
      const operation = operationOf(faces, one);
      if (one.key !== undefined) {
        const built = (() => {
          try {
            return { ok: true, body: operation.build(one.value, { idempotencyKey: one.key, accept: ['old_card_ends'] }).body };
          } catch (error) {
            if (error.code === 'key_missing') return { ok: true, body: JSON.stringify(operation.check(one.value).request) };
            return { ok: false, issues: error.issues };
          }
        })();
        if (one.accepts !== undefined) assert.equal(built.body, JSON.stringify(one.accepts), one.name);
        else assert.deepEqual(built.issues.map(({ path, code }) => ({ path, code })), one.issues, one.name);
        continue;
      }
      const checked = operation.check(one.value);
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
