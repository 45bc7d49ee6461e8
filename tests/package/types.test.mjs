import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { folder, project } from './installed.mjs';

const compiler = join(import.meta.dirname, '../../pkg/node_modules/typescript/bin/tsc');
const copy = (file, as = file) => copyFileSync(join(import.meta.dirname, 'types', file), join(project, as));
for (const file of ['usage.ts', 'tsconfig.json']) copy(file);
for (const as of ['entries.mts', 'entries.cts']) copy('entries.ts', as);

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
  const files = readdirSync(join(folder, 'dist'), { recursive: true }).filter((file) => /\.d\.c?ts$/.test(file));
  assert.ok(files.length >= 7);
  for (const file of files) {
    const text = readFileSync(join(folder, 'dist', file), 'utf8').replaceAll(/\/\*\*[\s\S]*?\*\//g, '');
    assert.doesNotMatch(text, /\bany\b/, file);
  }
});
