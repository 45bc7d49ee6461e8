// The module as text: read to the byte, and told apart from whatever it was not built as.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { folder, load, project } from './installed.mjs';
import { VIRTUAL } from './issuer.mjs';
import { decode, encode, inlined, sum } from './module-text.mjs';

const pkg = join(import.meta.dirname, '../../pkg');
const file = join(project, 'module-text.mjs');
execFileSync(join(pkg, 'node_modules/.bin/esbuild'), ['src/module-text.ts', '--bundle', '--format=esm', '--log-level=warning', `--outfile=${file}`], { cwd: pkg });
const { bytesOf } = await import(pathToFileURL(file).href);
const entry = readFileSync(join(folder, 'dist/index.js'), 'utf8');
const text = inlined(entry);
const wasm = readFileSync(join(folder, 'dist/cardwright.wasm'));
const damaged = { code: 'internal_error', outcome: 'not_sent', cause: new Error('expected the module as it was built') };

test('it is the module, in ASCII that needs no escape', () => {
  assert.deepEqual(decode(text), wasm);
  assert.match(text, /^[ !#%&(-;=-[\]-_a-~]+$/);
});

/** The same bytes and texts stand in xtask/src/module_text.rs. */
test('the text that was written is the one that is read', () => {
  for (const [bytes, text] of [
    [[], `${'f'.repeat(21)}7${'0'.repeat(42)}`],
    [[0, 31, 32, 86, 87, 255], `${'f'.repeat(21)}c${'0'.repeat(41)}8Tw VW|`],
    [[0, 97, 115, 109, 1, 0, 0, 200, 255], 'ffffffffffffffffffff30002002800000000000000000000010000000000008RasmSRR{|'],
  ]) {
    assert.equal(encode(bytes), text);
    assert.deepEqual([...bytesOf(text, sum(bytes))], bytes);
  }
  assert.equal(sum(Buffer.from('foobar')), 0xbf9cf968);
});

test('every byte is read at every place of a text', () => {
  for (let byte = 0; byte < 256; byte++) {
    for (const bytes of [[byte], [0, byte], [byte, 0], [255, byte], [byte, 255], [byte, byte, byte]]) {
      assert.deepEqual([...bytesOf(encode(bytes), sum(bytes))], bytes);
    }
  }
});

test('a text that was cut, lengthened or changed is none', () => {
  const bytes = Array.from({ length: 256 }, (_, at) => at);
  const whole = encode(bytes);
  for (let at = 0; at < whole.length; at++) {
    const [before, letter, after] = [whole.slice(0, at), whole[at], whole.slice(at + 1)];
    const others = [before, before + after, `${before}${letter}${letter}${after}`];
    for (const other of [' ', 'a', '}', '~', '"', '\n', '\0', '\u007f', '\u00e9', '\ufffd']) if (other !== letter) others.push(before + other + after);
    // What is no hex digit counts as 0, and says the same in its place.
    if (letter === '0' && at < 64) others.splice(3);
    for (const other of others) assert.throws(() => bytesOf(other, sum(bytes)), damaged, JSON.stringify(other));
  }
});

test('a damaged entry says so, and does not blame the policy of the page', async () => {
  const [head, tail] = [text.slice(0, 50_000), text.slice(50_000)];
  for (const [name, other] of Object.entries({ cut: head, changed: `${head}${tail[0] === 'a' ? 'b' : 'a'}${tail.slice(1)}` })) {
    const path = join(project, `damaged-${name}.mjs`);
    writeFileSync(path, entry.replace(text, () => other));
    const { ingo, ready } = await import(pathToFileURL(path).href);
    const checked = ingo.issueCard.check(VIRTUAL);
    assert.deepEqual([checked.ok, checked.issues.map(({ code }) => code)], [false, ['internal_error']]);
    await assert.rejects(ready(), damaged);
  }
  assert.equal((await load()).ingo.issueCard.check(VIRTUAL).ok, true);
});
