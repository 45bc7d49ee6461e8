// The contract of the proxy, as far as a page can see it: held by `fakeProxy`, and by the real proxy in front of the sandbox.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { raise } from '../e2e/stage.mjs';
import { load } from './installed.mjs';

const USER = 'user-8f3a2b1c-0e44-4f2d-9a11-7b23cc90d1ef';
const VIRTUAL = { user_id: USER, card_type: 'virtual' };
const ISSUE = '/ingo/cards/issue';

const { fakeProxy } = await load('testing');
const { CardClient } = await load();

/** What each proxy said. */
const said = {};

const proxies = {
  fakeProxy: async () => {
    const { fetch, ledger } = fakeProxy();
    return { fetch, url: 'http://localhost/api', cards: async () => ledger.cards.length, down() {} };
  },
  'the real proxy': async () => {
    const stage = await raise({ pintopay: { speed: 1_000 }, browser: false });
    // As a page of its own would: on loopback the proxy knows callers by nothing else.
    const asPage = (input, init) => {
      const request = new Request(input, init);
      request.headers.set('sec-fetch-site', 'same-origin');
      return fetch(request);
    };
    return { fetch: asPage, url: `${stage.proxy.url}/api`, cards: async () => (await stage.ledger()).cards.length, down: () => stage.down() };
  },
};

for (const [name, start] of Object.entries(proxies)) {
  describe(`the contract: ${name}`, () => {
    let proxy;
    before(async () => (proxy = await start()));
    after(() => proxy?.down());

    /** Asks, and gives the status, the marked headers and the body without what differs each time. */
    async function ask(path, { method = 'POST', key = randomUUID(), body = VIRTUAL, headers = {} } = {}) {
      const given = {
        'cardwright-contract': '1',
        ...(method === 'POST' && { 'content-type': 'application/json' }),
        ...(method === 'POST' && key && { 'idempotency-key': key }),
        ...headers,
      };
      for (const [name, value] of Object.entries(given)) if (value === undefined) delete given[name];
      const sent = method === 'GET' ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
      const response = await proxy.fetch(proxy.url + path, { method, headers: given, body: sent });
      const answer = await response.json();
      const { request_id, ...rest } = answer;
      if (!response.ok) assert.match(request_id, /^[0-9a-f-]{36}$/);
      assert.equal(response.headers.get('cardwright-contract'), '1');
      const replayed = response.headers.get('idempotent-replayed') === 'true';
      return { status: response.status, type: response.headers.get('content-type'), replayed, body: rest };
    }

    async function problem(path, options) {
      const { status, type, body } = await ask(path, options);
      assert.equal(type, 'application/problem+json');
      assert.equal(body.status, status);
      assert.equal(body.type, 'about:blank');
      return [status, body.code, body.outcome, body.title, body.issues ?? body.notices ?? null];
    }

    test('a card is issued, and its copies get the same answer', async () => {
      const key = randomUUID();
      const made = await proxy.cards();
      const first = await ask(ISSUE, { key });
      const again = await ask(ISSUE, { key, body: { card_type: ' virtual ', user_id: USER } });
      assert.deepEqual([first.status, first.type, first.replayed], [200, 'application/json', false]);
      assert.deepEqual([again.status, again.type, again.replayed], [200, 'application/json', true]);
      assert.deepEqual(again.body, first.body);
      const { id, last_four, created_at, business_id, ...card } = first.body.data.items[0];
      assert.deepEqual(card, { card_type: 'virtual', status: 'active', user_id: USER });
      assert.match(id, /^rcrd-/);
      assert.match(last_four, /^\d{4}$/);
      assert.match(created_at, /^\d{4}-\d\d-\d\dT/);
      assert.match(business_id, /^buss-/);
      assert.equal(await proxy.cards(), made + 1);
    });

    test('what is wrong with a request is said in the same words', async () => {
      const key = randomUUID();
      await ask(ISSUE, { key });
      const cases = {
        'no contract': [ISSUE, { headers: { 'cardwright-contract': undefined } }],
        'another contract': [ISSUE, { headers: { 'cardwright-contract': '2' } }],
        'no such route': ['/ingo/cards/burn', {}],
        'another method': [ISSUE, { method: 'GET' }],
        'not JSON by its type': [ISSUE, { headers: { 'content-type': 'text/plain' } }],
        'not JSON': [ISSUE, { body: '{' }],
        'no key': [ISSUE, { key: '' }],
        'a key that is none': [ISSUE, { key: 'short' }],
        'a key used before': [ISSUE, { key, body: { ...VIRTUAL, user_id: USER.replace('8f3a', '9f3a') } }],
        'two keys': [ISSUE, { body: { ...VIRTUAL, idempotent_key: randomUUID() } }],
        'broken rules': [ISSUE, { body: { user_id: 'someone', card_type: 'physical', extra: 1 } }],
        'no object': [ISSUE, { body: '[]' }],
        'a credential': [ISSUE, { body: { ...VIRTUAL, api_key: 'x' } }],
        'a notice that wants an answer': ['/ingo/cards/reissue', { body: { user_id: USER, id: 'rcrd-5d1c0b9a-3e5f-4a77-8c2d-0f9e8d7c6b5a', reuse_pan: false } }],
        'no such card': ['/ingo/cards/freeze', { body: { user_id: USER, id: 'rcrd-5d1c0b9a-3e5f-4a77-8c2d-0f9e8d7c6b5a' } }],
        'a page that is none': ['/ingo/cards?page=0', { method: 'GET' }],
      };
      const found = {};
      for (const [what, [path, options]] of Object.entries(cases)) found[what] = await problem(path, options);
      said[name] = found;
      assert.equal(found['broken rules'][4].length, 7);
    });

    test('a card is frozen, and the list and the life of an order have the same shape', async () => {
      const { body } = await ask(ISSUE);
      const { id } = body.data.items[0];
      const frozen = await ask('/ingo/cards/freeze', { body: { user_id: USER, id } });
      assert.equal(frozen.body.data.items[0].status, 'suspended');
      const list = await ask(`/ingo/cards?user_id=${USER}`, { method: 'GET' });
      const { observed_at, ...seen } = list.body.data.items.find((card) => card.id === id);
      assert.deepEqual(seen, frozen.body.data.items[0]);
      assert.match(observed_at, /^\d{4}-/);

      const { body: taken } = await ask('/pintopay/cards/create', { body: { product_code: 'plain', external_user_id: 'ext-1' } });
      const { order_id } = taken.order;
      let order = taken.order;
      for (let look = 0; look < 50 && order.status !== 'completed'; look++) {
        ({ body: { order } } = await ask('/pintopay/orders/check', { key: '', body: { order_id } }));
      }
      assert.deepEqual([order.status, order.is_issued, typeof order.card_id], ['completed', true, 'string']);
      const { body: { card } } = await ask('/pintopay/cards/get', { key: '', body: { card_id: order.card_id } });
      assert.deepEqual([card.card_id, card.status], [order.card_id, 'active']);
    });

    test('what became of an intent can be asked, and asking closes a key that was never used', async () => {
      const [used, unused] = [randomUUID(), randomUUID()];
      const { body } = await ask(ISSUE, { key: used });
      const done = await ask(`/intents/ingo.issueCard/${used}`, { method: 'GET' });
      const { sent_at, ...rest } = done.body;
      assert.match(sent_at, /^\d{4}-/);
      assert.deepEqual(rest, { operation: 'ingo.issueCard', state: 'done', answer: body });
      const absent = await ask(`/intents/ingo.issueCard/${unused}`, { method: 'GET' });
      assert.deepEqual(absent.body, { operation: 'ingo.issueCard', state: 'absent' });
      const late = await problem(ISSUE, { key: unused });
      assert.deepEqual(late.slice(0, 3), [409, 'key_closed', 'not_sent']);
      assert.equal((await problem(`/intents/ingo.listCards/${unused}`, { method: 'GET' }))[0], 404);
    });

    test('the client works with it', async () => {
      const client = new CardClient({ baseUrl: proxy.url, fetch: proxy.fetch });
      const { data, meta } = await client.ingo.issueCard(VIRTUAL);
      assert.deepEqual([data.card.status, meta.replayed, meta.attempts], ['active', false, 1]);
      const refused = await client.safe.ingo.unfreezeCard({ user_id: USER, id: 'rcrd-5d1c0b9a-3e5f-4a77-8c2d-0f9e8d7c6b5a' });
      assert.deepEqual([refused.error.code, refused.error.outcome, refused.error.slug], ['issuer_rejected', 'rejected', 'card_not_found']);
    });
  });
}

test('both say the same', () => {
  const { fakeProxy: fake, 'the real proxy': real } = said;
  // How a text fails to be JSON is for whoever wrote it; the two readers put it in their own words.
  for (const one of [fake, real]) one['not JSON'].at(-1)[0].params = {};
  assert.deepEqual(fake, real);
});

test('a line that breaks before is one the fake proxy never heard of', async () => {
  const proxy = fakeProxy();
  const fetch = proxy.fetch;
  proxy.fail('ingo.issueCard', 'network', { effect: false, times: 2 });
  const { meta } = await new CardClient({ baseUrl: 'http://localhost/api', fetch }).ingo.issueCard(VIRTUAL);
  assert.deepEqual([meta.attempts, meta.replayed, proxy.ledger.cards.length], [3, false, 1]);
  proxy.fail('ingo.issueCard', 'network', { effect: false });
  const client = new CardClient({ baseUrl: 'http://localhost/api', fetch, maxRetries: 0 });
  const { error } = await client.safe.ingo.issueCard(VIRTUAL);
  const { error: asked } = await client.safe.intents.resolve(error.idempotencyKey);
  assert.deepEqual([error.outcome, asked.code, asked.outcome, proxy.ledger.cards.length], ['unknown', 'key_closed', 'not_sent', 1]);
});
