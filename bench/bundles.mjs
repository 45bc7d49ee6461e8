// Contenders as a page gets them: one file each, made by esbuild, the same for Node and for Chromium.

import { Ajv } from 'ajv';
import { _ } from 'ajv/dist/compile/codegen/index.js';
import standaloneCode from 'ajv/dist/standalone/index.js';
import { build } from 'esbuild';
import { join } from 'node:path';
import { ENVELOPE, ISSUE_CARD, OPTIONS } from './contenders/json-schema.mjs';

const folder = import.meta.dirname;

export const CONTENDERS = ['cardwright', 'hand-written', 'zod', 'zod-compile', 'zod-mini', 'valibot', 'arktype', 'ajv', 'ajv-standalone', 'typebox'];
export const PARSERS = ['json-parse', 'papaparse', 'udsv'];

/** The schemas as ajv writes them out. */
const ajvCompiled = {
  name: 'ajv:compiled',
  setup(made) {
    made.onResolve({ filter: /^ajv:compiled$/ }, ({ path }) => ({ path, namespace: 'ajv' }));
    made.onLoad({ filter: /.*/, namespace: 'ajv' }, () => {
      const formats = _`require("./contenders/json-schema.mjs").FORMATS`;
      const ajv = new Ajv({ ...OPTIONS, code: { source: true, esm: true, formats } });
      ajv.addSchema(ISSUE_CARD, 'issueCard').addSchema(ENVELOPE, 'envelope');
      return { contents: standaloneCode.default(ajv, { issueCard: 'issueCard', envelope: 'envelope' }), resolveDir: folder };
    });
  },
};

/** What is loaded when rows are asked for stays in files beside, as a page's bundler would leave it. */
const rowsBeside = {
  name: 'rows beside',
  setup(made) {
    made.onResolve({ filter: /^\.\/(bulk|worker)\.js$/ }, ({ kind, path }) => {
      return kind === 'dynamic-import' ? { path: path.replace('./', './cardwright/'), external: true } : undefined;
    });
  },
};

/** Bundles what `text` imports and gives the file's bytes; `dist` is our package as it was built. */
export async function bundle(text, dist, options = {}) {
  const { outputFiles } = await build({
    stdin: { contents: text, resolveDir: folder },
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    legalComments: 'none',
    alias: { cardwright: join(dist, 'index.js') },
    plugins: [ajvCompiled, rowsBeside],
    logLevel: 'warning',
    ...options,
  });
  return outputFiles[0].contents;
}

/** As much of a contender as a page with a form needs: its check, and its reader of answers. */
export const shipped = (id) => `export { check, passed, readCards } from './contenders/${id}.mjs';`;

/** A contender or parser with the workloads, to be timed. */
export const timed = (id) => `
  import * as contender from './${CONTENDERS.includes(id) ? 'contenders' : 'parsers'}/${id}.mjs';
  import * as workloads from './workloads.mjs';
  export { contender, workloads };`;
