// A clock that jumps to the next timer as soon as nothing else is left to do, so that two minutes pass in milliseconds.

const real = { setTimeout, clearTimeout, setImmediate, performanceNow: performance.now };

/** Runs with the clock in place; `clock.now()` tells its milliseconds, `clock.at(ms, act)` does something at a moment. */
export async function withClock(run) {
  let now = 0;
  let timers = [];
  let ids = 0;
  let isOver = false;
  globalThis.setTimeout = (act, ms = 0, ...given) => {
    // As Node does it: what does not fit into 31 bits fires at once.
    const wait = ms >= 1 && ms <= 2 ** 31 - 1 ? ms : 1;
    timers.push({ id: ++ids, at: now + wait, act: () => act(...given) });
    return ids;
  };
  globalThis.clearTimeout = (id) => (timers = timers.filter((timer) => timer.id !== id));
  performance.now = () => now;
  const clock = { now: () => now, at: (ms, act) => globalThis.setTimeout(act, ms - now), timers: () => timers.length };
  // A digest is made by another thread, which the clock must not outrun.
  let digesting = 0;
  const { digest } = crypto.subtle;
  crypto.subtle.digest = (...given) => {
    digesting += 1;
    return digest.apply(crypto.subtle, given).finally(() => (digesting -= 1));
  };
  const drive = (async () => {
    while (!isOver) {
      for (let turn = 0; turn < 20 || digesting > 0; turn++) await new Promise((resolve) => real.setImmediate(resolve));
      timers.sort((a, b) => a.at - b.at || a.id - b.id);
      const next = timers.shift();
      if (next === undefined) continue;
      now = Math.max(now, next.at);
      next.act();
    }
  })();
  try {
    return await run(clock);
  } finally {
    isOver = true;
    await drive;
    globalThis.setTimeout = real.setTimeout;
    globalThis.clearTimeout = real.clearTimeout;
    performance.now = real.performanceNow;
    crypto.subtle.digest = digest;
  }
}
