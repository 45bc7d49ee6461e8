import { chanceFrom, shuffle } from '../chance.mjs';
import { CONTENDERS } from '../bundles.mjs';
import { comparison } from '../tables.mjs';

const QUICK = { rounds: 15, sampleMs: 3, warmMs: 150 };

/** A workload that every contender does in rounds. */
export function inRounds({ name, title, about, count, job }) {
  return {
    name,
    title,
    about,
    count,
    measure: (engines, { quick }) => {
      const often = quick ? { ...QUICK, rounds: Math.min(job.rounds, QUICK.rounds) } : {};
      return eachEngine(engines, (engine) => engine.measure({ ...job, ...often }));
    },
    table: comparison,
  };
}

/** The time from a bundle's import to the result of its first check, in a fresh process or page each time. */
export const first = {
  name: 'first',
  title: 'From import to first result, in a fresh process or page',
  about: 'Each contender is one minified file; the page has loaded nothing else. Our module is part of its file.',
  measure: (engines, { quick }) =>
    eachEngine(engines, async (engine) => {
      const took = Object.fromEntries(['nothing', ...CONTENDERS].map((id) => [id, []]));
      const chance = chanceFrom(1);
      for (let round = 0; round < (quick ? 5 : 15); round += 1) {
        for (const id of shuffle(chance, Object.keys(took))) took[id].push((await engine.first(id)) * 1e6);
      }
      return { took, refused: {} };
    }),
  table: comparison,
};

/** One after the other: they share the machine. */
async function eachEngine(engines, measure) {
  const results = [];
  for (const engine of engines) results.push({ engine: engine.name, ...(await measure(engine)) });
  return results;
}
