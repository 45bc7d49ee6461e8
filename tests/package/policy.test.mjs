// What a page's Content-Security-Policy allows, in a real browser: violations are counted as the browser reports them.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { chromium } from 'playwright-core';
import { folder } from './installed.mjs';
import { FREEZE, VIRTUAL, envelope } from './issuer.mjs';
import { json, serve } from './server.mjs';

/** `img-src data:` is for the page's own icon, which the browser asks for when it likes. */
const STRICT = "default-src 'none'; script-src 'self'; connect-src 'self'; img-src data:; require-trusted-types-for 'script'; trusted-types 'none'";
const WITH_WASM = STRICT.replace("'self'", "'self' 'wasm-unsafe-eval'");
const TYPES = { js: 'text/javascript', wasm: 'application/wasm' };

/** Checks twice, reads and calls the proxy: all ways into the rules. */
const USE = `
  const client = new faces.CardClient({ baseUrl: '/api' });
  const { ok, error } = await client.safe.ingo.freezeCard(${JSON.stringify(FREEZE)});
  const { issues } = faces.ingo.issueCard.check({});
  window.said = {
    ready: await faces.ready().then(() => true, (error) => error.code),
    right: faces.ingo.issueCard.check(${JSON.stringify(VIRTUAL)}).ok,
    wrong: issues.map(({ code }) => code),
    sentence: issues[0].message,
    called: ok || [error.code, error.outcome],
  };`;

const scripts = {
  'listen.js': "window.violations = []; addEventListener('securitypolicyviolation', (event) => violations.push([event.violatedDirective, event.blockedURI]));",
  'default.js': `import * as faces from '/dist/index.js'; ${USE}`,
  'no-wasm.js': `import * as faces from '/dist/no-wasm.js'; ${USE}`,
  'slim.js': `import * as faces from '/dist/slim.js';
    window.init = await faces.init('/dist/cardwright.wasm').then(() => true, (error) => error.code); ${USE}`,
  // As the README has it; the address alone is what a browser refuses.
  'rows.js': `import { ingo } from '/dist/index.js';
    const rows = (worker) => ingo.issueCard.checkMany('[{}]', { worker }).then(({ invalid }) => invalid, (error) => error.code);
    const address = new URL('/dist/worker.js', import.meta.url).href;
    const alone = await rows(address);
    const policy = trustedTypes.createPolicy('rows', { createScriptURL: () => address });
    window.said = [alone, await rows(new Worker(policy.createScriptURL(address), { type: 'module' }))];`,
  'control.js': "try { eval('1') } catch { try { document.body.innerHTML = '<p>' } catch { window.said = 'refused' } }",
};

const WORKS = { ready: true, right: true, wrong: ['required', 'required'], sentence: 'Enter the user id.', called: true };
const FORBIDDEN = {
  ready: 'wasm_unavailable',
  right: false,
  wrong: ['wasm_unavailable'],
  sentence: "This page does not allow WebAssembly. Add 'wasm-unsafe-eval' to the script-src of its policy, or import cardwright/no-wasm.",
  called: ['wasm_unavailable', 'not_sent'],
};

describe('under a policy', { timeout: 180_000 }, () => {
  let browser;
  let server;
  let policy;
  before(async () => {
    server = await serve((request, response) => {
      const name = request.url.slice(1);
      if (name.startsWith('api/')) return json(response, 200, envelope());
      if (name.startsWith('page/')) {
        response.writeHead(200, { 'content-type': 'text/html', 'content-security-policy': policy });
        return response.end(`<!doctype html><link rel="icon" href="data:,"><body><script src="/listen.js"></script><script type="module" src="/${name.slice(5)}.js"></script>`);
      }
      const body = name.startsWith('dist/') ? readFileSync(join(folder, name)) : scripts[name];
      response.writeHead(body ? 200 : 404, { 'content-type': TYPES[name.split('.').at(-1)] ?? 'text/plain' });
      return response.end(body);
    });
    browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-quic'] });
  });
  after(async () => {
    await browser?.close();
    await server?.close();
  });

  const open = async (name, given) => {
    policy = given;
    const page = await browser.newPage();
    try {
      await page.goto(new URL(`/page/${name}`, server.baseUrl).href);
      await page.waitForFunction(() => window.said !== undefined);
      // A violation is reported as a task of its own; the next one comes after it.
      return await page.evaluate(() => new Promise((done) => { setTimeout(() => done({ init: window.init, said: window.said, violations: window.violations })); }));
    } finally {
      await page.close();
    }
  };

  test('no-wasm works where nothing is allowed, and violates nothing', async () => {
    const page = await open('no-wasm', STRICT);
    assert.deepEqual(page.said, WORKS);
    assert.deepEqual(page.violations, []);
  });

  test('the control: on the same page, what the policy forbids is seen', async () => {
    const page = await open('control', STRICT);
    assert.equal(page.said, 'refused');
    const directives = page.violations.map(([directive]) => directive);
    assert.deepEqual(directives, ['require-trusted-types-for', 'require-trusted-types-for'], 'one for each door it tried');
  });

  test('under Trusted Types rows are checked in a worker that the page made by a policy of its own', async () => {
    const { said, violations } = await open('rows', WITH_WASM.replace("; trusted-types 'none'", ''));
    assert.deepEqual(said, ['network_error', 1]);
    assert.deepEqual(violations.map(([directive]) => directive), ['require-trusted-types-for']);
  });

  test('the default entry and slim work with wasm-unsafe-eval, and violate nothing', async () => {
    for (const name of ['default', 'slim']) {
      const page = await open(name, WITH_WASM);
      assert.deepEqual(page.said, WORKS, name);
      assert.deepEqual(page.violations, [], name);
    }
  });

  test('the default entry without it gives one named error, and tries once', async () => {
    const page = await open('default', STRICT);
    assert.deepEqual(page.said, FORBIDDEN);
    assert.deepEqual(page.violations, [['script-src', 'wasm-eval']]);
  });

  test('slim without it says so', async () => {
    const page = await open('slim', STRICT);
    assert.deepEqual([page.init, page.said.ready, page.said.right], ['wasm_unavailable', 'wasm_missing', false]);
  });
});
