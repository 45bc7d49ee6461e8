// What follows a failed attempt: the same key throughout, within the table's bounds, and never a storm.

import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { withClock } from './clock.mjs';
import { load } from './installed.mjs';
import { CARD, FREEZE, USER, VIRTUAL, envelope, problem, success } from './issuer.mjs';
import { dies, scriptedProxy } from './scripted-proxy.mjs';

const { CardClient } = await load();
const REISSUE = { user_id: USER, id: CARD, reuse_pan: true };
const clientOf = (fetch, more = {}) => new CardClient({ baseUrl: 'http://localhost/api', fetch: (...given) => fetch(...given), ...more });
const failing = (call) => call.then(() => assert.fail('expected a rejection'), (error) => error);
const html = (status, headers = {}) => new Response('<html>', { status, headers: { 'content-type': 'text/html', ...headers } });

test('a write whose answer is lost is sent again with its key, and is one card', () =>
  withClock(async () => {
    for (const death of [dies.before, dies.after]) {
      const proxy = scriptedProxy((_, count) => (count <= 2 ? death : undefined));
      const { data, meta } = await clientOf(proxy.fetch).ingo.issueCard(VIRTUAL);
      assert.equal(meta.attempts, 3);
      assert.equal(new Set(proxy.sends.map(({ key }) => key)).size, 1);
      assert.deepEqual(proxy.cards.map(({ id }) => id), [data.card.id]);
    }
  }));

test('a once whose answer is lost is asked about, never sent again', () =>
  withClock(async () => {
    const done = scriptedProxy((_, count) => (count === 1 ? dies.after : undefined));
    const { meta } = await clientOf(done.fetch).ingo.reissueCard(REISSUE);
    assert.deepEqual([done.sends.length, done.asks.length, done.cards.length, meta.replayed], [1, 1, 1, true]);
    assert.equal(done.asks[0].path, `/api/intents/ingo.reissueCard/${done.sends[0].key}`);
    assert.equal(done.asks[0].headers.get('cardwright-contract'), '1');

    const lost = scriptedProxy((_, count) => (count === 1 ? dies.before : undefined));
    const error = await failing(clientOf(lost.fetch).ingo.reissueCard(REISSUE));
    assert.deepEqual([error.code, error.outcome, lost.sends.length, lost.cards.length], ['key_closed', 'not_sent', 1, 0]);

    const dead = scriptedProxy(() => dies.after);
    const open = await failing(clientOf(dead.fetch).ingo.reissueCard(REISSUE));
    assert.deepEqual([open.code, open.outcome, dead.sends.length, dead.asks.length], ['network_error', 'unknown', 1, 2]);
  }));

test('what the proxy has under way is asked about until it ends', () =>
  withClock(async (clock) => {
    const proxy = scriptedProxy((request, count) => {
      if (count === 1) {
        proxy.claims.set(request.key, 'sending');
        return problem(409, 'in_progress', 'unknown', { retry_after_ms: 1000 });
      }
      if (count === 5) proxy.claims.set(request.path.split('/').at(-1), { answer: envelope() });
      return undefined;
    });
    const { data } = await clientOf(proxy.fetch).ingo.issueCard(VIRTUAL);
    assert.equal(data.card.id, CARD);
    assert.deepEqual([proxy.sends.length, proxy.asks.length], [1, 4]);
    assert.ok(clock.now() > 3000, 'with pauses that grow');

    const endless = scriptedProxy((request, count) => {
      if (count === 1) proxy.claims.set(request.key, 'sending');
      return count === 1 ? problem(409, 'in_progress', 'unknown') : Response.json({ operation: 'ingo.issueCard', state: 'claimed' });
    });
    const start = clock.now();
    const error = await failing(clientOf(endless.fetch).ingo.issueCard(VIRTUAL));
    assert.deepEqual([error.code, error.outcome], ['in_progress', 'unknown']);
    assert.ok(clock.now() - start <= 120_000 && endless.asks.length <= 20, `${endless.asks.length} asks`);
  }));

test('once an answer was lost, that a later copy was not sent does not close the matter', () =>
  withClock(async () => {
    for (const late of [problem(401, 'unauthenticated', 'not_sent'), problem(429, 'rate_limited', 'not_sent'), problem(422, 'invalid_request', 'not_sent'), html(401)]) {
      const proxy = scriptedProxy((_, count) => (count === 1 ? dies.after : late.clone()));
      const client = clientOf(proxy.fetch);
      const error = await failing(client.ingo.issueCard(VIRTUAL));
      assert.equal(error.outcome, 'unknown', error.code);
      assert.equal(error.idempotencyKey, proxy.sends[0].key);
      // A further press is no new intent either, even where it is refused before the claim.
      assert.equal((await failing(client.ingo.issueCard(VIRTUAL))).outcome, 'unknown');
      proxy.script = () => undefined;
      await client.ingo.issueCard(VIRTUAL);
      assert.deepEqual([new Set(proxy.sends.map(({ key }) => key)).size, proxy.cards.length], [1, 1]);
    }
    const closed = scriptedProxy((_, count) => (count === 1 ? dies.before : problem(409, 'key_closed', 'not_sent')));
    assert.equal((await failing(clientOf(closed.fetch).ingo.issueCard(VIRTUAL))).outcome, 'not_sent');
  }));

test('reads are sent again, as often as they may', () =>
  withClock(async () => {
    let sent = 0;
    const fetch = async () => (++sent < 3 ? problem(503, 'store_unavailable', 'not_sent') : success(envelope([])));
    const { meta } = await clientOf(fetch).ingo.listCards({});
    assert.deepEqual([sent, meta.attempts], [3, 3]);
    sent = 0;
    await failing(clientOf(fetch, { maxRetries: 0 }).ingo.listCards({}));
    assert.equal(sent, 1);
    sent = -9;
    await failing(clientOf(fetch, { maxRetries: 50 }).ingo.listCards({}));
    assert.equal(sent, -6, 'three is the most');
  }));

test('Retry-After is heard within bounds, whatever it says', () =>
  withClock(async (clock) => {
    const waits = async (headers) => {
      let sent = 0;
      const start = clock.now();
      await clientOf(async () => (++sent === 1 ? html(503, headers) : success(envelope([])))).ingo.listCards({});
      return clock.now() - start;
    };
    assert.ok((await waits({ 'retry-after': '2' })) >= 2000);
    assert.ok((await waits({ 'retry-after': new Date(Date.now() + 9000).toUTCString() })) >= 7000, 'a date, by our own clock');
    assert.equal(await waits({ 'retry-after': '86400' }), 30_000);
    for (const hostile of ['NaN', '-1', '1e400', '9'.repeat(40), '2147484', 'Infinity', 'soon', '0', 'Sun, 06 Nov 1994 08:49:37 GMT', new Date(8e15).toUTCString()]) {
      const wait = await waits({ 'retry-after': hostile });
      assert.ok(wait >= 100 && wait <= 1000, `${wait} ms after ${hostile}`);
    }
  }));

test('after a timeout, a write waits three seconds; everything together ends within two minutes', () =>
  withClock(async (clock) => {
    const proxy = scriptedProxy(() => new Promise(() => {}));
    const error = await failing(clientOf(proxy.fetch).ingo.issueCard(VIRTUAL));
    assert.deepEqual([error.code, error.outcome], ['timed_out', 'unknown']);
    const [first, second, third] = proxy.requests.map(({ at }) => at);
    assert.ok(second - first >= 43_000 && third - second >= 43_000);
    assert.ok(clock.now() <= 120_100, `${clock.now()} ms`);
    const patient = clock.now();
    await failing(clientOf(proxy.fetch, { timeoutMs: 600_000 }).ingo.freezeCard(FREEZE));
    assert.ok(clock.now() - patient <= 120_100);
    assert.equal(clock.timers(), 0, 'no timer stays behind');
  }));

test('an abort in any pause settles at once, with what is known', () =>
  withClock(async (clock) => {
    const under = [
      ['issueCard', VIRTUAL, () => dies.after, 'unknown'],
      ['issueCard', VIRTUAL, () => problem(429, 'rate_limited', 'not_sent', { retry_after_ms: 20_000 }), 'not_sent'],
      ['reissueCard', REISSUE, () => dies.after, 'unknown'],
      ['issueCard', VIRTUAL, ({ method }) => (method === 'POST' ? problem(409, 'in_progress', 'unknown') : Response.json({ operation: 'ingo.issueCard', state: 'sending' })), 'unknown'],
      ['listCards', {}, () => dies.before, 'not_sent'],
    ];
    for (const [method, values, script, outcome] of under) {
      for (let at = 0; at < 40; at++) {
        const proxy = scriptedProxy(script);
        const controller = new AbortController();
        let aborted;
        clock.at(clock.now() + 1 + at * 60, () => {
          aborted = clock.now();
          controller.abort();
        });
        const error = await failing(clientOf(proxy.fetch).ingo[method](values, { signal: controller.signal }));
        if (error.code !== 'aborted') continue;
        assert.ok(clock.now() - aborted <= 100, `${clock.now() - aborted} ms`);
        assert.equal(error.outcome, outcome, `${method} at ${at}`);
        if (method !== 'listCards') assert.equal(error.idempotencyKey, proxy.sends[0].key);
      }
    }
  }));

test('a thousand calls against a dead proxy send at most 1,010 times', () =>
  withClock(async () => {
    let sent = 0;
    const client = clientOf(async () => {
      sent += 1;
      throw new TypeError('fetch failed');
    });
    for (let call = 0; call < 1000; call++) {
      await failing(call % 2 ? client.ingo.listCards({ page: call }) : client.ingo.issueCard(VIRTUAL, { confirmNew: true }));
    }
    assert.ok(sent > 1000 && sent <= 1010, `${sent} sends`);
  }));

test('the same over real connections that are cut', async (t) => {
  let connections = 0;
  const server = createServer((socket) => (connections++, socket.destroy()));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const client = new CardClient({ baseUrl: `http://127.0.0.1:${server.address().port}/api` });
  const errors = await Promise.all(Array.from({ length: 100 }, (_, page) => failing(client.ingo.listCards({ page: page + 1 }))));
  assert.ok(errors.every(({ code }) => code === 'network_error'));
  assert.ok(connections >= 100 && connections <= 110, `${connections} connections`);
});

test('hooks tell two calls of one operation apart', () =>
  withClock(async () => {
    const seen = [];
    const proxy = scriptedProxy((_, count) => (count === 1 ? dies.before : undefined));
    const client = clientOf(proxy.fetch, { hooks: { sent: ({ call, attempt }) => seen.push(`${call}.${attempt}`), answered: ({ call, attempt }) => seen.push(`${call}.${attempt} answered`) } });
    await Promise.all([client.ingo.issueCard(VIRTUAL), client.ingo.issueCard(VIRTUAL, { confirmNew: true })]);
    assert.deepEqual(seen.sort(), ['1.1', '1.2', '1.2 answered', '2.1', '2.1 answered']);
  }));
