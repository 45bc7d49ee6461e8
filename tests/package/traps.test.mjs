// A trapped instance is thrown away: every pending call settles at once, and the next call works.
// The trap is real: the shipped wasm, made to read outside of its memory, or out of stack.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from './installed.mjs';
import { FREEZE, VIRTUAL, envelope } from './issuer.mjs';
import { json, serve } from './server.mjs';

// The instances are watched as they are made; their exports are the way to trap them from outside.
const instances = { made: 0, last: undefined };
/** How many of the next checks are given a text that lies outside of the memory. */
let traps = 0;
/** How many of the next checks are asked about an operation that there is not. */
let bent = 0;
/** The same as `traps` for the next calls of what is called for each keystroke. */
let quickTraps = 0;
const { Instance } = WebAssembly;
WebAssembly.Instance = class extends Instance {
  constructor(module, imports) {
    super(module, imports);
    instances.made += 1;
    instances.last = super.exports;
  }

  get exports() {
    const { check, judge, verdict, ...others } = super.exports;
    const trap = () => check(0, 0xffff_fff0, 16, 0, 0, 0);
    const quick = (call) => (...values) => (quickTraps > 0 && quickTraps-- ? trap() : call(...values));
    return {
      ...others,
      check: (operation, ...values) => (traps > 0 && traps-- ? trap() : check(bent > 0 && bent-- ? 999 : operation, ...values)),
      judge: quick(judge),
      verdict: quick(verdict),
    };
  }
};

const { ingo, CardClient } = await load();

/** The whole of what is promised takes `CARDWRIGHT_LONG=1` and a minute; a leak or a wrong word shows in a tenth of it. */
const [TRAPS, CHECKS] = process.env.CARDWRIGHT_LONG ? [10_000, 1_000_000] : [1_000, 100_000];

/** Runs out of stack inside whatever `enter` does. */
function exhaust(enter) {
  let result;
  const deeper = () => {
    try {
      deeper();
    } catch {
      result ??= enter();
    }
  };
  deeper();
  return result;
}

/** Checks deeper and deeper in the stack, and after each exhaustion once where there is room. */
function exhausted(faces, rounds) {
  const { ingo } = faces;
  for (let round = 0; round < rounds; round++) {
    const checked = exhaust(() => {
      try {
        return ingo.issueCard.check({});
      } catch (error) {
        return { ok: false, thrown: error instanceof RangeError, issues: [] };
      }
    });
    assert.equal(checked?.ok ?? false, false);
    assert.equal(ingo.issueCard.check(VIRTUAL).ok, true);
  }
}

test('a check that runs out of stack never looks valid, and the next one works', () => exhausted({ ingo }, 50));

test(`${TRAPS} traps: each call ends typed, and the next one works`, () => {
  const before = instances.made;
  for (let round = 0; round < TRAPS; round++) {
    // The first trap is made good on a fresh instance; the second in a row is told.
    traps = 1 + (round % 2);
    // Another normal form goes the long way.
    const checked = ingo.issueCard.check({ ...VIRTUAL, card_type: ' virtual ' });
    if (round % 2 === 0) assert.deepEqual(checked, { ok: true, request: VIRTUAL, notices: [] });
    else assert.deepEqual([checked.ok, checked.issues.map(({ code }) => code)], [false, ['internal_error']]);
    assert.equal(traps, 0, 'it was trapped');
    assert.equal(ingo.issueCard.check(VIRTUAL).ok, true);
  }
  assert.equal(instances.made - before, TRAPS * 1.5, 'each trap cost an instance');
});

test('a place that is no operation is a fault of ours: it costs an instance, and the next one is right', () => {
  const before = instances.made;
  bent = 1;
  assert.deepEqual(ingo.issueCard.check({ ...VIRTUAL, card_type: ' virtual ' }), { ok: true, request: VIRTUAL, notices: [] });
  assert.deepEqual([bent, instances.made - before], [0, 1]);
  bent = 2;
  const { ok, issues } = ingo.issueCard.check({ ...VIRTUAL, card_type: ' virtual ' });
  assert.deepEqual([ok, issues.map(({ code }) => code), bent], [false, ['internal_error'], 0]);
  assert.equal(ingo.issueCard.check(VIRTUAL).ok, true);
});

test('a trap on the short way costs an instance, and the long way is gone', () => {
  const before = instances.made;
  const whole = { ok: true, request: VIRTUAL, notices: [] };
  quickTraps = 1;
  assert.deepEqual(ingo.issueCard.check(VIRTUAL), whole);
  assert.deepEqual([quickTraps, instances.made - before], [0, 1]);
  const form = ingo.issueCard.form({ ...VIRTUAL, user_id: 'user-' });
  assert.equal(form.checked.ok, false);
  quickTraps = 1;
  assert.deepEqual(form.set('user_id', VIRTUAL.user_id), whole);
  assert.deepEqual([quickTraps, instances.made - before], [0, 2]);
});

test('no-wasm drops its instance, too: out of stack, and out of memory', async () => {
  const { ArrayBuffer: Buffer } = globalThis;
  let made = 0;
  let room = true;
  globalThis.ArrayBuffer = class extends Buffer {
    constructor(...given) {
      if (!room) throw new RangeError('no memory is left');
      super(...given);
      made += 1;
    }
  };
  try {
    const faces = await load('no-wasm', '?traps');
    assert.equal(made, 0, 'and makes none at import');
    exhausted(faces, 20);
    const before = made;
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ status: 'success', message: 'x'.repeat(250_000), data: { items: [] } });
    const { read } = faces.ingo.issueCard;
    room = false;
    // What cannot be read after a write is a fault of ours, and nothing that looks like an answer.
    assert.throws(() => read({ status: 200, headers, body: body.repeat(8) }), { code: 'internal_error' });
    room = true;
    assert.equal(read({ status: 200, headers, body }).ok, true);
    assert.ok(made > before, 'on a fresh instance');
    assert.equal(faces.ingo.issueCard.check(VIRTUAL).ok, true);
  } finally {
    globalThis.ArrayBuffer = Buffer;
  }
});

test(`${CHECKS} checks need at most 128 KiB more memory`, (context) => {
  const inputs = [
    VIRTUAL,
    { user_id: '', card_type: '\u00e9\u20ac'.repeat(200), unknown: 1, shipping_address: { state: 'XX' } },
    { ...FREEZE, reason: 'x'.repeat(12_000) },
  ];
  const run = (checks) => {
    for (let at = 0; at < checks; at++) ingo.issueCard.check(inputs[at % 100 < 98 ? 0 : (at % 100) - 97]);
    return instances.last.memory.buffer.byteLength;
  };
  const before = run(1000);
  const made = instances.made;
  const grown = run(CHECKS) - before;
  context.diagnostic(`${grown} bytes more than after the first 1,000, ${before} bytes in all`);
  assert.equal(instances.made, made, 'by one and the same instance');
  assert.ok(grown <= 128 * 1024, `${grown}`);
});

test('a fetch that rejects as no fetch should traps the transport: all its calls settle as unknown, and the next works', { timeout: 180_000 }, async () => {
  let answering = false;
  const server = await serve((_, response) => answering && json(response, 200, envelope()));
  const { fetch } = globalThis;
  try {
    const client = new CardClient({ baseUrl: server.baseUrl, timeoutMs: 30_000 });
    const before = instances.made;
    const pending = [client.safe.ingo.freezeCard(FREEZE), client.safe.ingo.unfreezeCard(FREEZE), client.safe.ingo.issueCard(VIRTUAL)];
    while (server.requests.length < 3) await new Promise((resolve) => setTimeout(resolve, 10));

    const start = performance.now();
    globalThis.fetch = async () => { throw 'a string, which gloo-net takes for a bug'; };
    const trapping = client.safe.ingo.activateCard(FREEZE);
    const settled = await Promise.all([...pending, trapping]);
    assert.ok(performance.now() - start < 10_000, 'long before their time limit');
    for (const { ok, error } of settled) assert.deepEqual([ok, error.code, error.outcome], [false, 'internal_error', 'unknown']);

    globalThis.fetch = fetch;
    answering = true;
    assert.equal((await client.safe.ingo.freezeCard(FREEZE)).ok, true);
    assert.ok(instances.made > before, 'on a fresh instance');
    assert.equal(ingo.issueCard.check(VIRTUAL).ok, true);
  } finally {
    globalThis.fetch = fetch;
    await server.close();
  }
});
