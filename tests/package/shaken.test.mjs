// An import that is not used leaves nothing behind. React is the page's own: bundlers look for it before they leave out what needs it.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { nodeResolve } from '@rollup/plugin-node-resolve';
import { rollup } from 'rollup';
import webpack from 'webpack';
import { folder, project } from './installed.mjs';

const entries = Object.keys(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).exports)
  // The worker is a program: to import it is to start it.
  .filter((name) => !/\.(wasm|json)$|worker$/.test(name))
  .map((name) => name.replace('.', 'cardwright'));

/** What is imported where there is no `ingo`. */
const NAMES = {
  'cardwright/messages/en': 'en', 'cardwright/messages/es': 'es', 'cardwright/react': 'useIntent', 'cardwright/testing': 'fakeProxy',
};

// React is a peer of one entry, and not installed here.
const bundlers = {
  esbuild(input, output) {
    const esbuild = join(import.meta.dirname, '../../pkg/node_modules/.bin/esbuild');
    execFileSync(esbuild, [input, '--bundle', '--minify', '--format=esm', '--external:react', `--outfile=${output}`, '--log-level=error'], { cwd: project });
  },
  async rollup(input, output) {
    const bundle = await rollup({ input, external: ['react'], plugins: [nodeResolve()], onwarn() {} });
    await bundle.write({ file: output, format: 'es', compact: true, inlineDynamicImports: true });
    await bundle.close();
  },
  webpack: (input, output) => new Promise((done, failed) => {
    const place = { path: project, filename: output.slice(project.length + 1) };
    webpack({ mode: 'production', context: project, entry: input, output: place, externals: { react: 'React' } }, (error, stats) => {
      if (error ?? stats.hasErrors()) failed(error ?? new Error(stats.toString()));
      else done();
    });
  }),
};

for (const [name, bundle] of Object.entries(bundlers)) {
  test(`${name} leaves out what is imported and not used`, async (context) => {
    const size = async (source) => {
      const [input, output] = ['in.mjs', 'out.js'].map((file) => join(project, `${name}-${file}`));
      writeFileSync(input, source);
      await bundle(input, output);
      return readFileSync(output).length;
    };
    for (const entry of entries) {
      const name = NAMES[entry] ?? 'ingo';
      const bytes = await size(`import { ${name} } from '${entry}'; import '${entry}'; console.log(1);`);
      context.diagnostic(`${entry}: ${bytes} bytes`);
      assert.ok(bytes < 100, `${entry}: ${bytes}`);
    }
    const used = await size("import { ingo } from 'cardwright'; console.log(ingo.issueCard.check({}));");
    assert.ok(used > 50_000, 'and keeps what is used');
  });
}
