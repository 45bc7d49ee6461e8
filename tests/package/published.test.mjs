// The tarball as the registry would get it: its manifest, its types as every resolution finds them, and nothing of the builder's machine.

import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { folder } from './installed.mjs';
import { decode, inlined } from './module-text.mjs';

const tarball = process.env.CARDWRIGHT_TARBALL;
const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));

test('publint, strict: nothing', async () => {
  const bytes = readFileSync(tarball);
  const { messages } = await publint({ strict: true, pack: { tarball: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) } });
  assert.deepEqual(messages.map((message) => formatMessage(message, manifest)), []);
});

test('are the types wrong, strict: no, the raw module excepted', () => {
  const attw = join(import.meta.dirname, 'node_modules/.bin/attw');
  // It ends with 1 because of the module: no program can tell what importing one gives.
  const { status, stdout } = spawnSync(attw, [tarball, '--profile', 'strict', '--format', 'json'], { encoding: 'utf8', maxBuffer: 2 ** 26 });
  assert.equal(status, 1);
  const { problems } = JSON.parse(stdout).analysis;
  assert.ok(problems.some(({ entrypoint }) => entrypoint === './cardwright.wasm'), 'attw sees what there is to see');
  assert.deepEqual(problems.filter(({ entrypoint }) => entrypoint !== './cardwright.wasm'), []);
});

test('nothing runs at install, and nothing else is installed', () => {
  for (const part of ['dependencies', 'optionalDependencies', 'bundledDependencies', 'bundleDependencies', 'scripts', 'bin', 'gypfile']) {
    assert.equal(manifest[part], undefined, part);
  }
});

test('no-wasm weighs at most 1.6 times the default entry', (context) => {
  const [script, wasm] = ['no-wasm.js', 'index.js'].map((name) => gzipSync(readFileSync(join(folder, 'dist', name)), { level: 9 }).length);
  context.diagnostic(`${script} to ${wasm} bytes of gzip: ${(script / wasm).toFixed(2)}`);
  assert.ok(script <= 1.6 * wasm);
});

test('no file names a place of the machine it was built on', () => {
  const root = resolve(import.meta.dirname, '../..');
  const sysroot = execFileSync('rustc', ['--print', 'sysroot'], { encoding: 'utf8' }).trim();
  const { CARGO_HOME, CARGO_TARGET_DIR, RUSTUP_HOME } = process.env;
  const places = [homedir(), root, sysroot, CARGO_HOME, CARGO_TARGET_DIR, RUSTUP_HOME, `/${userInfo().username}/`, '/home/', '/Users/', '/.cargo/', '/.rustup/'];
  const unwanted = new Set(places.filter(Boolean).map((place) => (/^\/[^/]+$/.test(place) ? `${place}/` : place)));
  let held = 0;
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((file) => file.isFile());
  for (const file of files) {
    const text = readFileSync(join(file.parentPath, file.name), 'latin1');
    // Whatever is long enough to be a path is looked at decoded, too: the data of the module's translation, and the inlined module.
    const decoded = [...text.matchAll(/[A-Za-z0-9+/]{16,}={0,2}/g)].map(([one]) => Buffer.from(one, 'base64').toString('latin1'));
    const module = inlined(text);
    if (module !== undefined) decoded.push(decode(module).toString('latin1'));
    held += decoded.some((one) => one.startsWith('\0asm')) ? 1 : 0;
    for (const place of unwanted) {
      assert.ok(![text, ...decoded].some((one) => one.includes(place)), `${file.name} holds ${place}`);
    }
  }
  assert.equal(held, 4, 'the two modules, inlined twice each, were looked into');
  assert.ok(files.length > 15);
});
