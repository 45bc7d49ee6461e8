import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { beside, folder, project } from './installed.mjs';

const modules = join(import.meta.dirname, 'node_modules');
const compilers = {
  'TypeScript 5.9': join(import.meta.dirname, '../../pkg/node_modules/typescript/bin/tsc'),
  'TypeScript 7': join(modules, 'typescript-next/bin/tsc'),
};
const copy = (file, as = file) => copyFileSync(join(import.meta.dirname, 'types', file), join(project, as));
for (const file of ['usage.ts', 'schemas.ts', 'react.ts', 'tsconfig.json']) copy(file);
mkdirSync(join(project, 'server'));
copy('server.mts', 'server/server.mts');
const server = { extends: '../tsconfig.json', compilerOptions: { lib: ['ES2023'], types: ['node'], module: 'nodenext', moduleResolution: 'nodenext' } };
writeFileSync(join(project, 'server/tsconfig.json'), JSON.stringify(server));
for (const as of ['entries.mts', 'entries.cts']) copy('entries.ts', as);
beside('@hookform/resolvers', '@standard-schema/spec', '@tanstack/form-core', '@types/node', 'react-hook-form');

const compile = (compiler, settings, config = 'tsconfig.json') => {
  try {
    execFileSync(process.execPath, [compiler, '--project', config, ...settings], { cwd: project, encoding: 'utf8' });
    return '';
  } catch (error) {
    return error.stdout;
  }
};

for (const [version, compiler] of Object.entries(compilers)) {
  for (const [name, ...settings] of [
    ['a bundler', '--module', 'esnext', '--moduleResolution', 'bundler'],
    ['Node', '--module', 'nodenext', '--moduleResolution', 'nodenext'],
  ]) {
    test(`the types hold what they promise to ${version}, as ${name} resolves them`, () => {
      const found = execFileSync(process.execPath, [compiler, '--version'], { encoding: 'utf8' });
      assert.ok(found.startsWith(version.replace('TypeScript', 'Version')), found);
      assert.equal(compile(compiler, settings), '');
    });
  }
  test(`${version} finds nothing missing in a project without DOM`, () => {
    assert.equal(compile(compiler, [], 'server/tsconfig.json'), '');
  });
}

/** A published file of types, without comments and without words in quotes. */
const bare = (file) => readFileSync(join(folder, 'dist', file), 'utf8').replaceAll(/\/\*\*[\s\S]*?\*\/|"[^"]*"|'[^']*'/g, '');
const published = readdirSync(join(folder, 'dist'), { recursive: true }).filter((file) => /\.d\.[cm]?ts$/.test(file));

test('no any in the published types', () => {
  assert.ok(published.includes('index.d.ts') && published.includes('index.d.cts'));
  for (const file of published) assert.doesNotMatch(bare(file), /\bany\b/, file);
});

test('unknown is what a function may be given, never what it gives', () => {
  for (const file of published) {
    // What a form submits comes in pairs; an error's cause is what was caught.
    const results = bare(file).replaceAll(/(\(\w+: |,\s+value: |\tcause\?: )(?:Readonly<Record<string, unknown>>|unknown)/g, '$1');
    // A member may bear the name of the outcome; its type may not be that one.
    assert.doesNotMatch(results, /\bunknown\b(?!: number;)/, file);
  }
});
