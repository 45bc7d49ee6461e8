// Runs in Node and in the page: proves each contender, then times all of them in rounds of random order.

import { chanceFrom, shuffle } from './chance.mjs';
import { wrongOf } from './proof.mjs';

const WARM_MS = 250;

/**
 * Times one workload.
 *
 * `load` gives a contender's bundle, `read` a file's text. The answer has the nanoseconds of each contender, one for each
 * round, and what stands against those that were not timed.
 */
export async function measure({ contenders, workload, rounds, sampleMs, load, read }) {
  const inputs = JSON.parse(await read('inputs.json'));
  const cases = JSON.parse(await read('cases.json'));
  const refused = {};
  const tasks = [];
  for (const id of contenders) {
    const { contender, workloads } = await load(id);
    const wrong = wrongOf(contender, cases, inputs);
    if (wrong.length > 0) refused[contender.name] = wrong;
    else tasks.push({ name: contender.name, work: workloads[workload](contender, inputs), times: 1, took: [] });
  }
  for (const task of tasks) calibrate(task, sampleMs);
  const chance = chanceFrom(rounds);
  for (let round = 0; round < rounds; round += 1) {
    for (const task of shuffle(chance, [...tasks])) task.took.push(nanoseconds(task));
  }
  return { took: Object.fromEntries(tasks.map(({ name, took }) => [name, took])), refused };
}

/** Runs it until it is compiled, and finds out how often it has to run to be timed. */
function calibrate(task, sampleMs) {
  const end = performance.now() + WARM_MS;
  let each = 0;
  do {
    each = nanoseconds(task);
    if (each * task.times < sampleMs * 5e5) task.times *= 2;
  } while (performance.now() < end);
  task.times = Math.max(1, Math.ceil((sampleMs * 1e6) / each));
}

function nanoseconds({ name, work, times }) {
  const start = performance.now();
  const right = work(times);
  const took = performance.now() - start;
  if (right !== times) throw new Error(`${name}: expected ${times} right results, found ${right}`);
  return (took * 1e6) / times;
}
