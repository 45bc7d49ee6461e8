// What is loaded when rows are asked for is found in whatever a bundler made of it: in files beside, or in the one.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { nodeResolve } from '@rollup/plugin-node-resolve';
import { rollup } from 'rollup';
import webpack from 'webpack';
import { project } from './installed.mjs';

const BODY = `
  const { rows, issues } = await ingo.issueCard.checkMany('[{"user_id":"x","card_type":"virtual"}]');
  const run = new CardClient({ baseUrl: 'http://127.0.0.1:9/api' }).bulk(ingo.issueCard, '[]', { batchId: 'june', rowKey: 'employee' });
  console.log(JSON.stringify([rows, issues.map(({ message }) => message), (await run.done).end]));`;
const input = join(project, 'rows.mjs');
writeFileSync(input, `import { CardClient, ingo } from 'cardwright';${BODY}`);
const required = join(project, 'rows.cjs');
writeFileSync(required, `const { CardClient, ingo } = require('cardwright');\n(async () => {${BODY}\n})();`);

const esbuild = (input, ...settings) => {
  execFileSync(join(import.meta.dirname, '../../pkg/node_modules/.bin/esbuild'), [input, '--bundle', '--minify', '--log-level=error', ...settings], { cwd: project });
};

const bundlers = {
  'esbuild, one file': (folder) => esbuild(input, '--format=esm', `--outfile=${join(folder, 'rows.mjs')}`),
  'esbuild, files beside': (folder) => esbuild(input, '--format=esm', '--splitting', `--outdir=${folder}`, '--out-extension:.js=.mjs'),
  'esbuild, CommonJS, one file': (folder) => esbuild(required, '--format=cjs', `--outfile=${join(folder, 'rows.cjs')}`),
  async rollup(folder) {
    const bundle = await rollup({ input, plugins: [nodeResolve()], onwarn() {} });
    await bundle.write({ dir: folder, format: 'es', entryFileNames: '[name].mjs', chunkFileNames: '[name]-[hash].mjs' });
    await bundle.close();
  },
  webpack: (folder) => {
    const output = { path: folder, filename: 'rows.mjs', module: true, chunkFormat: 'module', chunkLoading: 'import' };
    return packed({ entry: input, experiments: { outputModule: true }, output });
  },
  'webpack, CommonJS, one file': (folder) => packed({ entry: required, output: { path: folder, filename: 'rows.cjs' } }),
};

function packed(settings) {
  return new Promise((done, failed) => {
    webpack({ mode: 'production', target: 'node', context: project, ...settings }, (error, stats) => {
      if (error ?? stats.hasErrors()) failed(error ?? new Error(stats.toString()));
      else done();
    });
  });
}

for (const [name, bundle] of Object.entries(bundlers)) {
  test(`${name}: rows are checked and issued`, async (context) => {
    const folder = join(project, `rows-${name.replaceAll(/\W+/g, '-')}`);
    await bundle(folder);
    const files = readdirSync(folder);
    context.diagnostic(files.join(', '));
    assert.equal(files.length, name.endsWith('one file') ? 1 : 3);
    const said = execFileSync(process.execPath, [join(folder, files.find((file) => /^rows\.[cm]js$/.test(file)))], { encoding: 'utf8' });
    assert.deepEqual(JSON.parse(said), [1, ['The user id starts with user-.'], 'complete']);
  });
}
