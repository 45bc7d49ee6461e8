// The example for Vitest, run by Vitest.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { project, tool } from './project.mjs';

test('Vitest in jsdom, with MSW', async () => {
  const tests = readFileSync(join(project, 'vitest-msw/freeze-button.test.tsx'), 'utf8').match(/^test\(/gm).length;
  assert.match(await tool('vitest/vitest.mjs', 'run', '--root', 'vitest-msw'), new RegExp(`Tests +${tests} passed`));
});
