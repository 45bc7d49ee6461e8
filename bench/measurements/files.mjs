// What a person notices of a file with 100,000 rows beside the time: memory, and a page that does not answer.

import { median } from '../quantiles.mjs';
import { NAMES, markdown, megabytes, milliseconds } from '../tables.mjs';

const COUNT = 100_000;
const WORKER = '/cardwright/worker.js';

const fileOf = (format) => ({ name: `rows-${COUNT}.${format}`, format, expected: `rows-${COUNT}.expected.json` });
const FORMATS = ['json', 'csv'];

/** Bytes at the peak, by engine, contender and format. */
export const memory = {
  name: 'memory',
  title: 'Memory at its peak while a file of 100,000 rows is checked',
  about: 'What the process of Node or of the page grows by, each time a fresh one. The file is 20 MB of JSON, 11 MB of CSV.',
  count: COUNT,
  async measure(engines, { quick }) {
    const found = [];
    for (const engine of engines) {
      for (const id of ['cardwright', 'hand-written', 'zod', 'ajv']) {
        for (const format of FORMATS) {
          const grown = [];
          for (let round = 0; round < (quick ? 1 : 3); round += 1) grown.push(await engine.memory({ id, file: fileOf(format) }));
          found.push({ engine: engine.name, id, format, bytes: median(grown) });
        }
      }
    }
    return found;
  },
  table(found) {
    const engines = [...new Set(found.map(({ engine }) => engine))];
    const columns = engines.flatMap((engine) => FORMATS.map((format) => ({ engine, format })));
    const rows = [...new Set(found.map(({ id }) => id))].map((id) => [
      NAMES[id],
      ...columns.map(({ engine, format }) => {
        return megabytes(found.find((one) => one.id === id && one.engine === engine && one.format === format).bytes);
      }),
    ]);
    return markdown(['', ...columns.map(({ engine, format }) => `${engine}, ${format.toUpperCase()}`)], rows);
  },
};

/** The longest time a page did not answer, by contender and format. */
export const blocked = {
  name: 'blocked',
  title: 'How long the page does not answer while a file of 100,000 rows is checked',
  about: 'In Chromium: the longest pause between two messages the page sends itself, the worst of all rounds; and the median of the whole time.',
  count: COUNT,
  async measure(engines, { quick }) {
    const chromium = engines.find(({ name }) => name === 'Chromium');
    if (chromium === undefined) return [];
    const ways = [{ id: 'cardwright', worker: WORKER }, ...['cardwright', 'hand-written', 'zod', 'ajv'].map((id) => ({ id }))];
    const found = [];
    for (const way of ways) {
      for (const format of FORMATS) {
        const rounds = [];
        for (let round = 0; round < (quick ? 1 : 3); round += 1) rounds.push(await chromium.blocked({ ...way, file: fileOf(format) }));
        const longest = Math.max(...rounds.map(({ longest }) => longest));
        found.push({ ...way, format, longest, took: median(rounds.map(({ took }) => took)) });
      }
    }
    return found;
  },
  table(found) {
    const ways = found.filter(({ format }) => format === FORMATS[0]);
    const rows = ways.map(({ id, worker }) => [
      NAMES[id] + (worker ? ', with a worker' : ''),
      ...FORMATS.flatMap((format) => {
        const { longest, took } = found.find((one) => one.id === id && one.worker === worker && one.format === format);
        return [milliseconds(longest), milliseconds(took)];
      }),
    ]);
    return markdown(['', 'JSON: longest pause', 'whole time', 'CSV: longest pause', 'whole time'], rows);
  },
};
