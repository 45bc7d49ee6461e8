// Side by side with the libraries a page would use instead. See README.md.
//
//   node run.mjs [--node] [--chromium] [--quick] [--dist FOLDER] [WORD ...]

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { CONTENDERS, bundle, timed } from './bundles.mjs';
import * as cases from './cases.mjs';
import { chromium } from './engines/chromium.mjs';
import { node } from './engines/node.mjs';
import { table } from './report.mjs';
import { requests } from './requests.mjs';

const { values: options, positionals: words } = parseArgs({
  allowPositionals: true,
  options: {
    node: { type: 'boolean' },
    chromium: { type: 'boolean' },
    quick: { type: 'boolean' },
    dist: { type: 'string', default: join(import.meta.dirname, '../pkg/dist') },
  },
});
const both = !options.node && !options.chromium;
const isAsked = ({ name }) => words.length === 0 || words.some((word) => name.includes(word));

const WORKLOADS = [
  { name: 'one', title: 'One valid request, object in' },
  { name: 'three', title: 'One request wrong in three places' },
  { name: 'keystroke', title: 'A keystroke in a form' },
  { name: 'envelope', title: 'An answer with 25 cards, from text' },
];

const folder = await mkdtemp(join(tmpdir(), 'cardwright-bench-'));
const engines = [];
try {
  await prepare();
  if (both || options.node) engines.push(await node(folder));
  if (both || options.chromium) engines.push(await chromium(folder));
  for (const { name, title } of WORKLOADS.filter(isAsked)) {
    const results = [];
    for (const engine of engines) {
      const job = { contenders: CONTENDERS, workload: name, rounds: options.quick ? 15 : 61, sampleMs: options.quick ? 3 : 5 };
      results.push({ engine, ...(await engine.measure(job)) });
    }
    console.log(`### ${title}\n\n${table(results)}\n`);
  }
} finally {
  for (const engine of engines) await engine.stop();
  await rm(folder, { recursive: true, force: true });
}

async function prepare() {
  const dist = resolve(options.dist);
  const write = (name, contents) => writeFile(join(folder, name), contents);
  await write('inputs.json', JSON.stringify(requests()));
  await write('cases.json', JSON.stringify({ inputs: cases.inputs, answers: cases.answers }));
  await write('page.html', '<!doctype html><title>bench</title>');
  await write('measure.js', await bundle(`export { measure } from './measure.mjs';`, dist));
  for (const id of CONTENDERS) await write(`${id}.js`, await bundle(timed(id), dist));
}
