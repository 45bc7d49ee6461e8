// What stops a request before anybody looks at what it asks.

import { Broken, done, refused } from '../expect.mjs';

export const doors = {
  'a call without the contract header, or of another version, is refused': async ({ all, backend, samples }) => {
    for (const operation of all) {
      for (const version of [undefined, '2', '']) {
        const body = operation.request && (await samples.of(operation));
        refused(await backend.ask(operation, { body, headers: { 'cardwright-contract': version } }), 400, 'contract_mismatch', operation.name);
      }
    }
  },

  'a route nobody knows is 404': async ({ all, backend }) => {
    for (const operation of all) refused(await backend.ask(operation, { body: {}, path: `${operation.path}/nothing` }), 404, 'not_found', operation.name);
  },

  'another method is 405, and the one that is right is named': async ({ all, backend }) => {
    for (const operation of all) {
      for (const method of ['PUT', 'DELETE', operation.method === 'POST' ? 'GET' : 'POST']) {
        const answer = await backend.ask(operation, { method, body: {} });
        refused(answer, 405, 'method_not_allowed', `${method} ${operation.name}`);
        const allowed = answer.headers.get('allow') ?? '';
        if (!allowed.includes(operation.method)) throw new Broken(`${operation.name}: expected allow: ${operation.method}, found ${allowed || 'none'}`);
      }
    }
  },

  'only JSON is read: another content type is 415': async ({ posts, backend, samples }) => {
    for (const operation of posts) {
      for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/jsonx']) {
        const answer = await backend.ask(operation, { body: JSON.stringify(await samples.of(operation)), headers: { 'content-type': type } });
        refused(answer, 415, 'not_json_type', `${operation.name} as ${type}`);
      }
    }
  },

  'text that is no JSON is 400': async ({ posts, backend }) => {
    for (const operation of posts) {
      for (const body of ['', '{', '{"a":1,}', "{'a':1}", 'null x', '{"a":NaN}']) {
        refused(await backend.ask(operation, { body }), 400, 'not_json', `${operation.name}: ${body}`);
      }
    }
  },

  'a body of 16 KiB is read, and one byte more is 413': async ({ posts, backend, samples }) => {
    for (const operation of posts.filter(({ takesKey }) => !takesKey)) {
      const text = JSON.stringify(await samples.of(operation));
      const answer = await backend.ask(operation, { body: text.padEnd(16 * 1024) });
      if (answer.status === 413) throw new Broken(`${operation.name}: expected 16,384 bytes to be read`);
    }
    for (const operation of posts) {
      const text = JSON.stringify(await samples.of(operation));
      refused(await backend.ask(operation, { body: text.padEnd(16 * 1024 + 1) }), 413, 'request_too_large', operation.name);
    }
  },

  'what is nested deeper than 32 levels is refused': async ({ posts, backend }) => {
    for (const operation of posts) {
      const answer = await backend.ask(operation, { body: `${'['.repeat(33)}${']'.repeat(33)}` });
      refused(answer, 422, 'invalid_request', operation.name);
      const codes = (answer.body.issues ?? []).map(({ code }) => code);
      if (!codes.includes('input_too_deep')) throw new Broken(`${operation.name}: expected the issue input_too_deep, found ${codes}`);
    }
  },

  'a write without a key is 400, and what cannot be a key is an issue': async ({ writes, backend, samples }) => {
    for (const operation of writes) {
      const body = await samples.of(operation);
      refused(await backend.ask(operation, { body, key: null }), 400, 'key_missing', operation.name);
      for (const key of ['short', 'k'.repeat(65), 'a key with blanks in it', 'ключ'.padEnd(20, 'k').replace(/[^k]/g, '/')]) {
        refused(await backend.ask(operation, { body, key }), 422, 'invalid_request', `${operation.name} with the key ${key}`);
      }
    }
  },

  'a read needs no key': async ({ all, backend, samples }) => {
    for (const operation of all.filter(({ takesKey }) => !takesKey)) {
      const { status, body } = await backend.ask(operation, { body: operation.request && (await samples.of(operation)) });
      if (status !== 200 && body?.code !== 'issuer_rejected') throw new Broken(`${operation.name}: expected an answer, found ${status} ${body?.code}`);
    }
  },

  'it says who the caller is': async ({ document, backend }) => {
    done(await backend.ask(document.operation('me')), 'me');
  },
};
