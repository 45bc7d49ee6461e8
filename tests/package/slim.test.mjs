// `cardwright/slim` holds no module: the page brings it, in whatever form it has it.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { folder, load } from './installed.mjs';
import { VIRTUAL } from './issuer.mjs';
import { dies, memoryStorage, scriptedProxy } from './scripted-proxy.mjs';
import { serve } from './server.mjs';

const wasm = readFileSync(join(folder, 'dist/cardwright.wasm'));
let copies = 0;
/** The entry as a page finds it that has just been opened. */
const fresh = () => load('slim', `?${(copies += 1)}`);

const response = (type = 'application/wasm') => new Response(wasm, { headers: { 'content-type': type } });
const message =
  'The rules of cardwright/slim are not loaded. Give cardwright.wasm of the same version to init() and wait for it, or to initSync().';

test('a call before init fails with the error that tells what to do, and the next one after it works', async () => {
  const { ingo, pintopay, CardClient, init, ready } = await fresh();
  const missing = { name: 'CardwrightError', code: 'wasm_missing', outcome: 'not_sent', retryable: false, message };
  assert.deepEqual(ingo.issueCard.check(VIRTUAL), { ok: false, issues: [{ path: [], code: 'wasm_missing', message, params: {} }] });
  assert.throws(() => ingo.issueCard.build(VIRTUAL), missing);
  assert.throws(() => ingo.allowedActions({ status: 'active' }), missing);
  assert.throws(() => pintopay.orderResult({ status: 'new' }), missing);
  assert.equal(pintopay.explain('card_not_found').hint, 'fix_input', 'the catalogue is there');
  await assert.rejects(new CardClient({ baseUrl: 'http://127.0.0.1:9/api' }).ingo.issueCard(VIRTUAL), missing);
  await assert.rejects(ready(), missing);
  await init(wasm);
  assert.equal(ingo.issueCard.check(VIRTUAL).ok, true);
  assert.equal(await ready(), undefined);
});

test('without the module, nothing that may have been made is called not sent', async () => {
  const storage = memoryStorage();
  const proxy = scriptedProxy(() => dies.after);
  const options = { baseUrl: 'http://127.0.0.1:9/api', fetch: proxy.fetch, storage, maxRetries: 0 };
  const before = await fresh();
  before.initSync(wasm);
  const { idempotencyKey } = await new before.CardClient(options).safe.ingo.issueCard(VIRTUAL).then(({ error }) => error);
  const after = await fresh();
  const client = new after.CardClient(options);
  const sends = proxy.requests.length;
  const { error } = await client.safe.intents.resolve(idempotencyKey);
  assert.deepEqual([error.code, error.outcome, storage.map.size, proxy.requests.length], ['wasm_missing', 'unknown', 1, sends]);
  after.initSync(wasm);
  proxy.script = () => undefined;
  await client.ingo.issueCard(VIRTUAL);
  assert.deepEqual([proxy.cards.length, storage.map.size], [1, 0]);
});

for (const [name, source] of Object.entries({
  'the bytes': () => wasm,
  'an ArrayBuffer': () => new Uint8Array(wasm).buffer,
  'the module': () => new WebAssembly.Module(wasm),
  'a promise of the module': () => WebAssembly.compile(wasm),
  'an answer': () => response(),
  'a promise of an answer': () => Promise.resolve(response()),
  'an answer of another type': () => response('application/octet-stream'),
})) {
  test(`init takes ${name}`, async () => {
    const { ingo, init } = await fresh();
    assert.equal(await init(source()), undefined);
    assert.equal(ingo.issueCard.check(VIRTUAL).ok, true);
  });
}

test('init fetches an address, and compiles while the answer arrives', async () => {
  const { compileStreaming } = WebAssembly;
  let streamed = 0;
  WebAssembly.compileStreaming = (answer) => {
    streamed += 1;
    return compileStreaming(answer);
  };
  const server = await serve((request, answer) => {
    if (request.url !== '/cardwright.wasm') return answer.writeHead(404).end('<html>');
    return answer.writeHead(200, { 'content-type': 'application/wasm' }).end(wasm);
  });
  try {
    const address = new URL('/cardwright.wasm', server.baseUrl);
    for (const source of [address, address.href]) {
      const { ingo, init } = await fresh();
      await init(source);
      assert.equal(ingo.issueCard.check(VIRTUAL).ok, true);
    }
    assert.equal(streamed, 2);

    const { ingo, init } = await fresh();
    await assert.rejects(init(new URL('/elsewhere', server.baseUrl)), (error) => {
      assert.deepEqual([error.code, error.cause.message], ['wasm_missing', 'expected cardwright.wasm, found status 404']);
      return true;
    });
    assert.equal(ingo.issueCard.check(VIRTUAL).issues[0].code, 'wasm_missing');
    await init(address);
    assert.equal(ingo.issueCard.check(VIRTUAL).ok, true, 'a failed init can be made good');
  } finally {
    WebAssembly.compileStreaming = compileStreaming;
    await server.close();
  }
});

test('what is not the module is refused, and says what it was', async () => {
  const { init, initSync, ingo } = await fresh();
  const html = new TextEncoder().encode('<!doctype html>');
  for (const source of [html, new Response(html), new Uint8Array(), undefined, null, {}, 5]) {
    await assert.rejects(init(source), (error) => error.code === 'wasm_missing' && error.cause instanceof Error, String(source));
  }
  await assert.rejects(init(Promise.reject(new TypeError('offline'))), { code: 'wasm_missing' });
  for (const source of [html, '/cardwright.wasm', undefined]) assert.throws(() => initSync(source), { code: 'wasm_missing' });
  // Another module, with imports that are not ours.
  const other = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 2, 7, 1, 1, 97, 1, 98, 0, 0);
  initSync(other);
  assert.equal(ingo.issueCard.check(VIRTUAL).ok, false);
});

test('a module of another version finds no glue that fits, and is not taken for ours', async () => {
  const [name] = wasm.toString('latin1').match(/(?<=\x09)i[0-9a-f]{8}(?=\0)/);
  const other = Buffer.from(wasm);
  other.write('00000000', other.indexOf(name) + 1, 'latin1');
  const { ingo, initSync } = await fresh();
  initSync(other);
  const checked = ingo.issueCard.check(VIRTUAL);
  assert.deepEqual([checked.ok, checked.issues.map(({ code }) => code)], [false, ['wasm_missing']]);
});

test('initSync takes bytes or a module at once; what comes later changes nothing', async () => {
  for (const source of [wasm, new WebAssembly.Module(wasm)]) {
    const { ingo, init, initSync } = await fresh();
    initSync(source);
    assert.equal(ingo.issueCard.check(VIRTUAL).ok, true);
    await init(new Uint8Array());
    initSync(new Uint8Array());
    assert.equal(ingo.issueCard.check(VIRTUAL).ok, true);
  }
});

test('two at once are one', async () => {
  const { ingo, init } = await fresh();
  await Promise.all([init(response()), init(wasm)]);
  assert.equal(ingo.issueCard.check(VIRTUAL).ok, true);
});
