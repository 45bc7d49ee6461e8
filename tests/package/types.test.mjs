import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { folder, project } from './installed.mjs';

const compiler = join(import.meta.dirname, '../../pkg/node_modules/typescript/bin/tsc');
for (const file of ['usage.ts', 'tsconfig.json']) copyFileSync(join(import.meta.dirname, 'types', file), join(project, file));

const compile = (...settings) => {
  try {
    execFileSync(process.execPath, [compiler, '--project', 'tsconfig.json', ...settings], { cwd: project, encoding: 'utf8' });
    return '';
  } catch (error) {
    return error.stdout;
  }
};

for (const [name, ...settings] of [
  ['a bundler', '--module', 'esnext', '--moduleResolution', 'bundler'],
  ['Node', '--module', 'nodenext', '--moduleResolution', 'nodenext'],
]) {
  test(`the types hold what they promise, as ${name} resolves them`, () => assert.equal(compile(...settings), ''));
}

test('no any in the published types', () => {
  for (const file of ['index.d.ts', 'index.d.cts']) {
    const text = readFileSync(join(folder, 'dist', file), 'utf8').replaceAll(/\/\*\*[\s\S]*?\*\//g, '');
    assert.doesNotMatch(text, /\bany\b/);
  }
});
