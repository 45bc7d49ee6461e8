import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { folder, load, require } from './installed.mjs';
import { VIRTUAL } from './issuer.mjs';

test('import does no work: nothing is compiled or decoded before the first call', async () => {
  const { Module, Instance } = WebAssembly;
  const compiled = [];
  WebAssembly.Module = class extends Module {
    constructor(bytes) {
      compiled.push('module');
      super(bytes);
    }
  };
  const { TextDecoder: Decoder } = globalThis;
  globalThis.TextDecoder = class extends Decoder {
    constructor(...given) {
      compiled.push('decoder');
      super(...given);
    }
  };
  try {
    const { ingo } = await load();
    assert.deepEqual(compiled, []);
    assert.equal(ingo.issueCard.check(VIRTUAL).ok, true);
    assert.ok(compiled.includes('module'), 'the probe sees the compilation when it comes');
  } finally {
    Object.assign(WebAssembly, { Module, Instance });
    globalThis.TextDecoder = Decoder;
  }
});

test('both module systems load, and agree about errors of the other copy', async () => {
  const esm = await load();
  const cjs = require('cardwright');
  assert.deepEqual(Object.keys(cjs).sort(), Object.keys(esm).filter((name) => name !== 'default').sort());
  assert.equal(cjs.ingo.issueCard.check(VIRTUAL).ok, true);
  assert.throws(() => cjs.ingo.issueCard.build({}), (error) => esm.isCardwrightError(error) && !(error instanceof esm.CardwrightError));
  for (const other of [null, undefined, 'x', new Error('x'), { name: 'CardwrightError', code: 'toString' }]) {
    assert.equal(esm.isCardwrightError(other), false);
  }
});

test('ready compiles ahead', async () => {
  const { ready } = await load();
  assert.equal(await ready(), undefined);
});

test('the tarball holds the build, the licences and what is to be read', () => {
  const files = ['LICENSE-APACHE', 'LICENSE-MIT', 'README.md', 'THIRD-PARTY.txt', 'dist', 'llms.txt', 'openapi.json', 'package.json', 'retries.md'];
  assert.deepEqual(readdirSync(folder).sort(), files);
});
