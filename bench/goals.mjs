// The goals of DESIGN.md, section 8, beside what was found.

import { median, ratios } from './quantiles.mjs';
import { markdown, milliseconds, ratio } from './tables.mjs';

const ENGINES = ['Chromium', 'Node'];

/** At most such a part of another's time. */
const atMost = (name, text, other, limits) => ({
  text,
  found: (data, engine) => share(data, name, engine, (took) => median(ratios(took, 'cardwright', other))),
  limits,
  holds: (found, limit) => found <= limit,
  say: ratio,
});

/** So many times as fast as another. */
const faster = (name, text, limits) => ({
  text,
  found: (data, engine) => share(data, name, engine, (took) => median(ratios(took, 'ajv', 'cardwright'))),
  limits,
  holds: (found, limit) => found >= limit,
  say: (times) => `${times.toFixed(1)}x`,
});

const GOALS = [
  atMost('one', 'one valid request: at most this part of zod', 'zod', [0.45, 0.45]),
  atMost('one', 'one valid request: no slower than ajv', 'ajv', [1, 1]),
  atMost('three', 'wrong in three places: at most this part of zod', 'zod', [0.1, 0.1]),
  atMost('keystroke', 'a keystroke: at most this part of zod', 'zod', [0.25, 0.25]),
  atMost('envelope', '25 cards from text: no slower than JSON.parse + ajv', 'ajv', [1, 1]),
  ...['10k', '100k'].flatMap((count) => [
    faster(`rows-${count}-json-text`, `${count} rows, JSON text: faster than JSON.parse + ajv`, [3.5, 7]),
    faster(`rows-${count}-json-bytes`, `${count} rows, JSON bytes: faster than decode + JSON.parse + ajv`, [10, 10]),
    faster(`rows-${count}-csv-text`, `${count} rows, CSV text: faster than papaparse + ajv`, [9, 18]),
  ]),
  {
    text: '100k rows, with the worker: the page is never blocked for longer',
    found: ({ blocked }, engine) =>
      engine === 'Chromium' && blocked?.some(({ worker }) => worker)
        ? Math.max(...blocked.filter(({ worker }) => worker).map(({ longest }) => longest))
        : undefined,
    limits: [50],
    holds: (found, limit) => found <= limit,
    say: milliseconds,
  },
  atMost('first', 'import to first result: below zod', 'zod', [1, 1]),
];

function share(data, name, engine, figure) {
  const took = data[name]?.find((result) => result.engine === engine)?.took;
  return took?.cardwright && figure(took);
}

/** Each goal with its figure and whether it holds; those of which nothing was measured are left out. */
export function goals(data) {
  const rows = GOALS.flatMap(({ text, found, limits, holds, say }) => {
    const figures = ENGINES.map((engine) => found(data, engine));
    if (figures.every((figure) => figure === undefined)) return [];
    const cells = figures.flatMap((figure, at) => {
      if (figure === undefined) return ['', '', ''];
      return [say(limits[at]), say(figure), holds(figure, limits[at]) ? 'yes' : '**no**'];
    });
    return [[text, ...cells]];
  });
  return rows.length === 0 ? '' : markdown(['goal', ...ENGINES.flatMap((engine) => [engine, 'found', 'holds'])], rows);
}
