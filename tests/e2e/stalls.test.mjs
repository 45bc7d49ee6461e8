// An answer of the proxy that stops coming, at any byte of it: the SDK ends the call within its limit, and guesses nothing.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { OWN_PAGE, raise, TEST_LIMIT_MS, USER } from './stage.mjs';

const LIMIT_MS = 300;
/** Of a call whose answer comes: it only has to come, on any machine. */
const PATIENT_MS = 20_000;
/** From the limit to the end of the call. `STALL_GRACE_MS=1000` is for a machine that does nothing else. */
const GRACE_MS = Number(process.env.STALL_GRACE_MS ?? 5_000);
const AT_ONCE = 20;
/** Every so many bytes; `STALL_STEP=1` takes each. */
const STEP = Number(process.env.STALL_STEP ?? 13);

const REFUSED = 'user-8f3a2b1c-0e44-4f2d-9a11-000000000422';
const ADDRESS = { address_one: '100 Innovation Way', city: 'Anytown', state: 'TX', postal_code: '30044', country: 'US' };

describe('an answer that stops', { timeout: 5 * TEST_LIMIT_MS }, () => {
  let stage;
  let CardClient;
  before(async () => {
    stage = await raise({ lines: 1, browser: false, pintopay: { speed: 10_000 } });
    ({ CardClient } = await import(pathToFileURL(join(process.env.CARDWRIGHT_DEMO_DIR, 'cardwright/index.js')).href));
  });
  after(() => stage?.down());

  /** Asks with a client of its own, so that no call joins another. */
  function ask([issuer, operation, values, accept = []], idempotencyKey, timeoutMs = PATIENT_MS) {
    const client = new CardClient({ baseUrl: `${stage.lines.url(0)}/api`, timeoutMs, maxRetries: 0, headers: OWN_PAGE });
    return client.safe[issuer][operation](values, { idempotencyKey, accept });
  }

  /** How long a call took whose answer stopped. */
  async function stalled(call, key) {
    const start = performance.now();
    const { error } = await ask(call, key, LIMIT_MS);
    const took = performance.now() - start;
    const outcome = ['listCards', 'checkOrder'].includes(call[1]) ? 'not_sent' : 'unknown';
    assert.deepEqual({ code: error?.code, outcome: error?.outcome }, { code: 'timed_out', outcome }, call[1]);
    return took;
  }

  test('ten answers, each stopped all along', async (t) => {
    const virtual = ['ingo', 'issueCard', { user_id: USER, card_type: 'virtual' }];
    const physical = ['ingo', 'issueCard', { user_id: USER, card_type: 'physical', shipping_address: ADDRESS }];
    const order = ['pintopay', 'createCard', { product_code: 'plain', external_user_id: 'ext-123' }];
    const [first, second, made] = await Promise.all([virtual, physical, order].map((call) => ask(call, randomUUID())));
    const [id, unused] = [first, second].map(({ data }) => data.card.id);
    const order_id = made.data.order_id;
    const calls = [
      virtual, physical, order,
      ['ingo', 'issueCard', { user_id: REFUSED, card_type: 'virtual' }],
      ['ingo', 'activateCard', { user_id: USER, id: unused }],
      ['ingo', 'freezeCard', { user_id: USER, id }],
      ['ingo', 'unfreezeCard', { user_id: USER, id }],
      ['ingo', 'reissueCard', { user_id: USER, id, reuse_pan: false }, ['old_card_ends']],
      ['ingo', 'listCards', { user_id: USER }],
      ['pintopay', 'checkOrder', { order_id }],
    ];
    let slowest = 0;
    let stops = 0;
    for (const call of calls) {
      const key = randomUUID();
      // Of a write, the first one is made by the issuer, and all that follow are answered from the claim.
      await stage.lines.spoil(0);
      await ask(call, key);
      await ask(call, key);
      const length = (await stage.lines.log(0)).at(-1).passed;
      assert.ok(length > 200, `an answer of ${length} bytes`);
      await stage.lines.spoil(0, { on: '', faults: [{ answer: { at: { each: STEP }, end: 'stall' } }] });
      let left = Math.ceil(length / STEP);
      stops += left;
      const lane = async () => {
        while (left-- > 0) {
          slowest = Math.max(slowest, await stalled(call, key));
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, lane));
      const stopped = new Set((await stage.lines.log(0)).map(({ passed }) => passed));
      // On a busy machine the limit can end before the answer has come so far.
      for (let place = 0; place < length; place += STEP) {
        for (let tries = 0; !stopped.has(place); tries++) {
          assert.ok(tries < 20, `never stopped at byte ${place}`);
          await stage.lines.spoil(0, { on: '', faults: [{ answer: { at: { byte: place }, end: 'stall' } }] });
          slowest = Math.max(slowest, await stalled(call, key));
          for (const { passed } of await stage.lines.log(0)) stopped.add(passed);
        }
      }
    }
    t.diagnostic(`${stops} stops in ${calls.length} answers, the slowest call took ${Math.round(slowest)} ms`);
    assert.ok(slowest < LIMIT_MS + GRACE_MS, `${slowest} ms`);
  });
});
