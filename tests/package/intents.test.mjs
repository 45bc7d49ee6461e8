// One intent, one card: however often it is submitted, and whatever becomes of its answers.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withClock } from './clock.mjs';
import { load } from './installed.mjs';
import { CARD, FREEZE, USER, VIRTUAL, card, envelope, problem, success } from './issuer.mjs';
import { dies, scriptedProxy } from './scripted-proxy.mjs';

const { CardClient, ingo, pintopay, isCardwrightError, keyFrom } = await load();
const REISSUE = { user_id: USER, id: CARD, reuse_pan: false };
const clientOf = (proxy, more = {}) => new CardClient({ baseUrl: 'http://localhost/api', fetch: (...given) => proxy.fetch(...given), ...more });
const failing = (call) => call.then(() => assert.fail('expected a rejection'), (error) => error);
const thrown = (act) => {
  try {
    act();
  } catch (error) {
    assert.ok(isCardwrightError(error), String(error));
    return error;
  }
  return assert.fail('expected an exception');
};

test('an intent is checked, and has its key, before anything is sent', async () => {
  const proxy = scriptedProxy();
  const intent = clientOf(proxy).prepare(ingo.issueCard, { ...VIRTUAL, card_type: ' virtual ' });
  assert.match(intent.key, /^[A-Za-z0-9_-]{24}$/);
  assert.deepEqual([intent.operation, intent.state, intent.request, intent.notices], ['ingo.issueCard', 'prepared', VIRTUAL, []]);
  assert.equal(proxy.requests.length, 0);
  const { data, meta } = await intent.submit();
  assert.deepEqual([proxy.sends[0].key, meta.idempotencyKey, intent.state], [intent.key, intent.key, 'done']);
  assert.deepEqual(await intent.submit(), { data, meta });
  assert.deepEqual(await intent.resolve(), { data, meta });
  assert.deepEqual([proxy.requests.length, proxy.cards.length], [1, 1]);
});

test('what stands against the values is thrown by prepare, and returned by its safe sister', () => {
  const client = clientOf(scriptedProxy());
  const error = thrown(() => client.prepare(ingo.issueCard, { card_type: 'virtual' }));
  assert.deepEqual([error.code, error.issues[0].path], ['invalid_request', ['user_id']]);
  assert.equal(client.safe.prepare(ingo.issueCard, {}).error.code, 'invalid_request');
  assert.equal(thrown(() => client.prepare(ingo.issueCard, VIRTUAL, { idempotencyKey: 'short' })).issues[0].code, 'key_format');
  assert.equal(thrown(() => client.prepare(ingo.listCards, {})).code, 'method_not_allowed');
  assert.equal(thrown(() => client.prepare({ name: 'ingo.meltCard' }, {})).code, 'not_found');
});

test('a double click, Enter and click, and a double effect are one card; a further wish is a second one', async () => {
  const proxy = scriptedProxy();
  const client = clientOf(proxy);
  const intent = client.prepare(ingo.issueCard, VIRTUAL);
  const clicks = Array.from({ length: 10 }, () => intent.submit());
  assert.equal(new Set(clicks).size, 1, 'the very same promise');
  await Promise.all(clicks);
  assert.equal(proxy.cards.length, 1);

  // StrictMode runs an effect twice: each run prepares and submits.
  const effects = [client.prepare(ingo.issueCard, VIRTUAL), client.prepare(ingo.issueCard, VIRTUAL)];
  const [first, second] = await Promise.all([effects[0].submit(), effects[1].submit(), client.ingo.issueCard(VIRTUAL)]);
  assert.equal(first.data.card.id, second.data.card.id);
  assert.equal(effects[0].key, effects[1].key);
  assert.equal(effects[1].state, 'done');
  assert.equal(proxy.cards.length, 2);

  await Promise.all([client.prepare(ingo.issueCard, VIRTUAL).submit(), client.prepare(ingo.issueCard, VIRTUAL, { confirmNew: true }).submit()]);
  assert.equal(proxy.cards.length, 4);
  assert.equal(proxy.sends.filter(({ headers }) => headers.get('confirm-new') === 'true').length, 1);
});

test('a notice is accepted when it is submitted', async () => {
  const proxy = scriptedProxy();
  const intent = clientOf(proxy).prepare(ingo.reissueCard, REISSUE);
  assert.deepEqual(intent.notices.map(({ code }) => code), ['old_card_ends']);
  const error = await failing(intent.submit());
  assert.deepEqual([error.code, error.outcome, intent.state, proxy.requests.length], ['confirmation_required', 'not_sent', 'prepared', 0]);
  await intent.submit({ accept: ['old_card_ends'] });
  assert.equal(proxy.sends[0].headers.get('accept-notices'), 'old_card_ends');
});

test('after unknown it goes on with its key: a once is asked about, the others are sent', () =>
  withClock(async () => {
    for (const [operation, values, sends, asks] of [[ingo.issueCard, VIRTUAL, 4, 0], [ingo.reissueCard, { ...REISSUE, reuse_pan: true }, 1, 3]]) {
      const proxy = scriptedProxy(() => dies.after);
      const intent = clientOf(proxy).prepare(operation, values);
      const error = await failing(intent.submit());
      assert.deepEqual([error.outcome, error.idempotencyKey, intent.state], ['unknown', intent.key, 'unknown']);
      proxy.script = () => undefined;
      const { data } = await intent.submit();
      assert.deepEqual([proxy.sends.length, proxy.asks.length, intent.state], [sends, asks, 'done']);
      assert.deepEqual(proxy.cards.map(({ id }) => id), [data.card.id]);
    }
  }));

test('resolve asks, and gives what submit would have given', () =>
  withClock(async () => {
    const proxy = scriptedProxy(() => dies.after);
    const client = clientOf(proxy);
    const intent = client.prepare(ingo.issueCard, VIRTUAL);
    await failing(intent.submit());
    proxy.script = ({ method }) => (method === 'GET' ? problem(401, 'unauthenticated', 'not_sent') : undefined);
    const open = await failing(intent.resolve());
    assert.deepEqual([open.code, open.outcome, intent.state], ['unauthenticated', 'unknown', 'unknown'], 'a failed question is no answer');
    proxy.script = () => undefined;
    const sends = proxy.sends.length;
    const { data, meta } = await intent.resolve();
    assert.deepEqual([data.card.id, meta.replayed, meta.idempotencyKey, intent.state], [proxy.cards[0].id, true, intent.key, 'done']);
    assert.equal(proxy.sends.length, sends);

    const rejected = scriptedProxy(({ method }) =>
      method === 'POST' ? problem(504, 'issuer_timeout', 'unknown') : Response.json({ operation: 'ingo.freezeCard', state: 'done', problem: { code: 'issuer_rejected', outcome: 'rejected', slug: 'kyc' } }));
    const freeze = clientOf(rejected).prepare(ingo.freezeCard, FREEZE);
    assert.equal((await failing(freeze.submit())).code, 'issuer_timeout');
    assert.equal(rejected.requests.length, 1, 'what is recorded as open is told at once');
    const no = await failing(freeze.resolve());
    assert.deepEqual([no.code, no.outcome, no.slug, freeze.state], ['issuer_rejected', 'rejected', 'kyc', 'rejected']);
    assert.equal((await failing(freeze.submit())).slug, 'kyc');
    assert.equal(rejected.requests.length, 2, 'a no stays a no');
  }));

test('an intent that never came is closed by the question, and its late copy refused', () =>
  withClock(async () => {
    const proxy = scriptedProxy(() => dies.before);
    const client = clientOf(proxy);
    const error = await failing(client.ingo.issueCard(VIRTUAL));
    proxy.script = () => undefined;
    const result = await client.safe.intents.resolve(error.idempotencyKey);
    assert.deepEqual([result.ok, result.error.code, result.error.outcome], [false, 'key_closed', 'not_sent']);
    const late = await failing(client.ingo.issueCard(VIRTUAL, { idempotencyKey: error.idempotencyKey }));
    assert.deepEqual([late.code, late.outcome, proxy.cards.length], ['key_closed', 'not_sent', 0]);
    await client.ingo.issueCard(VIRTUAL);
    assert.equal(proxy.cards.length, 1);
  }));

test('any key can be asked about where the operation is named; without it, it is not known what to ask', async () => {
  const proxy = scriptedProxy();
  const { meta } = await clientOf(proxy).ingo.issueCard(VIRTUAL);
  const elsewhere = clientOf(proxy);
  const { operation, data } = await elsewhere.intents.resolve(meta.idempotencyKey, { operation: ingo.issueCard });
  assert.deepEqual([operation, data.card.id], ['ingo.issueCard', proxy.cards[0].id]);
  for (const call of [elsewhere.intents.resolve(meta.idempotencyKey), elsewhere.intents.resolve('../../me', { operation: ingo.issueCard })]) {
    const error = await failing(call);
    assert.deepEqual([error.code, error.outcome], ['intent_not_found', 'unknown']);
  }
  assert.equal(proxy.asks.length, 1);
});

test('what can be no key leaves nothing behind', async () => {
  const proxy = scriptedProxy();
  const client = clientOf(proxy);
  for (const key of [undefined, null, '', 'nope', '../../me']) {
    const error = await failing(client.intents.resolve(key, { operation: ingo.issueCard }));
    assert.deepEqual([error.code, error.outcome, await client.intents.pending()], ['intent_not_found', 'unknown', []]);
  }
  // Nobody but the proxy says what became of a key that can be one, whatever it says.
  proxy.script = () => problem(404, 'intent_not_found', 'unknown');
  const key = 'k'.repeat(24);
  await failing(client.intents.resolve(key, { operation: ingo.issueCard }));
  assert.deepEqual((await client.intents.pending()).map((pending) => pending.key), [key]);
});

test('a signal that is none is refused before anything begins', async () => {
  const proxy = scriptedProxy();
  const client = clientOf(proxy);
  for (const signal of [new AbortController(), {}, 'never', 1]) {
    const intent = client.prepare(ingo.issueCard, VIRTUAL);
    const calls = [
      client.ingo.issueCard(VIRTUAL, { signal }),
      client.ingo.listCards({ user_id: USER }, { signal }),
      client.pintopay.waitForOrder('order-1', { signal }),
      intent.submit({ signal }),
    ];
    for (const call of calls) {
      const { code, outcome, message } = await failing(call);
      assert.deepEqual([code, outcome, message], ['invalid_request', 'not_sent', 'expected an AbortSignal']);
    }
    assert.deepEqual([intent.state, await client.intents.pending(), proxy.requests.length], ['prepared', [], 0]);
  }
  // Of what may have been done it says no more than that.
  const lost = clientOf(scriptedProxy(() => dies.after), { maxRetries: 0 });
  const intent = lost.prepare(ingo.issueCard, VIRTUAL);
  await failing(intent.submit());
  const signal = new AbortController();
  const prepared = lost.safe.prepare(ingo.issueCard, VIRTUAL).intent;
  const { error } = await prepared.resolve({ signal });
  for (const call of [intent.submit({ signal }), intent.resolve({ signal }), lost.intents.resolve(intent.key, { signal })]) {
    const { code, outcome, idempotencyKey } = await failing(call);
    assert.deepEqual([code, outcome, idempotencyKey], ['invalid_request', 'unknown', intent.key]);
  }
  assert.deepEqual([error.code, error.outcome, error.idempotencyKey], ['invalid_request', 'not_sent', prepared.key]);
  // What fetch takes for none is none.
  const [first, second] = [client.ingo.issueCard(VIRTUAL, { signal: null }), client.ingo.issueCard(VIRTUAL)];
  assert.equal(first, second);
  assert.equal((await first).data.card.status, 'active');
  assert.equal(proxy.cards.length, 1);
});

test('a key is in its normal form, whichever way it was given, and what is none is refused', () =>
  withClock(async () => {
    const key = 'k'.repeat(24);
    for (const given of [`${key} `, ` ${key}\n`]) {
      const proxy = scriptedProxy(() => dies.after);
      const client = clientOf(proxy, { maxRetries: 0 });
      const error = await failing(client.ingo.issueCard(VIRTUAL, { idempotencyKey: given }));
      assert.deepEqual([error.outcome, error.idempotencyKey, proxy.sends[0].key], ['unknown', key, key]);
      proxy.script = () => undefined;
      assert.equal((await client.intents.resolve(error.idempotencyKey)).meta.idempotencyKey, key);
    }
    const proxy = scriptedProxy();
    const client = clientOf(proxy);
    for (const idempotencyKey of [42, 0, false, 1234567890123456, keyFrom('onboarding', 1), {}, Symbol('key'), ['k'.repeat(20)]]) {
      assert.throws(() => ingo.issueCard.build(VIRTUAL, { idempotencyKey }), { code: 'invalid_request' });
      const { code, outcome, issues } = await failing(client.ingo.issueCard(VIRTUAL, { idempotencyKey }));
      assert.deepEqual([code, outcome, issues.map((issue) => issue.code)], ['invalid_request', 'not_sent', ['key_format']]);
    }
    for (const idempotencyKey of ['', ' ', null]) await client.ingo.issueCard(VIRTUAL, { idempotencyKey, confirmNew: true });
    assert.deepEqual(proxy.sends.map(({ key }) => key.length), [24, 24, 24]);
  }));

test('what another script put on every object is no option of an intent', async () => {
  const proxy = scriptedProxy();
  const client = clientOf(proxy);
  let reads = 0;
  Object.defineProperty(Object.prototype, 'accept', { get: () => void (reads += 1), enumerable: true, configurable: true });
  try {
    const intent = client.prepare(ingo.issueCard, VIRTUAL).revise(VIRTUAL);
    await intent.submit();
    await intent.resolve();
    await client.intents.resolve(intent.key, { operation: ingo.issueCard });
  } finally {
    delete Object.prototype.accept;
  }
  assert.deepEqual([reads, proxy.cards.length], [0, 1]);
});

test('an intent is as old as its first submit', () =>
  withClock(async () => {
    const proxy = scriptedProxy(() => dies.after);
    const client = clientOf(proxy);
    const intent = client.prepare(ingo.issueCard, VIRTUAL);
    const { now } = Date;
    const hours = (count) => now() + count * 3_600_000;
    try {
      for (const later of [1, 2]) {
        Date.now = () => hours(later);
        await failing(intent.submit());
      }
    } finally {
      Date.now = now;
    }
    const [{ startedAt }] = await client.intents.pending();
    assert.ok(Math.abs(startedAt - hours(1)) < 60_000);
  }));

test('an option that is undefined is as it was when it was prepared', async () => {
  const proxy = scriptedProxy();
  const client = clientOf(proxy);
  const given = { accept: ['old_card_ends'], confirmNew: true };
  const nothing = { accept: undefined, confirmNew: undefined, timeoutMs: undefined, signal: undefined };
  const intent = client.prepare(ingo.reissueCard, REISSUE, given);
  const revised = intent.revise({ ...REISSUE, reason: 'lost' }, { ...nothing, idempotencyKey: undefined });
  for (const each of [intent, revised]) await each.submit(nothing);
  assert.deepEqual(proxy.sends.map(({ headers }) => [headers.get('accept-notices'), headers.get('confirm-new')]), [['old_card_ends', 'true'], ['old_card_ends', 'true']]);
  assert.equal(proxy.cards.length, 2);
});

test('a key with other values is refused, in flight too', () =>
  withClock(async () => {
    let open;
    const gate = new Promise((resolve) => (open = resolve));
    const proxy = scriptedProxy((_, count) => (count === 1 ? gate : undefined));
    const client = clientOf(proxy);
    const idempotencyKey = 'k'.repeat(24);
    const first = client.ingo.issueCard(VIRTUAL, { idempotencyKey });
    const other = { ...VIRTUAL, user_id: VIRTUAL.user_id.replace('8f3a', '0000') };
    const error = await failing(client.ingo.issueCard(other, { idempotencyKey }));
    assert.deepEqual([error.code, error.outcome, error.idempotencyKey], ['key_reused', 'not_sent', idempotencyKey]);
    open();
    await first;
    assert.equal((await failing(client.ingo.issueCard(other, { idempotencyKey }))).code, 'key_reused');
    assert.equal(proxy.cards.length, 1);
  }));

test('what was accepted stays accepted, and what ended needs no yes', () =>
  withClock(async () => {
    const proxy = scriptedProxy(() => dies.after);
    const client = clientOf(proxy);
    const values = { user_id: VIRTUAL.user_id, id: CARD, reuse_pan: false };
    const intent = client.prepare(ingo.reissueCard, values);
    assert.deepEqual([(await failing(intent.submit())).code, intent.state], ['confirmation_required', 'prepared']);
    assert.equal((await failing(intent.submit({ accept: ['old_card_ends'] }))).outcome, 'unknown');
    for (const again of [() => intent.submit(), () => client.ingo.reissueCard(values)]) assert.equal((await failing(again())).outcome, 'unknown');
    proxy.script = () => undefined;
    const { data } = await intent.submit();
    assert.equal((await intent.submit()).data.card.id, data.card.id);
    assert.deepEqual([intent.state, proxy.cards.length], ['done', 1]);
  }));

test('what was meant anew and is unknown is gone on with, not begun once more', () =>
  withClock(async () => {
    const proxy = scriptedProxy(() => dies.after);
    const client = clientOf(proxy);
    await failing(client.ingo.issueCard(VIRTUAL));
    const anew = client.prepare(ingo.issueCard, VIRTUAL);
    const { idempotencyKey } = await failing(anew.submit({ confirmNew: true }));
    proxy.script = () => undefined;
    await client.ingo.issueCard(VIRTUAL);
    assert.equal((await client.ingo.issueCard(VIRTUAL)).meta.idempotencyKey, idempotencyKey);
    assert.deepEqual([anew.key, (await anew.submit()).meta.idempotencyKey], [idempotencyKey, idempotencyKey]);
    assert.equal(proxy.cards.length, 2);
  }));

test('values are revised after not_sent and rejected, and never while it may be done', () =>
  withClock(async () => {
    const proxy = scriptedProxy(() => problem(502, 'issuer_rejected', 'rejected', { slug: 'kyc' }));
    const client = clientOf(proxy);
    const first = client.prepare(ingo.issueCard, VIRTUAL);
    assert.notEqual(first.revise(VIRTUAL).key, first.key);
    await failing(first.submit());
    const second = first.revise({ ...VIRTUAL, user_id: USER.replace('8f3a', '0000') });
    assert.notEqual(second.key, first.key);
    assert.equal(thrown(() => first.revise(VIRTUAL, { idempotencyKey: first.key })).code, 'key_reused');
    assert.equal(thrown(() => first.revise({})).code, 'invalid_request');

    proxy.script = () => problem(502, 'issuer_failed', 'unknown');
    await failing(second.submit());
    proxy.script = () => undefined;
    const open = thrown(() => second.revise(VIRTUAL));
    assert.deepEqual([open.code, open.outcome, open.idempotencyKey], ['cannot_revise', 'unknown', second.key]);
    const sending = second.submit();
    assert.equal(thrown(() => second.revise(VIRTUAL)).code, 'cannot_revise');
    await sending;
    assert.equal(thrown(() => second.revise(VIRTUAL)).code, 'cannot_revise');
    const safe = client.safe.prepare(ingo.issueCard, VIRTUAL);
    await safe.intent.submit();
    assert.equal(safe.intent.revise(VIRTUAL).error.code, 'cannot_revise');
  }));

test('a possible duplicate is answered by confirmNew, with the same intent', async () => {
  const proxy = scriptedProxy(({ headers }) => (headers.get('confirm-new') ? undefined : problem(409, 'possible_duplicate', 'not_sent')));
  const intent = clientOf(proxy).prepare(ingo.issueCard, VIRTUAL);
  const error = await failing(intent.submit());
  assert.deepEqual([error.code, error.outcome, intent.state], ['possible_duplicate', 'not_sent', 'not_sent']);
  await intent.submit({ confirmNew: true });
  assert.deepEqual([proxy.sends.length, new Set(proxy.sends.map(({ key }) => key)).size, proxy.cards.length], [2, 1, 1]);
});

test('the safe sister never rejects, and ends alike', () =>
  withClock(async () => {
    const proxy = scriptedProxy(() => dies.after);
    const { ok, intent } = clientOf(proxy).safe.prepare(ingo.issueCard, VIRTUAL);
    assert.equal(ok, true);
    const lost = await intent.submit();
    assert.deepEqual([lost.ok, lost.error.outcome, intent.state], [false, 'unknown', 'unknown']);
    proxy.script = () => undefined;
    const found = await intent.resolve();
    assert.deepEqual([found.ok, structuredClone(found).data.card.id], [true, proxy.cards[0].id]);
  }));

test('one caller may leave an intent that another waits for', async () => {
  let answer;
  const gate = new Promise((resolve) => (answer = resolve));
  const proxy = scriptedProxy(() => gate);
  const intent = clientOf(proxy).prepare(ingo.issueCard, VIRTUAL);
  const leaving = new AbortController();
  const left = failing(intent.submit({ signal: leaving.signal }));
  const stayed = intent.submit({ signal: new AbortController().signal });
  leaving.abort();
  assert.deepEqual([(await left).code, (await left).outcome], ['aborted', 'unknown']);
  answer();
  await stayed;
  const early = await failing(clientOf(proxy).prepare(ingo.freezeCard, FREEZE).submit({ signal: AbortSignal.abort() }));
  assert.deepEqual([early.code, early.outcome], ['aborted', 'not_sent']);
});

test('who comes when all others have just left is not cancelled with them', async () => {
  const seen = envelope([{ ...card, observed_at: card.created_at }]);
  for (const method of ['issueCard', 'listCards']) {
    const hangs = ({ signal }) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(new TypeError('aborted'))));
    const proxy = scriptedProxy((request, count) => (count === 1 ? hangs(request) : method === 'listCards' ? success(seen) : undefined));
    const client = clientOf(proxy);
    const leaving = new AbortController();
    const values = method === 'listCards' ? { user_id: USER } : VIRTUAL;
    const left = failing(client.ingo[method](values, { signal: leaving.signal }));
    while (proxy.requests.length === 0) await new Promise((resolve) => setTimeout(resolve));
    leaving.abort();
    const { data } = await client.ingo[method](values, { signal: new AbortController().signal });
    assert.equal((await left).code, 'aborted');
    assert.ok(data.items.length > 0);
    assert.equal(new Set(proxy.requests.map(({ key }) => key)).size, 1);
    assert.ok(proxy.cards.length <= 1);
  }
});

test('a business id makes the same key everywhere, and nothing else does', async () => {
  const key = await keyFrom('onboarding', 4711);
  assert.equal(key, await keyFrom('onboarding', '4711'));
  assert.match(key, /^[A-Za-z0-9_-]{43}$/);
  const others = await Promise.all([keyFrom('onboarding', '4712'), keyFrom('onboarding4711'), keyFrom('onboarding', '47', '11'), keyFrom('4711', 'onboarding'), keyFrom('onboarding", "4711'), keyFrom('onboarding', '\ud800')]);
  assert.equal(new Set([key, ...others, await keyFrom('onboarding', '\ufffd')]).size, 8);
  for (const parts of [[], [''], ['onboarding', undefined], ['onboarding', null], ['onboarding', ' '], ['onboarding', NaN], ['onboarding', 1.5], ['onboarding', {}]]) {
    assert.equal((await failing(keyFrom(...parts))).code, 'key_missing', String(parts));
  }
  const proxy = scriptedProxy();
  const values = { product_code: 'plain', external_user_id: 'e-1' };
  proxy.script = () => problem(504, 'issuer_timeout', 'unknown');
  for (const client of [clientOf(proxy), clientOf(proxy)]) await failing(client.pintopay.createCard(values, { idempotencyKey: key }));
  assert.deepEqual(proxy.sends.map((request) => request.key), [key, key]);
  assert.equal(pintopay.createCard.safety, 'keyed');
});

test('without random numbers no key is made up', async () => {
  const real = Object.getOwnPropertyDescriptor(globalThis, 'crypto');
  const proxy = scriptedProxy();
  for (const value of [undefined, {}, { getRandomValues() { throw new Error('no entropy'); } }]) {
    Object.defineProperty(globalThis, 'crypto', { value, configurable: true });
    try {
      const client = clientOf(proxy);
      assert.equal(thrown(() => client.prepare(ingo.issueCard, VIRTUAL)).code, 'random_unavailable');
      const error = await failing(client.ingo.issueCard(VIRTUAL));
      assert.deepEqual([error.code, error.outcome], ['random_unavailable', 'not_sent']);
      assert.equal((await failing(keyFrom('a'))).code, 'random_unavailable');
    } finally {
      Object.defineProperty(globalThis, 'crypto', real);
    }
  }
  assert.equal(proxy.requests.length, 0);
});
