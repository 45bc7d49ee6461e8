// Many rows in a worker of a real page: the same verdict, the same errors, and an end when it is told to.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { chromium } from 'playwright-core';
import { folder } from './installed.mjs';
import { USER, VIRTUAL } from './issuer.mjs';
import { serve } from './server.mjs';

const PAGE = '<!doctype html><link rel="icon" href="data:,">';
const ROWS = JSON.stringify([VIRTUAL, { user_id: 'x', card_type: 'virtual' }, VIRTUAL]);

const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));

function contentOf(name) {
  if (name === '') return PAGE;
  if (name === 'dist/older/worker.js') return readFileSync(join(folder, 'dist/worker.js'), 'utf8').replaceAll(version, '0.0.1');
  // Nothing else of the package is there.
  const file = join(folder, name.replace('dist/alone/index.js', 'dist/index.js'));
  return existsSync(file) ? readFileSync(file) : undefined;
}

describe('in a worker', { timeout: 180_000 }, () => {
  let browser;
  let server;
  let page;
  before(async () => {
    server = await serve((request, response) => {
      const name = request.url.slice(1);
      const content = contentOf(name);
      response.writeHead(content === undefined ? 404 : 200, { 'content-type': name === '' ? 'text/html' : 'text/javascript' });
      return response.end(content);
    });
    browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-quic'] });
    page = await browser.newPage();
    await page.goto(new URL('/', server.baseUrl).href);
    await page.evaluate(async () => {
      const { ingo } = await import('/dist/index.js');
      window.checkMany = (source, options) => ingo.issueCard.checkMany(source, options);
      window.told = (promise) => promise.then(
        ({ rows, valid, complete, issues }) => ({ rows, valid, complete, issues: issues.map(({ row, path, code }) => [row, path, code]) }),
        ({ name, code, outcome, message }) => ({ name, code, outcome, message }),
      );
      window.worker = new Worker('/dist/worker.js', { type: 'module' });
      window.workers = { text: '/dist/worker.js', url: new URL('/dist/worker.js', location.href), worker };
    });
  });
  after(async () => {
    await browser?.close();
    await server?.close();
  });

  test('an address, a URL and a Worker give the verdict of the page', async () => {
    const said = await page.evaluate(async (rows) => {
      const sources = () => [rows, new Blob([rows]), new TextEncoder().encode(rows), new Blob([rows]).stream()];
      const said = [];
      for (const worker of [undefined, ...Object.values(window.workers)]) {
        for (const source of sources()) said.push(await window.told(window.checkMany(source, { worker })));
      }
      return said;
    }, ROWS);
    assert.equal(said.length, 16);
    for (const one of said) assert.deepEqual(one, { rows: 3, valid: 2, complete: true, issues: [[2, ['user_id'], 'id_prefix']] });
  });

  test('what is no source is said as it is said on the page', async () => {
    const said = await page.evaluate(async () => {
      const said = [];
      for (const worker of [undefined, ...Object.values(window.workers)]) {
        for (const source of [7, null, {}, () => {}]) said.push(await window.told(window.checkMany(source, { worker })));
      }
      return said;
    });
    assert.equal(said.length, 16);
    const message = 'expected text, bytes, a file or a stream of bytes';
    for (const one of said) assert.deepEqual(one, { name: 'CardwrightError', code: 'invalid_request', outcome: 'not_sent', message });
  });

  test('a watcher that throws changes nothing, and a stream that stalls is given up where it comes from', async () => {
    const said = await page.evaluate(async (rows) => {
      const onProgress = () => { throw new Error('of the page'); };
      const said = [];
      for (const worker of [undefined, ...Object.values(window.workers)]) {
        const abort = new AbortController();
        let cancelled;
        const wasCancelled = new Promise((resolve) => (cancelled = resolve));
        const stalled = new ReadableStream({ start: (to) => to.enqueue(new TextEncoder().encode('[')), cancel: () => cancelled(true) });
        setTimeout(() => abort.abort(), 50);
        const aborted = await window.told(window.checkMany(stalled, { worker, signal: abort.signal }));
        const isGivenUp = await Promise.race([wasCancelled, new Promise((resolve) => setTimeout(resolve, 5_000))]);
        said.push([(await window.told(window.checkMany(rows, { worker, onProgress }))).valid, aborted.code, isGivenUp]);
      }
      return said;
    }, ROWS);
    assert.deepEqual(said, Array(4).fill([2, 'aborted', true]));
  });

  test('a worker of another version says so', async () => {
    const said = await page.evaluate(() => window.told(window.checkMany('[]', { worker: '/dist/older/worker.js' })));
    assert.deepEqual([said.code, said.outcome], ['contract_mismatch', 'not_sent']);
  });

  test('a file of the package that cannot be loaded is an error', async () => {
    const said = await page.evaluate(async () => {
      const { CardClient, ingo } = await import('/dist/alone/index.js');
      const run = new CardClient().bulk(ingo.issueCard, '[]', { batchId: 'june', rowKey: 'employee' });
      run.pause();
      const told = (promise) => promise.then(() => 'done', ({ name, code, outcome, retryable }) => ({ name, code, outcome, retryable }));
      return { said: [await told(ingo.issueCard.checkMany('[]')), await told(run.done), await told(run.checked)], progress: run.progress };
    });
    for (const one of said.said) assert.deepEqual(one, { name: 'CardwrightError', code: 'network_error', outcome: 'not_sent', retryable: true });
    assert.equal(said.progress.state, 'ended');
  });

  test('a worker that cannot be loaded is an error', async () => {
    const said = await page.evaluate(async () => {
      const said = [];
      // There is none, it is another file, another origin's, or none at all.
      for (const worker of ['/dist/nothing.js', '/', 'https://example.invalid/worker.js', 'http://[']) {
        said.push(await window.told(window.checkMany('[]', { worker })));
      }
      return said;
    });
    const message = 'No answer came from the server.';
    for (const one of said) assert.deepEqual(one, { name: 'CardwrightError', code: 'network_error', outcome: 'not_sent', message });
  });

  test('it ends when it is told to, and a Worker that was given goes on', async () => {
    const said = await page.evaluate(async (user) => {
      const row = JSON.stringify({ user_id: user, card_type: 'virtual' });
      // An endless source: only the abort ends it.
      const endless = () => new ReadableStream({
        start: (to) => to.enqueue(new TextEncoder().encode(`[${row}`)),
        pull: (to) => to.enqueue(new TextEncoder().encode(`,${row}`.repeat(100))),
      });
      const said = [];
      for (const worker of Object.values(window.workers)) {
        const abort = new AbortController();
        said.push(await window.told(window.checkMany(endless(), { worker, format: 'json', signal: abort.signal, onProgress: () => abort.abort() })));
      }
      const after = await window.told(window.checkMany(`[${row}]`, { worker: window.worker }));
      return { said, after };
    }, USER);
    assert.deepEqual(said.said.map(({ code, outcome }) => [code, outcome]), Array(3).fill(['aborted', 'not_sent']));
    assert.deepEqual(said.after, { rows: 1, valid: 1, complete: true, issues: [] });
  });
});

test('an engine that lacks what the rows need says so, and checks one as before', () => {
  const program = `
    import { ingo } from ${JSON.stringify(join(folder, 'dist/index.js'))};
    const rejected = await ingo.issueCard.checkMany('[]').then(() => 'checked', ({ name, code, outcome }) => [name, code, outcome]);
    console.log(JSON.stringify([ingo.issueCard.check(${JSON.stringify(VIRTUAL)}).ok, rejected]));`;
  // V8 has no vectors on a processor without SSE4.1.
  const flags = process.arch === 'x64' ? ['--no-enable-sse4-1'] : [];
  const said = JSON.parse(execFileSync(process.execPath, [...flags, '--input-type=module', '--eval', program], { encoding: 'utf8' }));
  const expected = flags.length > 0 ? ['CardwrightError', 'wasm_unavailable', 'not_sent'] : 'checked';
  assert.deepEqual(said, [true, expected]);
});
