// The client against real HTTP (through gloo-net) and against a fetch of the caller's own.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from './installed.mjs';
import { CARD, FREEZE, USER, VIRTUAL, card, envelope, problem, success } from './issuer.mjs';
import { json, serve } from './server.mjs';

const { CardClient, CardwrightError, isCardwrightError } = await load();
const { es } = await load('messages/es');

const withServer = (name, answer, run) =>
  test(name, async () => {
    const server = await serve(answer);
    try {
      // One attempt: what follows it is the retries' own test.
      await run(new CardClient({ baseUrl: server.baseUrl, timeoutMs: 400, maxRetries: 0 }), server);
    } finally {
      await server.close();
    }
  });

const rejected = async (call) => {
  try {
    await call;
  } catch (error) {
    assert.ok(error instanceof CardwrightError && error instanceof Error);
    return error;
  }
  return assert.fail('expected a rejection');
};

withServer(
  'a call sends the request in normal form, with its key in the first send, and gives the envelope back',
  (_, response) => json(response, 200, envelope(), { 'cardwright-request-id': 'r-7', 'idempotent-replayed': 'true' }),
  async (client, { requests }) => {
    const { data, meta } = await client.ingo.issueCard({ ...VIRTUAL, shipping_address: null });
    assert.deepEqual(data, { items: [card], card, message: 'operation completed' });
    const [request] = requests;
    assert.deepEqual([request.method, request.url, request.body], ['POST', '/api/ingo/cards/issue', JSON.stringify(VIRTUAL)]);
    assert.equal(request.headers['cardwright-contract'], '1');
    assert.equal(request.headers['content-type'], 'application/json');
    assert.match(request.headers['idempotency-key'], /^[A-Za-z0-9_-]{24}$/);
    assert.deepEqual(meta, {
      status: 200, requestId: 'r-7', replayed: true, attempts: 1, idempotencyKey: request.headers['idempotency-key'],
    });
  },
);

withServer(
  'listCards reads, with a query and without a key',
  (_, response) => json(response, 200, envelope([{ ...card, observed_at: '2026-04-16T12:35:00.000Z' }])),
  async (client, { requests }) => {
    const { data, meta } = await client.ingo.listCards({ user_id: USER, page: 2 });
    assert.equal(data.items[0].observed_at, '2026-04-16T12:35:00.000Z');
    assert.deepEqual([requests[0].method, requests[0].url], ['GET', `/api/ingo/cards?user_id=${USER}&page=2`]);
    assert.equal('idempotency-key' in requests[0].headers, false);
    assert.equal('idempotencyKey' in meta, false);
  },
);

const answers = [
  ['invalid_request', 422, 'not_sent', { issues: [{ path: ['user_id'], code: 'id_prefix', message: 'm', params: { prefix: 'user-' } }] }],
  ['issuer_unreachable', 502, 'not_sent', {}],
  ['issuer_rejected', 502, 'rejected', { slug: 'user_not_found', field: 'user_id' }],
  ['issuer_timeout', 504, 'unknown', {}],
  ['rate_limited', 429, 'not_sent', { retry_after_ms: 1500 }],
  ['in_progress', 409, 'unknown', { retry_after_ms: 1000 }],
];
for (const [code, status, outcome, more] of answers) {
  withServer(
    `the problem ${code} becomes an error that says so`,
    (_, response) => json(response, status, { code, outcome, status, request_id: 'r-1', ...more }),
    async (client, { requests }) => {
      const error = await rejected(client.ingo.freezeCard(FREEZE));
      assert.deepEqual([error.code, error.outcome, error.status, error.requestId], [code, outcome, status, 'r-1']);
      assert.equal(error.slug, more.slug);
      assert.equal(error.field, more.field);
      assert.equal(error.retryAfterMs, more.retry_after_ms);
      assert.deepEqual(error.issues, more.issues);
      assert.equal(error.idempotencyKey, requests[0].headers['idempotency-key']);
      assert.equal(requests.length, 1);
    },
  );
}

withServer(
  'an answer nobody knows is unknown for a write, whatever its status says',
  (request, response) => json(response, request.url.includes('freeze') ? 500 : 403, { code: 'brand_new', outcome: 'later' }),
  async (client) => {
    for (const call of [client.ingo.freezeCard(FREEZE), client.ingo.unfreezeCard(FREEZE)]) {
      const error = await rejected(call);
      assert.deepEqual([error.code, error.rawCode, error.outcome], ['unexpected_answer', 'brand_new', 'unknown']);
    }
  },
);

const silences = {
  'never answers': () => {},
  'stops after the headers': (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '500' });
    response.write('{"status":');
  },
};
for (const [name, answer] of Object.entries(silences)) {
  withServer(`a server that ${name} is given up within the limit, as unknown`, answer, async (client) => {
    const start = performance.now();
    const error = await rejected(client.ingo.freezeCard(FREEZE));
    assert.deepEqual([error.code, error.outcome], ['timed_out', 'unknown']);
    const took = performance.now() - start;
    assert.ok(took >= 390 && took < 1400, `${took} ms`);
  });
}

withServer('a connection that dies is unknown for a write', (request) => request.socket.destroy(), async (client) => {
  const error = await rejected(client.ingo.freezeCard(FREEZE));
  assert.deepEqual([error.code, error.outcome, error.retryable], ['network_error', 'unknown', true]);
});

withServer(
  'a redirect is not followed',
  (request, response) => {
    response.writeHead(302, { location: '/login' });
    response.end();
  },
  async (client, { requests }) => {
    const error = await rejected(client.ingo.freezeCard(FREEZE));
    assert.deepEqual([error.code, error.outcome, requests.length], ['unexpected_answer', 'unknown', 1]);
  },
);

withServer('an abort settles at once: not sent before the send, unknown after it', () => {}, async (client) => {
  const before = await rejected(client.ingo.freezeCard(FREEZE, { signal: AbortSignal.abort('a reason of any kind') }));
  assert.deepEqual([before.code, before.outcome], ['aborted', 'not_sent']);
  const controller = new AbortController();
  const call = rejected(client.ingo.freezeCard(FREEZE, { signal: controller.signal }));
  await new Promise((resolve) => setTimeout(resolve, 60));
  const start = performance.now();
  controller.abort('a string, which would trap gloo-net');
  const error = await call;
  assert.deepEqual([error.code, error.outcome], ['aborted', 'unknown']);
  assert.ok(performance.now() - start < 100);
});

test('identical calls in flight share one promise; another request, key or confirmNew does not', async () => {
  const sent = [];
  let answer;
  const gate = new Promise((resolve) => (answer = resolve));
  const client = new CardClient({ baseUrl: 'http://localhost/api', fetch: async (_, init) => (sent.push(init), await gate, success()) });
  const calls = [
    client.ingo.issueCard(VIRTUAL),
    client.ingo.issueCard({ ...VIRTUAL, card_type: ' virtual ' }),
    client.ingo.issueCard(VIRTUAL, { idempotencyKey: 'k'.repeat(20) }),
    client.ingo.issueCard(VIRTUAL, { confirmNew: true }),
    client.ingo.freezeCard(FREEZE),
  ];
  assert.equal(calls[0], calls[1]);
  assert.equal(new Set(calls).size, 4);
  answer();
  await Promise.all(calls);
  assert.equal(sent.length, 4);
  assert.equal(new Set(sent.map((init) => init.headers.get('idempotency-key'))).size, 4);
  assert.equal(sent.filter((init) => init.headers.get('confirm-new') === 'true').length, 1);
  await client.ingo.issueCard(VIRTUAL);
  assert.equal(sent.length, 5, 'once it is settled, the same call is a new intent');
});

test('two callers share a flight, and one of them may leave', async () => {
  let answer;
  let aborted = 0;
  const gate = new Promise((resolve) => (answer = resolve));
  const client = new CardClient({
    baseUrl: 'http://localhost/api',
    fetch: async (_, { signal }) => (signal.addEventListener('abort', () => aborted++), await gate, success()),
  });
  const leaving = new AbortController();
  const left = rejected(client.ingo.issueCard(VIRTUAL, { signal: leaving.signal }));
  const stayed = client.ingo.issueCard(VIRTUAL, { signal: new AbortController().signal });
  leaving.abort();
  assert.deepEqual([(await left).code, (await left).outcome], ['aborted', 'unknown']);
  answer();
  assert.equal((await stayed).data.card.id, CARD);
  assert.equal(aborted, 0);
});

test('after an unknown, the same call asks again with the same key', async () => {
  const keys = [];
  let unknown = true;
  const client = new CardClient({
    baseUrl: 'http://localhost/api',
    fetch: async (_, { headers }) => {
      keys.push(headers.get('idempotency-key'));
      return unknown ? problem(504, 'issuer_timeout', 'unknown') : success();
    },
  });
  await rejected(client.ingo.issueCard(VIRTUAL));
  unknown = false;
  await client.ingo.issueCard(VIRTUAL);
  await client.ingo.issueCard(VIRTUAL);
  assert.equal(keys[0], keys[1]);
  assert.notEqual(keys[1], keys[2]);
});

test('a notice that wants confirmation stops the call until it is accepted', async () => {
  const sent = [];
  const client = new CardClient({ baseUrl: 'http://localhost/api', fetch: async (_, init) => (sent.push(init), success()) });
  const reissue = { user_id: USER, id: CARD, reuse_pan: false };
  const error = await rejected(client.ingo.reissueCard(reissue));
  assert.deepEqual([error.code, error.outcome, error.notices.map((notice) => notice.code)], ['confirmation_required', 'not_sent', ['old_card_ends']]);
  assert.equal(sent.length, 0);
  await client.ingo.reissueCard(reissue, { accept: ['old_card_ends'] });
  assert.equal(sent[0].headers.get('accept-notices'), 'old_card_ends');
});

test('headers are awaited before each attempt and cannot change the contract', async () => {
  const sent = [];
  const fetch = async (url, init) => (sent.push([url, init]), success());
  const headers = async () => ({ 'X-CSRF': 'token', 'Idempotency-Key': 'forged', 'Cardwright-Contract': '9' });
  await new CardClient({ baseUrl: 'https://example.test/api/', headers, fetch, credentials: 'include' }).ingo.freezeCard(FREEZE);
  const [[url, init]] = sent;
  assert.equal(url, 'https://example.test/api/ingo/cards/freeze');
  assert.equal(init.headers.get('x-csrf'), 'token');
  assert.equal(init.headers.get('cardwright-contract'), '1');
  assert.notEqual(init.headers.get('idempotency-key'), 'forged');
  assert.deepEqual([init.credentials, init.redirect], ['include', 'manual']);
  const failing = async (headers) => rejected(new CardClient({ baseUrl: 'https://example.test', headers, fetch }).ingo.freezeCard(FREEZE));
  const error = await failing(() => { throw new Error('session'); });
  assert.deepEqual([error.code, error.outcome, error.cause.message], ['headers_failed', 'not_sent', 'session']);
  // None that can be sent: a quotation mark that was copied along.
  for (const headers of [{ authorization: 'Bearer a\u2019b' }, async () => ({ authorization: 'Bearer a\u2019b' }), [['authorization']]]) {
    const { code, outcome, cause } = await failing(headers);
    assert.deepEqual([code, outcome, cause instanceof TypeError], ['headers_failed', 'not_sent', true]);
  }
  assert.equal(sent.length, 1);
});

test('a fetch that rejects with anything, or gives nonsense, ends typed', async () => {
  for (const fetch of [async () => { throw 'a string'; }, async () => undefined, () => { throw new TypeError('sync'); }, async () => ({ status: 200 })]) {
    const error = await rejected(new CardClient({ baseUrl: 'http://localhost', fetch, maxRetries: 0 }).ingo.freezeCard(FREEZE));
    assert.deepEqual([error.code, error.outcome], ['network_error', 'unknown']);
  }
});

test('safe never rejects, and what it gives can be cloned', async () => {
  const client = new CardClient({ baseUrl: 'http://localhost', fetch: async () => problem(502, 'issuer_rejected', 'rejected', { slug: 's' }) });
  const failed = await client.safe.ingo.freezeCard(FREEZE);
  assert.deepEqual(structuredClone(failed), failed);
  assert.deepEqual(JSON.parse(JSON.stringify(failed)), failed);
  assert.equal(failed.error.slug, 's');
  assert.ok(isCardwrightError(failed.error));
  assert.equal((await client.safe.ingo.freezeCard({})).error.code, 'invalid_request');
  const fine = await new CardClient({ baseUrl: 'http://localhost', fetch: async () => success() }).safe.ingo.freezeCard(FREEZE);
  assert.deepEqual([fine.ok, structuredClone(fine).data.card.id], [true, CARD]);
});

test('hooks see what is sent and answered, and what they throw changes nothing', async () => {
  const seen = [];
  const hooks = {
    sent: (event) => seen.push(event),
    answered: (event) => {
      seen.push(event);
      throw new Error('ignored');
    },
  };
  await new CardClient({ baseUrl: 'http://localhost/api', fetch: async () => success(), hooks }).ingo.freezeCard(FREEZE);
  assert.deepEqual(seen.map(({ operation, call, attempt }) => [operation, call, attempt]), [['ingo.freezeCard', 1, 1], ['ingo.freezeCard', 1, 1]]);
  assert.deepEqual([seen[0].url, seen[0].body, seen[1].status, seen[1].body], ['http://localhost/api/ingo/cards/freeze', JSON.stringify(FREEZE), 200, envelope()]);
});

test('what an async hook throws changes nothing either', async () => {
  const failing = async () => {
    throw new Error('a hook');
  };
  const unheard = [];
  const listen = (error) => unheard.push(error);
  process.on('unhandledRejection', listen);
  try {
    const hooks = { sent: failing, answered: failing, storageFailed: failing };
    const client = new CardClient({ baseUrl: 'https://example.test', hooks, fetch: async () => success() });
    await client.ingo.issueCard(VIRTUAL);
    await new Promise((resolve) => setTimeout(resolve, 20));
  } finally {
    process.off('unhandledRejection', listen);
  }
  assert.deepEqual(unheard, []);
});

test('a relative base without a page is refused before anything is sent, and the error says so', async () => {
  const client = new CardClient({ messages: es });
  const message = 'expected an absolute baseUrl, found /api';
  const user = { user_id: USER };
  for (const call of [client.ingo.freezeCard(FREEZE), client.ingo.listCards(user)]) {
    const error = await rejected(call);
    assert.deepEqual([error.code, error.outcome, error.retryable, error.message], ['invalid_request', 'not_sent', false, message]);
  }
  for (const { error } of [await client.safe.ingo.freezeCard(FREEZE), await client.safe.ingo.listCards(user)]) assert.equal(error.message, message);
});
