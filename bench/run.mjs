// Side by side with the libraries a page would use instead. See README.md.
//
//   node run.mjs [--node] [--chromium] [--dist FOLDER] [quick] [WORD ...]

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from './engines/chromium.mjs';
import { node } from './engines/node.mjs';
import { fill } from './folder.mjs';
import { goals } from './goals.mjs';
import { MEASUREMENTS } from './plan.mjs';
import { results } from './results.mjs';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    node: { type: 'boolean' },
    chromium: { type: 'boolean' },
    dist: { type: 'string', default: join(import.meta.dirname, '../pkg/dist') },
  },
});
const quick = positionals.includes('quick');
const words = positionals.filter((word) => word !== 'quick');
const both = !options.node && !options.chromium;
const asked = MEASUREMENTS.filter(({ name }) => words.length === 0 || words.some((word) => name.includes(word)));
if (asked.length === 0) throw new Error(`expected one of ${MEASUREMENTS.map(({ name }) => name).join(', ')}`);

const dist = resolve(options.dist);
const folder = await mkdtemp(join(tmpdir(), 'cardwright-bench-'));
const engines = [];
try {
  await fill(folder, dist, new Set(asked.flatMap(({ count }) => count ?? [])));
  if (both || options.chromium) engines.push(await chromium(folder));
  if (both || options.node) engines.push(await node(folder));
  const data = {};
  const sections = [];
  for (const { name, title, about, measure, table } of asked) {
    console.error(`> ${name}`);
    data[name] = await measure(engines, { quick, dist });
    sections.push([`## ${title}`, ...(about ? [about] : []), table(data[name])].join('\n\n'));
    console.log(`${sections.at(-1)}\n`);
  }
  console.log(`${goals(data)}\n`);
  // A part, or a quick look, is no result to keep.
  if (both && !quick && words.length === 0) {
    await writeFile(join(import.meta.dirname, 'RESULTS.md'), results({ engines, goals: goals(data), sections }));
  }
} finally {
  for (const engine of engines) await engine.stop();
  await rm(folder, { recursive: true, force: true });
}
