// The conformance suite, over real HTTP: our proxy and `fakeProxy` keep every promise, and a backend that breaks one is found.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { promisify } from 'node:util';
import { raise } from '../e2e/stage.mjs';
import { conform } from '../../pkg/programs/conform/src/conform.mjs';
import { load } from './installed.mjs';

const root = join(import.meta.dirname, '../..');
const contract = JSON.parse(readFileSync(join(root, 'proxy/openapi.json'), 'utf8'));
const { fakeProxy } = await load('testing');

const servers = [];
after(() => servers.forEach((server) => server.close()));

/** A fake proxy behind a port; `change` makes of its answer another. Gives its base URL. */
async function served(change = (_, answer) => answer()) {
  const proxy = fakeProxy();
  const server = createServer(async (asked, response) => {
    const body = asked.method === 'GET' || asked.method === 'HEAD' ? undefined : await bytes(asked);
    const request = new Request(`http://localhost${asked.url}`, { method: asked.method, headers: asked.headers, body });
    const answer = await change(request, (given = request) => proxy.fetch(given));
    response.writeHead(answer.status, Object.fromEntries(answer.headers));
    response.end(await answer.text());
  });
  servers.push(server.listen(0, '127.0.0.1'));
  await once(server, 'listening');
  return `http://127.0.0.1:${server.address().port}/api`;
}

async function bytes(stream) {
  return Buffer.concat(await stream.toArray());
}

async function broken(options) {
  const found = [];
  for await (const { promise, faults } of conform({ document: contract, ...options })) if (faults.length > 0) found.push([promise, faults]);
  return found;
}

test('fakeProxy keeps every promise', async () => {
  assert.deepEqual(await broken({ baseUrl: await served() }), []);
});

test('the proxy before the sandbox keeps every promise, and the command says so', async () => {
  const stage = await raise({ pintopay: { speed: 1_000 }, browser: false });
  try {
    const command = join(root, 'pkg/programs/conform/conform.mjs');
    const { stdout } = await promisify(execFile)(process.execPath, [command, '--base-url', `${stage.proxy.url}/api`, '--document', join(root, 'proxy/openapi.json')]);
    assert.match(stdout, /\n34 kept, 0 broken\n$/);
    assert.equal(stdout.match(/^yes {2}/gm).length, 34);
  } finally {
    await stage.down();
  }
});

/** An answer with a header changed; without it, if the value is undefined. */
function withHeader(answer, name, value) {
  const headers = new Headers(answer.headers);
  if (value === undefined) headers.delete(name);
  else headers.set(name, value);
  return new Response(answer.body, { status: answer.status, headers });
}

/** A request with a header changed. */
function asking(request, name, value) {
  const headers = new Headers(request.headers);
  headers.set(name, value);
  return new Request(request, { headers });
}

async function withBody(answer, change) {
  const body = await answer.json();
  return new Response(JSON.stringify(change(body) ?? body), { status: answer.status, headers: answer.headers });
}

/** Backends with one promise broken each: the promise, and how. */
const BROKEN = {
  'every answer names the contract and the request, and is not to be stored': async (_, answer) => withHeader(await answer(), 'cache-control', 'max-age=60'),
  'a call without the contract header, or of another version, is refused': (request, answer) => answer(asking(request, 'cardwright-contract', '1')),
  'only JSON is read: another content type is 415': (request, answer) => answer(asking(request, 'content-type', 'application/json')),
  'a write without a key is 400, and what cannot be a key is an issue': (request, answer) =>
    answer(request.headers.has('idempotency-key') ? request : asking(request, 'idempotency-key', crypto.randomUUID())),
  'a copy gets the same answer, marked as given before, however it is spelled': async (_, answer) => withHeader(await answer(), 'idempotent-replayed', undefined),
  'of 8 copies at once all get one answer, and one card is made': (request, answer) =>
    answer(request.headers.has('idempotency-key') ? asking(request, 'idempotency-key', crypto.randomUUID()) : request),
  'a notice that must be confirmed is asked, and goes through once it is accepted': (request, answer) => answer(asking(request, 'accept-notices', 'old_card_ends')),
  'every failure is a problem with code, outcome and request id': async (_, answer) =>
    withBody(await answer(), (body) => (body.code === undefined ? undefined : { ...body, request_id: undefined })),
  'no answer holds card data': async (_, answer) =>
    withBody(await answer(), (body) => body.data?.items?.forEach((card) => (card.number = '4242424242424242'))),
  'what the issuer refused is rejected, for copies too': async (_, answer) =>
    withBody(await answer(), (body) => (body.code === 'issuer_rejected' ? { ...body, outcome: 'unknown' } : undefined)),
  'every answer is among those the document has': async (_, answer) => withBody(await answer(), (body) => body.data?.items?.forEach((card) => delete card.status)),
};

/** What is tried to see what holds for every answer. */
const SEEN_WITH = {
  'every answer names the contract and the request, and is not to be stored': 'a card is listed',
  'every failure is a problem with code, outcome and request id': 'a route nobody knows',
  'no answer holds card data': 'a card is listed',
  'every answer is among those the document has': 'a card is listed',
};

for (const [promise, change] of Object.entries(BROKEN)) {
  test(`found where it is broken: ${promise}`, async () => {
    const found = await broken({ baseUrl: await served(change), only: SEEN_WITH[promise] ?? promise });
    assert.ok(found.some(([name]) => name === promise), `found instead: ${JSON.stringify(found.slice(0, 3))}`);
  });
}

test('a backend that serves one issuer only is asked about that one', async () => {
  const baseUrl = await served((request, answer) => answer(/\/api\/(pintopay|intents\/pintopay)/.test(request.url) ? new Request('http://localhost/api/nothing', request) : request));
  const only = 'a copy gets';
  assert.notEqual((await broken({ baseUrl, only })).length, 0);
  assert.deepEqual(await broken({ baseUrl, only, without: ['pintopay'] }), []);
});

test('no backend: no promise is kept, and the command says what it wants', async () => {
  const run = promisify(execFile);
  const command = join(root, 'pkg/programs/conform/conform.mjs');
  const document = join(root, 'proxy/openapi.json');
  await assert.rejects(run(process.execPath, [command, '--base-url', 'http://127.0.0.1:9/api', '--document', document]), ({ code, stdout }) => code === 1 && /NO {3}it says who/.test(stdout));
  await assert.rejects(run(process.execPath, [command]), ({ code, stderr }) => code === 2 && stderr.startsWith('expected --base-url with scheme and host'));
});
