// The page that keeps a whole run.

import { readFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';

const folder = import.meta.dirname;

/** The page: how it was made, the goals, and every table. */
export function results({ engines, goals, sections }) {
  const { devDependencies } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const libraries = Object.entries(devDependencies).filter(([name]) => name !== 'playwright-core');
  const versions = [...engines.map(({ name, version }) => `${name} ${version}`), ...libraries.map((one) => one.join(' '))];
  const machine = `${cpus().length} cores (${cpus()[0].model.trim()}), ${Math.round(totalmem() / 2 ** 30)} GB, ${process.platform} ${process.arch}`;
  return [
    '# Side by side, as measured',
    `By \`cargo xtask bench\` on ${new Date().toISOString().slice(0, 10)}; [README.md](README.md) says how. ${machine}.\n${versions.join(', ')}.`,
    'A ratio is the median over all rounds of the time divided by that of zod, or of ajv, in the same round, with its quartiles; less is faster. ' +
      'Read ratios: the times beside them are those of one machine at one hour. In brackets: parsers alone, which check nothing.',
    '## The goals',
    goals,
    ...sections,
    '',
  ].join('\n\n').trimEnd() + '\n';
}
