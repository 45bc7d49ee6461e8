// A trapped instance is thrown away: every pending call settles at once, and the next call works.
// The trap is real: the shipped wasm, made to read outside of its memory, or out of stack.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from './installed.mjs';
import { FREEZE, VIRTUAL, envelope } from './issuer.mjs';
import { json, serve } from './server.mjs';

// The instances are watched as they are made; their exports are the way to trap them from outside.
const instances = [];
const { Instance } = WebAssembly;
WebAssembly.Instance = class extends Instance {
  constructor(module, imports) {
    super(module, imports);
    instances.push(this);
  }
};

const { ingo, CardClient } = await load();

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

test('a check that runs out of stack never looks valid, and the next one works', () => {
  for (let round = 0; round < 50; round++) {
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
});

test('a fetch that rejects as no fetch should traps the transport: all its calls settle as unknown, and the next works', async () => {
  let answering = false;
  const server = await serve((_, response) => answering && json(response, 200, envelope()));
  const { fetch } = globalThis;
  try {
    const client = new CardClient({ baseUrl: server.baseUrl, timeoutMs: 5000 });
    const before = instances.length;
    const pending = [client.safe.ingo.freezeCard(FREEZE), client.safe.ingo.unfreezeCard(FREEZE), client.safe.ingo.issueCard(VIRTUAL)];
    while (server.requests.length < 3) await new Promise((resolve) => setTimeout(resolve, 10));

    const start = performance.now();
    globalThis.fetch = async () => { throw 'a string, which gloo-net takes for a bug'; };
    const trapping = client.safe.ingo.activateCard(FREEZE);
    const settled = await Promise.all([...pending, trapping]);
    assert.ok(performance.now() - start < 1000, 'long before their time limit');
    for (const { ok, error } of settled) assert.deepEqual([ok, error.code, error.outcome], [false, 'internal_error', 'unknown']);

    globalThis.fetch = fetch;
    answering = true;
    assert.equal((await client.safe.ingo.freezeCard(FREEZE)).ok, true);
    assert.ok(instances.length > before, 'on a fresh instance');
    assert.equal(ingo.issueCard.check(VIRTUAL).ok, true);
  } finally {
    globalThis.fetch = fetch;
    await server.close();
  }
});
