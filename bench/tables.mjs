// Tables in Markdown out of what was measured.

import { median, quantile, ratios } from './quantiles.mjs';

/** Contenders as they are called in the tables. */
export const NAMES = {
  cardwright: '**cardwright**',
  rows: '(cardwright, the module of rows)',
  slim: '**cardwright/slim**, its module a file beside it',
  'hand-written': 'hand-written',
  zod: 'zod 4',
  'zod-compile': 'zod 4, compiled',
  'zod-mini': 'zod/mini',
  valibot: 'valibot',
  arktype: 'arktype',
  ajv: 'ajv',
  'ajv-standalone': 'ajv standalone',
  typebox: 'typebox',
  'json-parse': '(JSON.parse alone)',
  papaparse: '(papaparse alone)',
  udsv: '(uDSV alone)',
  nothing: '(an empty file)',
};

/** A table; the first column is text, the others are figures. */
export function markdown(head, rows) {
  return [head, ['---', ...head.slice(1).map(() => '---:')], ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** Each contender's time over that of zod and of ajv, the fastest first, and what stands against those that were not timed. */
export function comparison(results) {
  const head = results.flatMap(({ engine }) => [`${engine}: ÷ zod (quartiles)`, '÷ ajv (quartiles)', 'median']);
  const ids = [...new Set(results.flatMap(({ took }) => Object.keys(took)))];
  const inFirst = (id) => median(results.find(({ took }) => took[id]).took[id]);
  ids.sort((one, other) => inFirst(one) - inFirst(other));
  const columns = ({ took }, id) => [over(took, id, 'zod'), over(took, id, 'ajv'), took[id] ? duration(median(took[id])) : ''];
  const rows = ids.map((id) => [NAMES[id], ...results.flatMap((result) => columns(result, id))]);
  const refused = results.flatMap(({ engine, refused }) =>
    Object.entries(refused).map(([id, wrong]) => `\nNot timed in ${engine}: ${NAMES[id]}. ${wrong.length} wrong, the first: ${wrong[0]}`),
  );
  return [markdown(['', ...head], rows), ...refused].join('\n');
}

function over(took, id, other) {
  if (took[id] === undefined || took[other] === undefined) return '';
  const all = ratios(took, id, other);
  return `${ratio(median(all))} (${ratio(quantile(all, 0.25))}–${ratio(quantile(all, 0.75))})`;
}

/** A ratio with two digits that count. */
export const ratio = (number) => (number < 0.1 ? number.toFixed(3) : number.toFixed(2));

export const megabytes = (bytes) => `${(bytes / 1e6).toFixed(0)} MB`;

export const milliseconds = (ms) => (ms < 10 ? `${ms.toFixed(1)} ms` : `${ms.toFixed(0)} ms`);

function duration(nanoseconds) {
  if (nanoseconds < 1e3) return `${nanoseconds.toFixed(0)} ns`;
  if (nanoseconds < 1e6) return `${(nanoseconds / 1e3).toPrecision(3)} µs`;
  return milliseconds(nanoseconds / 1e6);
}
