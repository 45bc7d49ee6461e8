// What is measured once for each fresh process or page. Bundled for the page, imported in Node.

/** The values of the first check. */
export const FIRST = {
  user_id: 'user-8f3a2b1c-0e44-4f2d-9a11-7b23cc90d1ef',
  card_type: 'physical',
  shipping_address: { address_one: '100 Innovation Way', city: 'Anytown', state: 'TX', postal_code: '30044', country: 'US' },
};

/** Milliseconds from the import of a bundle to the result of its first check. */
export async function first(load) {
  const start = performance.now();
  const { check, passed } = await load();
  const right = passed(check(FIRST));
  const took = performance.now() - start;
  if (!right) throw new Error('expected the first request to pass');
  return took;
}

/** Checks a file's rows. */
export async function checkFile({ contender, workloads }, blob, { format, expected, worker }) {
  const { rows, invalid } = await workloads.fromFile(contender, blob, format, worker);
  const wrong = expected.places.length;
  if (rows !== expected.rows || invalid !== wrong) {
    throw new Error(`expected ${wrong} of ${expected.rows} rows to be wrong, found ${invalid} of ${rows}`);
  }
}

/** The longest time, in milliseconds, that nothing else could run on the page while `work` was under way; and how long that took. */
export async function blockedWhile(work) {
  const { port1, port2 } = new MessageChannel();
  let last = performance.now();
  let longest = 0;
  let beats = true;
  port1.onmessage = () => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
    if (beats) port2.postMessage(0);
  };
  port2.postMessage(0);
  await pause(200);
  longest = 0;
  const start = performance.now();
  await work();
  const took = performance.now() - start;
  await pause(50);
  beats = false;
  return { longest, took };
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
