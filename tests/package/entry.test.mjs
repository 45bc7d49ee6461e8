import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
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

test('the tarball holds the build, the licences and the readme, and nothing that runs at install', () => {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  assert.equal(manifest.dependencies, undefined);
  assert.equal(manifest.scripts, undefined);
  assert.deepEqual(readdirSync(folder).sort(), ['LICENSE-APACHE', 'LICENSE-MIT', 'README.md', 'dist', 'package.json']);
  assert.deepEqual(readdirSync(join(folder, 'dist')).sort(), ['index.cjs', 'index.d.cts', 'index.d.ts', 'index.js', 'messages']);
});

test('no file names a folder of the machine it was built on', () => {
  for (const file of readdirSync(join(folder, 'dist'))) {
    const text = readFileSync(join(folder, 'dist', file), 'latin1');
    const wasm = /'([A-Za-z0-9+/=]{1000,})'|"([A-Za-z0-9+/=]{1000,})"/.exec(text);
    const bytes = wasm ? Buffer.from(wasm[1] ?? wasm[2], 'base64').toString('latin1') : '';
    if (file.endsWith('js')) assert.ok(bytes.startsWith('\0asm'), 'the wasm inside is found');
    for (const place of ['/home/', '/root/', '/Users/', process.cwd()]) {
      assert.ok(!text.includes(place) && !bytes.includes(place), `${file} holds ${place}`);
    }
  }
});
