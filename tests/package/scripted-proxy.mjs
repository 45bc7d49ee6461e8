// A proxy as the contract describes it, as a `fetch`: it claims, replays, and answers the intents route. What goes wrong is scripted.

import { card, envelope, problem, success } from './issuer.mjs';

const json = (body) => new Response(JSON.stringify(body), { headers: { 'content-type': 'application/json' } });

/** `script(request)` may give a response, throw, or wait before (`{ before }`) or after (`{ after }`) the proxy's own work. */
export function scriptedProxy(script = () => undefined) {
  const claims = new Map();
  const proxy = {
    /** Everything that arrived. */
    requests: [],
    /** The cards that were made: the ledger. */
    cards: [],
    claims,
    script,
    async fetch(url, { method, headers, body, signal }) {
      const { pathname } = new URL(url);
      const request = { method, path: pathname, key: headers.get('idempotency-key'), headers, body, at: performance.now(), signal };
      proxy.requests.push(request);
      const fault = await proxy.script(request, proxy.requests.length);
      if (fault instanceof Response) return fault;
      if (fault?.before) return fault.before();
      const answer = pathname.includes('/intents/') ? asked(pathname) : sent(request);
      return fault?.after ? fault.after(answer) : answer;
    },
    /** What was sent, questions left out. */
    get sends() {
      return proxy.requests.filter(({ method }) => method === 'POST');
    },
    get asks() {
      return proxy.requests.filter(({ path }) => path.includes('/intents/'));
    },
  };

  function sent({ path, key, body }) {
    const claim = claims.get(key);
    if (claim === 'closed') return problem(409, 'key_closed', 'not_sent');
    if (claim === 'sending') return problem(409, 'in_progress', 'unknown', { retry_after_ms: 1000 });
    if (claim !== undefined) return claim.body === body ? success(claim.answer) : problem(422, 'key_reused', 'not_sent');
    const made = { ...card, id: `${card.id.slice(0, -4)}${String(proxy.cards.length).padStart(4, '0')}` };
    proxy.cards.push(made);
    claims.set(key, { path, body, answer: envelope([made]) });
    return success(envelope([made]));
  }

  function asked(path) {
    const [operation, key] = path.split('/').slice(-2);
    const claim = claims.get(key);
    if (claim === undefined || claim === 'closed') {
      claims.set(key, 'closed');
      return json({ operation, state: 'absent' });
    }
    if (typeof claim === 'string') return json({ operation, state: claim });
    return json({ operation, state: 'done', answer: JSON.parse(claim.answer) });
  }

  return proxy;
}

/** A storage in memory, as several clients (tabs, or a page before and after its reload) share it. */
export function memoryStorage() {
  const map = new Map();
  return {
    map,
    get: async (key) => map.get(key),
    set: async (key, text) => void map.set(key, text),
    delete: async (key) => void map.delete(key),
    list: async () => [...map.keys()],
  };
}

/** The connection dies: before the proxy did anything, or after. */
export const dies = { before: { before: async () => { throw new TypeError('fetch failed'); } }, after: { after: async () => { throw new TypeError('fetch failed'); } } };
