// The README's recipe for Vite: its server stands before the proxy while a page is developed, and the two are one origin.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { createServer } from 'vite';
import { raise } from '../e2e/stage.mjs';

const USER = 'user-8f3a2b1c-0e44-4f2d-9a11-7b23cc90d1ef';
let folder;
let stage;
let vite;
let other;
let page;

before(async () => {
  const port = await freePort();
  stage = await raise({ proxy: { CARDWRIGHT_ALLOWED_ORIGIN: `http://localhost:${port}` } });
  folder = await mkdtemp(join(tmpdir(), 'cardwright-vite-'));
  await writeFile(join(folder, 'index.html'), '<!doctype html><title>Development</title>');
  const { server } = await recipe(stage.proxy.url);
  vite = await createServer({ configFile: false, root: folder, logLevel: 'error', server: { ...server, port, strictPort: true, host: 'localhost' } });
  await vite.listen();
  other = http.createServer((_, response) => response.end('<!doctype html>')).listen(0, 'localhost');
  await once(other, 'listening');
  page = await stage.newPage({ at: `http://localhost:${port}/`, starts: false });
});
after(async () => {
  await vite?.close();
  other?.close();
  await stage?.down();
  if (folder) await rm(folder, { recursive: true });
});

/** What the README says to put into `vite.config.js`, with the proxy of this test. */
async function recipe(proxy) {
  const readme = await readFile(new URL('../../proxy/README.md', import.meta.url), 'utf8');
  const [, code] = readme.match(/```js\n\/\/ vite\.config\.js.*\n([^]*?)```/);
  assert.ok(code.includes('http://127.0.0.1:8787'));
  return (await import(`data:text/javascript,${encodeURIComponent(code.replace('http://127.0.0.1:8787', proxy))}`)).default;
}

async function freePort() {
  const server = http.createServer().listen(0, 'localhost');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** Asks for a card from the page; gives status and code. */
const ask = (key, body) =>
  page.evaluate(
    async ([key, body]) => {
      const headers = { 'content-type': 'application/json', 'cardwright-contract': '1', 'idempotency-key': key };
      const response = await fetch('/api/ingo/cards/issue', { method: 'POST', headers, body });
      const { code, data } = await response.json();
      return [response.status, code ?? data.items[0].card_type];
    },
    [key, body],
  );

test('a page of the development server is heard, and one from elsewhere is not', async () => {
  const body = JSON.stringify({ user_id: USER, card_type: 'virtual' });
  assert.deepEqual(await ask('vite-dev-key-000001', body), [200, 'virtual']);
  assert.deepEqual(await ask('vite-dev-key-000002', '{}'), [422, 'invalid_request']);
  const { cards } = await stage.ledger();
  assert.equal(cards.length, 1);

  const url = `${page.url()}api/ingo/cards/issue`;
  const elsewhere = await stage.newPage({ at: `http://localhost:${other.address().port}`, starts: false });
  const post = (options) =>
    elsewhere.evaluate(([url, options]) => fetch(url, { method: 'POST', ...options }).then(({ status }) => status, () => 'no answer'), [url, { body, ...options }]);
  // Vite lets any page of this machine read what its server answers: it is the proxy that refuses.
  const headers = { 'content-type': 'application/json', 'cardwright-contract': '1', 'idempotency-key': 'vite-dev-key-000003' };
  assert.deepEqual([await post({ mode: 'no-cors' }), await post({ headers })], ['no answer', 403]);
  assert.equal((await stage.ledger()).cards.length, 1);
});
