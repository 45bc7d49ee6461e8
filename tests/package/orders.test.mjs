// Waiting for an order: the truth, within its limits, at once when aborted.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from './installed.mjs';
import { problem } from './issuer.mjs';

const { CardClient, pintopay } = await load();

const order = (status, issue_status, more = {}) => ({
  order_id: 'o-1', order_type: 'card_issue', status, issue_status, is_issued: false, data: {}, created_at: '2026-01-01T00:00:00Z', ...more,
});
const answer = (order) => new Response(JSON.stringify({ success: true, order }), { headers: { 'content-type': 'application/json' } });
const COMPLETED = order('completed', 'completed', { is_issued: true, card_id: 'c-1' });

/** Time that passes only when everybody waits for it. */
class VirtualTime {
  now = 0;
  #timers = new Map();
  #next = 1;
  #real = { setTimeout: globalThis.setTimeout, clearTimeout: globalThis.clearTimeout, now: performance.now };

  install() {
    globalThis.setTimeout = (call, ms = 0) => (this.#timers.set(this.#next, { at: this.now + ms, call }), this.#next++);
    globalThis.clearTimeout = (id) => void this.#timers.delete(id);
    performance.now = () => this.now;
  }

  uninstall() {
    Object.assign(globalThis, { setTimeout: this.#real.setTimeout, clearTimeout: this.#real.clearTimeout });
    performance.now = this.#real.now;
  }

  /** Runs until a promise settles, from timer to timer. */
  async until(promise) {
    let settled = false;
    const done = () => (settled = true);
    promise.then(done, done);
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      if (settled) return promise;
      const [id, timer] = [...this.#timers].reduce((first, one) => (one[1].at < first[1].at ? one : first), [0, { at: Infinity }]);
      if (timer.at === Infinity) continue;
      this.#timers.delete(id);
      this.now = Math.max(this.now, timer.at);
      timer.call();
    }
  }
}

const inVirtualTime = async (run) => {
  const time = new VirtualTime();
  time.install();
  try {
    return await run(time);
  } finally {
    time.uninstall();
  }
};

const clientOf = (reply) => {
  const polls = [];
  const client = new CardClient({ baseUrl: 'http://localhost/api', fetch: async (url, init) => (polls.push([url, init.body]), reply(polls.length)) });
  return { client, polls };
};

test('an order is waited for, told step by step, and ends with its card', () =>
  inVirtualTime(async (time) => {
    const life = [order('new'), order('processing', 'card_create_pending'), order('processing', 'card_create_done', { card_id: 'c-1' }), COMPLETED];
    const { client, polls } = clientOf((poll) => answer(life[Math.min(poll, life.length) - 1]));
    const steps = [];
    const last = await time.until(client.pintopay.waitForOrder('o-1', { onUpdate: (step) => steps.push(step) }));
    assert.deepEqual([last.result, last.usable, last.card_id, last.order.status], ['issued', true, 'c-1', 'completed']);
    assert.deepEqual(steps.map((step) => step.progress.code), ['ordered', 'making_card', 'card_made', 'completed']);
    assert.deepEqual(polls[0], ['http://localhost/api/pintopay/orders/check', '{"order_id":"o-1"}']);
    assert.equal(polls.length, 4);
  }));

test('an end that is bad business is an answer, not an exception', () =>
  inVirtualTime(async (time) => {
    const failed = order('failed', 'initial_topup_error', { is_issued: true, card_id: 'c-1', last_error_slug: 'insufficient_funds' });
    const problemCard = await time.until(clientOf(() => answer(failed)).client.pintopay.waitForOrder('o-1'));
    assert.deepEqual([problemCard.result, problemCard.usable, problemCard.card_id], ['issued_with_problem', false, 'c-1']);
    const none = await time.until(clientOf(() => answer(order('failed', 'card_create_error'))).client.pintopay.waitForOrder('o-1'));
    assert.equal(none.result, 'failed');
    const skipped = order('completed', 'initial_topup_skipped', { is_issued: true });
    const unusable = await time.until(clientOf(() => answer(skipped)).client.pintopay.waitForOrder('o-1'));
    assert.deepEqual([unusable.result, unusable.usable], ['issued', false]);
  }));

test('an order that outlasts the limit is still running, with what was seen last', () =>
  inVirtualTime(async (time) => {
    const { client, polls } = clientOf(() => answer(order('processing', 'card_create_error')));
    const last = await time.until(client.pintopay.waitForOrder('o-1'));
    assert.deepEqual([last.result, last.order.issue_status, last.progress.retrying], ['still_running', 'card_create_error', true]);
    assert.ok(polls.length <= 40 && time.now <= 300_001, `${polls.length} polls, ${time.now} ms`);
    assert.ok(polls.length === 40 || time.now >= 299_000);
    const from = time.now;
    await time.until(client.pintopay.waitForOrder('o-1', { timeoutMs: 5_000 }));
    assert.ok(time.now - from <= 5_001 && time.now - from >= 4_999, 'a limit of the caller, and a last look at its end');
  }));

test('failed reads on the way are told and tried again; what waiting does not change is told at once', () =>
  inVirtualTime(async (time) => {
    const replies = [() => { throw new TypeError('offline'); }, () => problem(502, 'issuer_unreadable', 'not_sent'), () => answer(COMPLETED)];
    const { client, polls } = clientOf((poll) => replies[Math.min(poll, 3) - 1]());
    const errors = [];
    const last = await time.until(client.pintopay.waitForOrder('o-1', { onUpdate: ({ error }) => errors.push(error?.code) }));
    assert.deepEqual([last.result, errors, polls.length], ['issued', ['network_error', 'issuer_unreadable', undefined], 3]);

    for (const [status, code] of [[502, 'issuer_rejected'], [403, 'forbidden']]) {
      const refusing = clientOf(() => problem(status, code, 'rejected'));
      await assert.rejects(time.until(refusing.client.pintopay.waitForOrder('o-1')), (error) => error.code === code);
      assert.equal(refusing.polls.length, 1);
    }
    await assert.rejects(time.until(clientOf(() => answer(COMPLETED)).client.pintopay.waitForOrder('')), (error) => error.code === 'invalid_request');
  }));

test('a late answer does not take an order back', () =>
  inVirtualTime(async (time) => {
    const life = [order('processing', 'card_create_done', { card_id: 'c-1' }), order('new'), order('processing', 'card_create_pending'), COMPLETED];
    const { client } = clientOf((poll) => answer(life[poll - 1]));
    const seen = [];
    await time.until(client.pintopay.waitForOrder('o-1', { onUpdate: ({ order }) => seen.push(order.issue_status ?? order.status) }));
    assert.deepEqual(seen, ['card_create_done', 'card_create_done', 'card_create_done', 'completed']);
  }));

test('everybody who waits for one order shares one poller, and each may leave', () =>
  inVirtualTime(async (time) => {
    const { client, polls } = clientOf((poll) => answer(poll < 4 ? order('processing') : COMPLETED));
    const leaving = new AbortController();
    const left = client.pintopay.waitForOrder('o-1', { signal: leaving.signal });
    const both = [client.pintopay.waitForOrder('o-1'), client.pintopay.waitForOrder('o-1', { timeoutMs: 200_000 })];
    leaving.abort();
    await assert.rejects(left, (error) => error.code === 'aborted' && error.outcome === 'not_sent');
    const ends = await time.until(Promise.all(both));
    assert.deepEqual([ends.map((end) => end.result), polls.length], [['issued', 'issued'], 4]);
  }));

test('an abort settles at once, in a read and in a pause', async () => {
  for (const reply of [() => new Promise(() => {}), () => answer(order('processing'))]) {
    const controller = new AbortController();
    const waiting = clientOf(reply).client.pintopay.waitForOrder('o-1', { signal: controller.signal });
    await new Promise((resolve) => setTimeout(resolve, 50));
    const start = performance.now();
    controller.abort();
    await assert.rejects(waiting, (error) => error.code === 'aborted');
    assert.ok(performance.now() - start < 100);
  }
  await assert.rejects(clientOf(() => answer(COMPLETED)).client.pintopay.waitForOrder('o-1', { signal: AbortSignal.abort() }), (error) => error.code === 'aborted');
});

test('watchOrder gives the same steps one by one, and leaving it stops the polling', () =>
  inVirtualTime(async (time) => {
    const life = [order('new'), order('processing', 'initial_topup_pending'), COMPLETED];
    const { client } = clientOf((poll) => answer(life[Math.min(poll, 3) - 1]));
    const seen = [];
    const all = (async () => {
      for await (const step of client.pintopay.watchOrder('o-1')) seen.push(step.progress.percent);
    })();
    await time.until(all);
    assert.deepEqual(seen, [10, 70, 100]);

    const endless = clientOf(() => answer(order('processing')));
    const first = (async () => {
      for await (const step of endless.client.pintopay.watchOrder('o-1')) return step.result;
    })();
    assert.equal(await time.until(first), 'still_running');
    await time.until(new Promise((resolve) => setTimeout(resolve, 60_000)));
    assert.equal(endless.polls.length, 1);
  }));

test('a hidden page is left alone, and its time does not count', () =>
  inVirtualTime(async (time) => {
    const listeners = new Set();
    const addEventListener = (type, call, { signal }) => {
      listeners.add(call);
      signal.addEventListener('abort', () => listeners.delete(call));
    };
    const page = { visibilityState: 'visible', addEventListener };
    Object.assign(globalThis, { document: page, addEventListener });
    try {
      const show = (state) => {
        page.visibilityState = state;
        for (const call of listeners) call();
      };
      const { client, polls } = clientOf(() => answer(order('processing')));
      const waiting = client.pintopay.waitForOrder('o-1', { timeoutMs: 20_000 });
      await time.until(new Promise((resolve) => setTimeout(resolve, 500)));
      assert.equal(polls.length, 1);
      show('hidden');
      await time.until(new Promise((resolve) => setTimeout(resolve, 3_600_000)));
      assert.equal(polls.length, 1, 'nothing is asked while nobody looks');
      const back = time.now;
      show('visible');
      const last = await time.until(waiting);
      assert.equal(last.result, 'still_running');
      assert.ok(time.now - back >= 19_000 && time.now - back <= 20_001, `${time.now - back}`);
      assert.equal(listeners.size, 0);
    } finally {
      for (const name of ['document', 'addEventListener']) delete globalThis[name];
    }
  }));

test('a worker that is offline at one poll goes on: it has no page that would tell when that ends', () =>
  inVirtualTime(async (time) => {
    const real = Object.getOwnPropertyDescriptor(globalThis, 'navigator');
    Object.defineProperty(globalThis, 'navigator', { value: { onLine: false }, configurable: true, writable: true });
    try {
      const { client, polls } = clientOf((poll) => {
        if (poll > 1) return answer(COMPLETED);
        throw new TypeError('offline');
      });
      const hangs = new Promise((resolve) => setTimeout(() => resolve({ result: 'hangs' }), 600_000));
      const { result } = await time.until(Promise.race([client.pintopay.waitForOrder('o-1'), hangs]));
      assert.deepEqual([result, polls.length], ['issued', 2]);
    } finally {
      delete globalThis.navigator;
      if (real) Object.defineProperty(globalThis, 'navigator', real);
    }
  }));

test('who reads an order while it is waited for has a call of their own, tried as often as any', async () => {
  let asked = 0;
  const client = new CardClient({
    baseUrl: 'http://localhost/api',
    fetch: async () => {
      asked += 1;
      await new Promise((resolve) => setTimeout(resolve, 20));
      if (asked <= 2) throw new TypeError('lost');
      return answer(COMPLETED);
    },
  });
  const left = new AbortController();
  const waiting = client.pintopay.waitForOrder('o-1', { signal: left.signal }).catch(() => {});
  await new Promise((resolve) => setTimeout(resolve, 5));
  const { data } = await client.pintopay.checkOrder({ order_id: 'o-1' });
  assert.equal(data.card_id, 'c-1');
  left.abort();
  await waiting;
});

test('10,000 simulated orders keep to their limits, in number and in time', () =>
  inVirtualTime(async (time) => {
    let random = 42;
    const chance = () => (random = (random * 1_103_515_245 + 12_345) % 2_147_483_648) / 2_147_483_648;
    const counts = { issued: 0, still_running: 0 };
    for (let round = 0; round < 100; round++) {
      const waits = Array.from({ length: 100 }, () => {
        const from = time.now;
        const endsAt = from + chance() ** 3 * 400_000;
        const { client, polls } = clientOf(() => answer(time.now >= endsAt ? COMPLETED : order('processing')));
        return client.pintopay.waitForOrder('o-1').then(({ result }) => {
          counts[result] += 1;
          assert.ok(polls.length <= 40 && time.now - from <= 300_001, `${polls.length} polls, ${time.now - from} ms`);
        });
      });
      await time.until(Promise.all(waits));
    }
    assert.equal(counts.issued + counts.still_running, 10_000);
    assert.ok(counts.issued > 1_000 && counts.still_running > 500);
  }));

test('what an order says, from any source', () => {
  assert.deepEqual(pintopay.orderProgress(order('processing', 'initial_topup_error')), {
    step: 4, of: 5, percent: 70, code: 'retrying_topup', label: 'The first top-up did not work at once. The issuer is trying again.', retrying: true,
  });
  assert.deepEqual(pintopay.orderResult({ status: 'failed', issue_status: null, is_issued: null, card_id: 'c' }), { result: 'issued_with_problem', usable: false });
  assert.deepEqual(pintopay.explain('insufficient_funds'), { message: 'The master balance does not cover the fees. Top it up and try again.', hint: 'top_up_balance' });
  assert.equal(pintopay.explain('brand_new'), undefined);
});

test('an order is created from exactly one product', () => {
  const codes = (values) => pintopay.createCard.check(values).issues?.map(({ path, code }) => [path.join('.'), code]);
  assert.equal(codes({ product_code: 'plain', external_user_id: 'ext-1' }), undefined);
  assert.equal(codes({ product_id: '7', product_code: '', external_user_id: 'ext-1' }), undefined);
  assert.deepEqual(codes({ external_user_id: 'ext-1' }), [['product_code', 'exactly_one']]);
  assert.deepEqual(codes({ product_code: 'a', product_id: 'b', external_user_id: '' }), [['external_user_id', 'required'], ['product_code', 'exactly_one']]);
});
