import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { constants, brotliCompressSync, gzipSync } from 'node:zlib';
import { CONTENDERS, bundle, shipped } from '../bundles.mjs';
import { NAMES, markdown } from '../tables.mjs';

/** What is no contender: readers of CSV. */
const ALONE = { papaparse: `export { default } from 'papaparse';`, udsv: `export * from 'udsv';` };

/** The bytes of some files, each loaded alone. */
function bytesOf(files) {
  const sum = (compress) => files.reduce((bytes, file) => bytes + compress(file).length, 0);
  return {
    min: sum((file) => file),
    gzip: sum((file) => gzipSync(file, { level: 9 })),
    brotli: sum((file) => brotliCompressSync(file, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } })),
  };
}

/** Bytes of what a page has to load. */
export const size = {
  name: 'size',
  title: 'Size of what a page loads to check a request and to read an answer, in bytes',
  about: 'By esbuild, minified and tree-shaken; gzip 9, brotli 11. Files of rows need more: of ours the module of rows, of the others a reader of CSV.',
  async measure(engines, { dist }) {
    const found = {};
    for (const [id, text] of [...CONTENDERS.map((id) => [id, shipped(id)]), ...Object.entries(ALONE)]) {
      found[id] = bytesOf([await bundle(text, dist, { minify: true })]);
    }
    const slim = await bundle(`export { ingo } from ${JSON.stringify(join(dist, 'slim.js'))};`, dist, { minify: true });
    found.rows = bytesOf(await Promise.all(['bulk.js', 'worker.js'].map((name) => readFile(join(dist, name)))));
    found.slim = bytesOf([slim, await readFile(join(dist, 'cardwright.wasm'))]);
    return found;
  },
  table(found) {
    const rows = Object.entries(found).map(([id, { min, gzip, brotli }]) => [id in ALONE ? `(${id})` : NAMES[id], min, gzip, brotli]);
    return markdown(['', 'min', 'gzip', 'brotli'], rows.sort((one, other) => one[3] - other[3]));
  },
};
