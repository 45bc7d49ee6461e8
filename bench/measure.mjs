// Runs in Node and in the page: proves each contender, then times all of them in rounds of random order.

import { chanceFrom, shuffle } from './chance.mjs';
import { rowsAreRight, wrongOf } from './proof.mjs';
import { median } from './quantiles.mjs';

/**
 * Times one workload.
 *
 * `load` gives a contender's bundle, `read` a file's bytes, `clock` milliseconds of CPU time: neighbours on the machine do not
 * count. The answer has the nanoseconds of each contender, one for each round, and what stands against those not timed.
 */
export async function measure({ contenders, workload, file, rounds, sampleMs, warmMs, load, read, clock }) {
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
    else tasks.push({ id, work: workloads[workload](contender, given), times: file === undefined ? 128 : 1, took: [] });
  }
  const timed = await stopwatch(clock);
  for (const task of tasks) await calibrate(task, timed, sampleMs, warmMs);
  const chance = chanceFrom(rounds);
  for (let round = 0; round < rounds; round += 1) {
    for (const task of shuffle(chance, [...tasks])) task.took.push(await timed(task));
  }
  return { took: Object.fromEntries(tasks.map(({ id, took }) => [id, took])), refused };
}

async function sourceOf({ name, as }, read) {
  const bytes = await read(name);
  return as === 'text' ? new TextDecoder().decode(bytes) : bytes;
}

/** Runs it until it is compiled, and finds out how often it has to run to be timed. */
async function calibrate(task, timed, sampleMs, warmMs) {
  let each = 0;
  for (let spent = 0; spent < warmMs * 1e6 || spent === 0; spent += each * task.times) {
    if (each * task.times < sampleMs * 5e5) task.times *= 2;
    each = await timed(task);
  }
  task.times = Math.max(1, Math.ceil((sampleMs * 1e6) / each));
}

/** Gives how many nanoseconds a task takes each time; what reading the clock costs is taken off. */
async function stopwatch(clock) {
  const readings = [];
  for (let at = 0; at < 21; at += 1) readings.push(-(await clock()) + (await clock()));
  const cost = median(readings);
  return async ({ id, work, times }) => {
    const start = await clock();
    const doing = work(times);
    // Only one that has to wait may wait.
    const right = typeof doing === 'number' ? doing : await doing;
    const took = (await clock()) - start - cost;
    if (right !== times) throw new Error(`${id}: expected ${times} right results, found ${right}`);
    if (took <= 0) throw new Error(`${id}: expected ${times} times to take longer than to read the clock`);
    return (took * 1e6) / times;
  };
}
