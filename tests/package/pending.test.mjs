// After a reload, and between tabs: an intent that was stored is found again, and is still one card.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { afterEach, test } from 'node:test';
import { withClock } from './clock.mjs';
import { load } from './installed.mjs';
import { ADDRESS, CARD, FREEZE, USER, VIRTUAL, problem } from './issuer.mjs';
import { dies, memoryStorage, scriptedProxy } from './scripted-proxy.mjs';

const { CardClient, browserStorage, ingo } = await load();
const PHYSICAL = { user_id: USER, card_type: 'physical', shipping_address: ADDRESS };
const REISSUE = { user_id: USER, id: CARD, reuse_pan: true, reason: 'lost in the garden' };
/** A tab, or a page after a reload: a client of its own on the same storage. */
const tabOf = (proxy, storage, more = {}) => new CardClient({ baseUrl: 'http://localhost/api', fetch: (...given) => proxy.fetch(...given), storage, ...more });
const failing = (call) => call.then(() => assert.fail('expected a rejection'), (error) => error);

test('what is stored is key, operation, time and a salted hash, before the first byte, until the end', () =>
  withClock(async () => {
    const storage = memoryStorage();
    const dumps = [];
    const proxy = scriptedProxy(() => (dumps.push([...storage.map]), undefined));
    const { meta } = await tabOf(proxy, storage).ingo.issueCard(PHYSICAL);
    const [[[place, text]]] = dumps;
    const [page, operation, key] = place.split(' ');
    assert.deepEqual([operation, key], ['ingo.issueCard', meta.idempotencyKey]);
    assert.match(page, /^[\w-]{24}$/);
    const entry = JSON.parse(text);
    assert.deepEqual(Object.keys(entry).sort(), ['hash', 'startedAt']);
    const hash = createHash('sha256').update(JSON.stringify([key, 'ingo.issueCard', proxy.sends[0].body])).digest('base64url');
    assert.equal(entry.hash, hash);
    assert.ok(Math.abs(entry.startedAt - Date.now()) < 60_000);
    assert.equal(storage.map.size, 0, 'removed when it was done');

    // Everything a storage ever holds, over all ends: no personal data.
    for (const [method, values] of [['issueCard', PHYSICAL], ['reissueCard', REISSUE], ['freezeCard', { ...FREEZE, reason: 'lost in the garden' }]]) {
      for (const end of [dies.after, problem(502, 'issuer_rejected', 'rejected'), problem(401, 'unauthenticated', 'not_sent')]) {
        const ending = scriptedProxy(() => (dumps.push([...storage.map]), end instanceof Response ? end.clone() : end));
        const error = await failing(tabOf(ending, storage).ingo[method](values));
        dumps.push([...storage.map]);
        assert.equal(storage.map.size, error.outcome === 'unknown' ? 1 : 0, `${method} ${error.outcome}`);
        storage.map.clear();
      }
    }
    const kept = JSON.stringify(dumps);
    assert.ok(dumps.length > 20);
    const personal = Object.values(ADDRESS).filter((text) => text.length > 4);
    for (const secret of [USER, CARD, '8f3a2b1c', ...personal, 'garden', 'physical']) assert.ok(!kept.includes(secret), secret);
  }));

test('after a reload, what is pending is listed, and resolved to what submit would have given', () =>
  withClock(async () => {
    const storage = memoryStorage();
    const proxy = scriptedProxy(() => dies.after);
    const before = tabOf(proxy, storage);
    const { idempotencyKey: key } = await failing(before.ingo.issueCard(VIRTUAL));
    assert.deepEqual((await before.intents.pending()).map((pending) => pending.key), [key]);

    proxy.script = () => undefined;
    const after = tabOf(proxy, storage);
    const [pending] = await after.intents.pending();
    assert.deepEqual([pending.key, pending.operation], [key, 'ingo.issueCard']);
    const [{ operation, data, meta }, twice] = await Promise.all([after.intents.resolve(key), after.intents.resolve(key)]);
    assert.deepEqual([operation, data.card.id, meta.idempotencyKey, twice.data.card.id], ['ingo.issueCard', proxy.cards[0].id, key, data.card.id]);
    assert.deepEqual([await after.intents.pending(), storage.map.size, proxy.cards.length], [[], 0, 1]);
  }));

test('resolved as rejected, never come, or still unknown', () =>
  withClock(async () => {
    const storage = memoryStorage();
    const proxy = scriptedProxy(() => dies.before);
    const keys = [];
    for (const method of ['freezeCard', 'unfreezeCard', 'activateCard']) keys.push((await failing(tabOf(proxy, storage).ingo[method](FREEZE))).idempotencyKey);
    const answers = [
      { operation: 'ingo.freezeCard', state: 'done', problem: { code: 'issuer_rejected', outcome: 'rejected' } },
      { operation: 'ingo.unfreezeCard', state: 'unknown', problem: { code: 'issuer_timeout', outcome: 'unknown' } },
      { operation: 'ingo.activateCard', state: 'absent' },
    ];
    proxy.script = ({ path }) => Response.json(answers.find(({ operation }) => path.includes(operation)));
    const tab = tabOf(proxy, storage);
    const ends = [];
    for (const key of keys) ends.push((await failing(tab.intents.resolve(key))).outcome);
    assert.deepEqual(ends, ['rejected', 'unknown', 'not_sent']);
    assert.deepEqual((await tab.intents.pending()).map(({ key }) => key), [keys[1]]);
    assert.deepEqual([...storage.map.keys()].map((place) => place.split(' ').slice(1)), [['ingo.unfreezeCard', keys[1]]]);
  }));

test('the same content after a reload goes on with the pending key: one card', () =>
  withClock(async () => {
    for (const [method, operation, values] of [['issueCard', ingo.issueCard, VIRTUAL], ['reissueCard', ingo.reissueCard, REISSUE]]) {
      const storage = memoryStorage();
      const proxy = scriptedProxy(() => dies.after);
      const { idempotencyKey: key } = await failing(tabOf(proxy, storage).ingo[method](values));
      const sends = proxy.sends.length;
      proxy.script = () => undefined;
      const intent = tabOf(proxy, storage).prepare(operation, values);
      const { meta } = await intent.submit();
      assert.deepEqual([meta.idempotencyKey, intent.key, proxy.cards.length], [key, key, 1]);
      // A once is asked about, the other is sent.
      assert.deepEqual([proxy.sends.length - sends, proxy.asks.length > 0], method === 'reissueCard' ? [0, true] : [1, false]);
      assert.equal(storage.map.size, 0);
    }
  }));

test('other content, another key, or confirmNew is another card', () =>
  withClock(async () => {
    const storage = memoryStorage();
    const proxy = scriptedProxy(() => dies.after);
    await failing(tabOf(proxy, storage).ingo.issueCard(VIRTUAL));
    proxy.script = () => undefined;
    const tab = tabOf(proxy, storage);
    await tab.ingo.issueCard({ ...VIRTUAL, user_id: USER.replace('8f3a', '0000') });
    await tab.ingo.issueCard(VIRTUAL, { idempotencyKey: 'k'.repeat(20) });
    await tab.ingo.issueCard(VIRTUAL, { confirmNew: true });
    assert.equal(proxy.cards.length, 4);
    assert.equal(storage.map.size, 1, 'the pending one is still there');
  }));

test('what may have been sent stays under its key, whatever else with its content is pending', () =>
  withClock(async () => {
    // The other was meant anew, or is one of a business key.
    for (const other of [{ confirmNew: true }, { idempotencyKey: 'employee-0000000001' }]) {
      // Whichever of the two is listed last.
      for (const turned of [false, true]) {
        const storage = memoryStorage();
        if (turned) storage.list = async () => [...storage.map.keys()].reverse();
        const proxy = scriptedProxy(() => dies.after);
        const tab = tabOf(proxy, storage);
        const intents = [tab.prepare(ingo.issueCard, VIRTUAL), tab.prepare(ingo.issueCard, VIRTUAL, { idempotencyKey: other.idempotencyKey })];
        await failing(intents[0].submit());
        await failing(intents[1].submit({ confirmNew: other.confirmNew }));
        const keys = intents.map(({ key }) => key);
        proxy.script = () => undefined;
        const made = [];
        for (const intent of intents) made.push((await intent.submit()).data.card.id);
        assert.deepEqual([intents.map(({ key }) => key), made], [keys, proxy.cards.map(({ id }) => id)]);
        assert.deepEqual([await tab.intents.pending(), storage.map.size, made.length], [[], 0, 2]);
      }
    }
  }));

test('after a question that failed, the same call with its key is sent, and is one card', () =>
  withClock(async () => {
    for (const storage of [memoryStorage(), undefined]) {
      const proxy = scriptedProxy(() => dies.before);
      const idempotencyKey = 'employee-0000000001';
      await failing(tabOf(proxy, storage).ingo.issueCard(VIRTUAL, { idempotencyKey }));
      const tab = tabOf(proxy, storage);
      const options = { operation: ingo.issueCard };
      assert.equal((await failing(tab.intents.resolve(idempotencyKey, options))).outcome, 'unknown');
      // Who comes while it is asked about joins the question, and may go on.
      const asking = failing(tab.intents.resolve(idempotencyKey, options));
      const joined = tab.prepare(ingo.issueCard, VIRTUAL, { idempotencyKey });
      assert.equal((await failing(joined.submit())).outcome, 'unknown');
      await asking;
      const { length } = proxy.sends;
      proxy.script = () => problem(401, 'unauthenticated', 'not_sent');
      assert.equal((await failing(tab.ingo.issueCard(VIRTUAL, { idempotencyKey }))).outcome, 'unknown', 'an earlier copy may still come');
      proxy.script = () => undefined;
      const calls = [joined.submit(), tab.ingo.issueCard(VIRTUAL, { idempotencyKey }), tab.ingo.issueCard(VIRTUAL, { idempotencyKey })];
      const ids = (await Promise.all(calls)).map(({ data }) => data.card.id);
      assert.deepEqual([new Set(ids).size, proxy.cards.length, proxy.sends.length - length, await tab.intents.pending()], [1, 1, 2, []]);
    }
  }));

test('a call that was left while the storage was read, and made again, was not sent before', () =>
  withClock(async () => {
    for (const [after, locks] of [[20, undefined], [60, undefined], [20, fakeLocks()], [60, fakeLocks()]]) {
      withLocks(locks);
      const memory = memoryStorage();
      const slow = (act) => async (...given) => (await new Promise((resolve) => setTimeout(resolve, 50)), act(...given));
      const storage = { get: slow(memory.get), set: slow(memory.set), delete: slow(memory.delete), list: slow(memory.list) };
      for (const [method, values] of [['reissueCard', REISSUE], ['issueCard', VIRTUAL]]) {
        const proxy = scriptedProxy(() => (method === 'issueCard' ? problem(403, 'forbidden', 'not_sent') : undefined));
        const tab = tabOf(proxy, storage);
        const left = new AbortController();
        const first = failing(tab.ingo[method](values, { signal: left.signal }));
        await new Promise((resolve) => setTimeout(resolve, after));
        left.abort();
        const second = await tab.ingo[method](values).then(() => 'done', ({ outcome }) => outcome);
        assert.deepEqual([(await first).outcome, second], ['not_sent', method === 'issueCard' ? 'not_sent' : 'done']);
        assert.deepEqual([proxy.sends.length, proxy.asks.length, memory.map.size], [1, 0, 0], `${method} ${after}`);
      }
    }
  }));

test('a call that was left while the storage was read passes over no other intent, and takes none away', () =>
  withClock(async () => {
    for (const after of [20, 70, 120]) {
      for (const again of [true, false]) {
        const memory = memoryStorage();
        const slow = (act) => async (...given) => (await new Promise((resolve) => setTimeout(resolve, 50)), act(...given));
        const storage = { get: slow(memory.get), set: slow(memory.set), delete: slow(memory.delete), list: slow(memory.list) };
        const proxy = scriptedProxy(() => dies.after);
        const tab = tabOf(proxy, storage);
        const idempotencyKey = 'employee-0000000001';
        await failing(tab.ingo.issueCard(VIRTUAL, { idempotencyKey }));
        proxy.script = () => undefined;
        const left = new AbortController();
        const first = failing(tab.ingo.issueCard(VIRTUAL, { signal: left.signal }));
        await new Promise((resolve) => setTimeout(resolve, after));
        left.abort();
        if (again) assert.equal((await tab.ingo.issueCard(VIRTUAL)).meta.idempotencyKey, idempotencyKey);
        assert.equal((await first).code, 'aborted');
        await new Promise((resolve) => setTimeout(resolve, 1_000));
        const pending = await tabOf(proxy, storage).intents.pending();
        assert.deepEqual([proxy.cards.length, pending.map(({ key }) => key)], [1, again ? [] : [idempotencyKey]], `${after}`);
      }
    }
  }));

test('an intent older than the proxy remembers is never called "not sent"', () =>
  withClock(async () => {
    const storage = memoryStorage();
    const proxy = scriptedProxy();
    const key = 'k'.repeat(24);
    storage.map.set(`page ingo.issueCard ${key}`, JSON.stringify({ startedAt: Date.now() - 32 * 86_400_000, hash: 'h' }));
    // Also where it is told what it is of.
    for (const options of [{}, { operation: ingo.issueCard }]) {
      const error = await failing(tabOf(proxy, storage).intents.resolve(key, options));
      assert.deepEqual([error.code, error.outcome, storage.map.size], ['key_closed', 'unknown', 1]);
    }
  }));

test('a storage that throws, hangs or lies stops no call, and is told about', () =>
  withClock(async (clock) => {
    const broken = {
      throws: async () => { throw new Error('quota'); },
      'throws at once': () => { throw new Error('private mode'); },
      hangs: () => new Promise(() => {}),
    };
    for (const [name, fails] of Object.entries(broken)) {
      for (const part of ['get', 'set', 'delete', 'list']) {
        const failures = [];
        const storage = { ...memoryStorage(), [part]: fails };
        storage.list ??= fails;
        // Something to be got.
        if (part === 'get') storage.list = async () => ['k'.repeat(24)];
        const proxy = scriptedProxy();
        const start = clock.now();
        await tabOf(proxy, storage, { hooks: { storageFailed: (cause) => { failures.push(cause); throw new Error('ignored'); } } }).ingo.issueCard(VIRTUAL);
        assert.equal(proxy.cards.length, 1);
        assert.ok(clock.now() - start <= 1100, `${name} ${part}: ${clock.now() - start} ms`);
        assert.ok(failures.length > 0 && failures.every((cause) => cause instanceof Error), `${name} ${part}`);
      }
      const error = await failing(tabOf(scriptedProxy(), { ...memoryStorage(), list: fails }).intents.pending());
      assert.equal(error.code, 'storage_failed');
      assert.equal((await failing(tabOf(scriptedProxy(), { ...memoryStorage(), get: fails }).intents.resolve('k'.repeat(24)))).outcome, 'unknown');
    }
    const foreign = memoryStorage();
    const entry = '{"startedAt":1,"hash":"h"}';
    for (const text of ['', 'null', '[]', '5', '{"startedAt":"x","hash":"h"}', '{"startedAt":1}']) foreign.map.set(`page${foreign.map.size} ingo.issueCard ${'k'.repeat(24)}`, text);
    for (const place of ['', 'key', 'page ingo.issueCard', `page ingo.meltCard ${'k'.repeat(24)}`]) foreign.map.set(place, entry);
    const proxy = scriptedProxy();
    const tab = tabOf(proxy, foreign);
    assert.deepEqual(await tab.intents.pending(), []);
    await tab.ingo.issueCard(VIRTUAL);
    assert.equal(proxy.cards.length, 1);
  }));

test('two pages go about one intent, and what one has not sent takes nothing from the other', () =>
  withClock(async () => {
    const storage = memoryStorage();
    let answer;
    const proxy = scriptedProxy((_, count) => (count === 1 ? new Promise((resolve) => (answer = resolve)) : dies.after));
    const first = failing(tabOf(proxy, storage).ingo.issueCard(VIRTUAL));
    await new Promise((resolve) => setTimeout(resolve, 10));
    const second = failing(tabOf(proxy, storage).ingo.issueCard(VIRTUAL));
    await new Promise((resolve) => setTimeout(resolve, 10));
    answer(problem(401, 'unauthenticated', 'not_sent'));
    assert.equal((await first).outcome, 'not_sent');
    const lost = await second;
    assert.deepEqual([lost.outcome, proxy.cards.length], ['unknown', 1]);
    // The second page is reloaded.
    proxy.script = () => undefined;
    const after = tabOf(proxy, storage);
    assert.deepEqual((await after.intents.pending()).map(({ key }) => key), [lost.idempotencyKey]);
    await after.ingo.issueCard(VIRTUAL);
    assert.deepEqual([proxy.cards.length, storage.map.size], [1, 0]);
  }));

test('one key of two operations is two intents', () =>
  withClock(async () => {
    const storage = memoryStorage();
    const proxy = scriptedProxy(({ path }) => (path.includes('issue') ? dies.after : problem(502, 'issuer_rejected', 'rejected')));
    const tab = tabOf(proxy, storage);
    const idempotencyKey = 'k'.repeat(24);
    await failing(tab.ingo.issueCard(VIRTUAL, { idempotencyKey }));
    await failing(tab.ingo.freezeCard(FREEZE, { idempotencyKey }));
    for (const client of [tab, tabOf(proxy, storage)]) {
      assert.deepEqual((await client.intents.pending()).map(({ operation, key }) => [operation, key]), [['ingo.issueCard', idempotencyKey]]);
    }
    proxy.script = () => undefined;
    const { operation } = await tab.intents.resolve(idempotencyKey, { operation: ingo.issueCard });
    assert.deepEqual([operation, storage.map.size], ['ingo.issueCard', 0]);
  }));

test('a storage that writes late writes nothing of what is over', () =>
  withClock(async (clock) => {
    for (const part of ['list', 'set']) {
      const storage = memoryStorage();
      const slow = { ...storage, [part]: async (...given) => (await new Promise((resolve) => setTimeout(resolve, 1500)), storage[part](...given)) };
      const proxy = scriptedProxy();
      await tabOf(proxy, slow).ingo.issueCard(VIRTUAL);
      const left = new AbortController();
      setTimeout(() => left.abort(), 10);
      const error = await failing(tabOf(proxy, slow).ingo.reissueCard(REISSUE, { signal: left.signal }));
      assert.deepEqual([error.code, error.outcome, proxy.cards.length], ['aborted', 'not_sent', 1]);
      const start = clock.now();
      await new Promise((resolve) => setTimeout(resolve, 5000));
      assert.ok(clock.now() - start >= 5000);
      assert.equal(storage.map.size, 0, part);
    }
  }));

test('without a storage, pending lists what this page left open', () =>
  withClock(async () => {
    const proxy = scriptedProxy(() => dies.after);
    const client = tabOf(proxy, undefined);
    const { idempotencyKey: key } = await failing(client.ingo.issueCard(VIRTUAL));
    assert.deepEqual((await client.intents.pending()).map(({ key, operation }) => [key, operation]), [[key, 'ingo.issueCard']]);
    proxy.script = () => undefined;
    await client.intents.resolve(key);
    assert.deepEqual([await client.intents.pending(), proxy.cards.length], [[], 1]);
  }));

/** Web Locks, as far as they are used: a queue a name, an abort while waiting, a refusal. */
function fakeLocks() {
  const queues = new Map();
  return {
    held: [],
    async request(name, { signal }, work) {
      const before = queues.get(name) ?? Promise.resolve();
      let done;
      queues.set(name, new Promise((resolve) => (done = resolve)));
      try {
        await Promise.race([before, new Promise((_, reject) => signal.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError'))))]);
        this.held.push(name);
        return await work({ name });
      } finally {
        before.then(done);
      }
    },
  };
}

const realNavigator = Object.getOwnPropertyDescriptor(globalThis, 'navigator');
const withLocks = (locks) => Object.defineProperty(globalThis, 'navigator', { value: { locks, onLine: true }, configurable: true });
afterEach(() => (realNavigator ? Object.defineProperty(globalThis, 'navigator', realNavigator) : delete globalThis.navigator));

test('two tabs that submit the same at once: one sends, the other waits and gets its answer', () =>
  withClock(async () => {
    for (const [method, values] of [['issueCard', VIRTUAL], ['reissueCard', REISSUE]]) {
      const locks = fakeLocks();
      withLocks(locks);
      const storage = memoryStorage();
      let open;
      const gate = new Promise((resolve) => (open = resolve));
      const proxy = scriptedProxy((_, count) => (count === 1 ? gate : undefined));
      const calls = [tabOf(proxy, storage), tabOf(proxy, storage), tabOf(proxy, storage)].map((tab) => tab.ingo[method](values));
      await new Promise((resolve) => setTimeout(resolve, 5000));
      assert.equal(proxy.requests.length, 1, 'the others wait');
      open();
      const ids = (await Promise.all(calls)).map(({ data }) => data.card.id);
      assert.equal(new Set(ids).size, 1);
      assert.deepEqual([proxy.cards.length, storage.map.size], [1, 0]);
      assert.ok(locks.held.every((name) => name.startsWith('cardwright')));
      if (method === 'reissueCard') assert.equal(proxy.sends.length, 1);
    }
  }));

test('who waits for another tab may leave at once, and does not wait for ever', () =>
  withClock(async (clock) => {
    withLocks(fakeLocks());
    const storage = memoryStorage();
    const hanging = tabOf(scriptedProxy(() => new Promise(() => {})), storage, { timeoutMs: 600_000 });
    const first = failing(hanging.ingo.issueCard(VIRTUAL));
    await new Promise((resolve) => setTimeout(resolve, 10));
    const proxy = scriptedProxy();
    const controller = new AbortController();
    const leaving = failing(tabOf(proxy, storage).ingo.issueCard(VIRTUAL, { signal: controller.signal }));
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const start = clock.now();
    controller.abort();
    const left = await leaving;
    assert.deepEqual([left.code, left.outcome, clock.now() - start <= 100], ['aborted', 'unknown', true]);
    const patient = failing(tabOf(proxy, storage).intents.resolve(left.idempotencyKey));
    assert.equal((await first).outcome, 'unknown');
    await patient;
    assert.ok(clock.now() <= 125_000);
    assert.equal(proxy.sends.length, 0);
  }));

test('where locks are refused, the work is done without', () =>
  withClock(async () => {
    withLocks({ request: async () => { throw new DOMException('not here', 'SecurityError'); } });
    const proxy = scriptedProxy();
    await tabOf(proxy, memoryStorage()).ingo.issueCard(VIRTUAL);
    const failed = scriptedProxy(() => problem(401, 'unauthenticated', 'not_sent'));
    assert.equal((await failing(tabOf(failed, memoryStorage()).ingo.issueCard(VIRTUAL))).code, 'unauthenticated');
    assert.deepEqual([proxy.cards.length, failed.requests.length], [1, 1]);
  }));

test('IndexedDB that is not there fails like any storage', () =>
  withClock(async () => {
    const failures = [];
    const proxy = scriptedProxy();
    await tabOf(proxy, browserStorage(), { hooks: { storageFailed: (cause) => failures.push(cause.message) } }).ingo.issueCard(VIRTUAL);
    assert.equal(proxy.cards.length, 1);
    assert.ok(failures.length > 0, 'told about');
  }));
