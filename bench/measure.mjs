// Runs in Node and in the page: proves each contender, then times all of them in rounds of random order.

import { chanceFrom, shuffle } from './chance.mjs';
import { rowsAreRight, wrongOf } from './proof.mjs';

/**
 * Times one workload.
 *
 * `load` gives a contender's bundle, `read` a file's bytes. The answer has the nanoseconds of each contender, one for each
 * round, and what stands against those that were not timed.
 */
export async function measure({ contenders, workload, file, rounds, sampleMs, warmMs, load, read }) {
  const parsed = async (name) => JSON.parse(new TextDecoder().decode(await read(name)));
  const [inputs, cases] = [await parsed('inputs.json'), await parsed('cases.json')];
  const given = file === undefined ? inputs : { ...file, source: await sourceOf(file, read), expected: await parsed(file.expected) };
  const refused = {};
  const tasks = [];
  for (const id of contenders) {
    const { contender, workloads } = await load(id);
    const wrong = contender.count ? [] : wrongOf(contender, cases, inputs);
    if (file && !contender.count && !rowsAreRight(await workloads.found(contender, given), given.expected)) {
      wrong.push(`expected the issues of ${file.name}, found others`);
    }
    if (wrong.length > 0) refused[id] = wrong;
    else tasks.push({ id, work: workloads[workload](contender, given), times: 1, took: [] });
  }
  for (const task of tasks) await calibrate(task, sampleMs, warmMs);
  const chance = chanceFrom(rounds);
  for (let round = 0; round < rounds; round += 1) {
    for (const task of shuffle(chance, [...tasks])) task.took.push(await nanoseconds(task));
  }
  return { took: Object.fromEntries(tasks.map(({ id, took }) => [id, took])), refused };
}

async function sourceOf({ name, as }, read) {
  const bytes = await read(name);
  return as === 'text' ? new TextDecoder().decode(bytes) : bytes;
}

/** Runs it until it is compiled, and finds out how often it has to run to be timed. */
async function calibrate(task, sampleMs, warmMs) {
  const end = performance.now() + warmMs;
  let each = 0;
  do {
    each = await nanoseconds(task);
    if (each * task.times < sampleMs * 5e5) task.times *= 2;
  } while (performance.now() < end);
  task.times = Math.max(1, Math.ceil((sampleMs * 1e6) / each));
}

async function nanoseconds({ id, work, times }) {
  const start = performance.now();
  const doing = work(times);
  // Only one that has to wait may wait.
  const right = typeof doing === 'number' ? doing : await doing;
  const took = performance.now() - start;
  if (right !== times) throw new Error(`${id}: expected ${times} right results, found ${right}`);
  return (took * 1e6) / times;
}
