import { constants, brotliCompressSync, gzipSync } from 'node:zlib';
import { CONTENDERS, bundle, shipped } from '../bundles.mjs';
import { NAMES, markdown } from '../tables.mjs';

const ALONE = { papaparse: `export { default } from 'papaparse';`, udsv: `export * from 'udsv';` };

/** Bytes of what a page has to load. */
export const size = {
  name: 'size',
  title: 'Size of what a page loads to check a request and to read an answer, in bytes',
  about: 'By esbuild, minified and tree-shaken; gzip 9, brotli 11. Ours reads files of rows too; the others need a reader of CSV on top.',
  async measure(engines, { dist }) {
    const found = {};
    for (const [id, text] of [...CONTENDERS.map((id) => [id, shipped(id)]), ...Object.entries(ALONE)]) {
      const bytes = await bundle(text, dist, { minify: true });
      const brotli = brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } });
      found[id] = { min: bytes.length, gzip: gzipSync(bytes, { level: 9 }).length, brotli: brotli.length };
    }
    return found;
  },
  table(found) {
    const rows = Object.entries(found).map(([id, { min, gzip, brotli }]) => [id in ALONE ? `(${id})` : NAMES[id], min, gzip, brotli]);
    return markdown(['', 'min', 'gzip', 'brotli'], rows.sort((one, other) => one[3] - other[3]));
  },
};
