// What is told to those who write code from one page: every name is there, and every name on it exists.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { folder, load } from './installed.mjs';

const page = readFileSync(join(folder, 'llms.txt'), 'utf8');
const faces = await load();
const { exports } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
const methods = (object) => Object.keys(object).filter((name) => !name.startsWith('~'));

test('every entry, every export and every method is on the page', () => {
  const entries = Object.keys(exports).map((name) => name.replace('.', 'cardwright')).filter((name) => !name.endsWith('package.json'));
  for (const entry of entries) assert.ok(page.includes(`\`${entry}\``), entry);
  const names = Object.keys(faces).filter((name) => name !== 'default');
  assert.ok(names.length >= 10);
  const client = new faces.CardClient();
  for (const name of [...names, ...methods(faces.ingo), ...methods(faces.pintopay), ...methods(client.pintopay)]) {
    assert.match(page, new RegExp(`\\b${name}\\b`), name);
  }
});

test('every method the page names exists', () => {
  const { ingo, pintopay } = faces;
  const known = { ingo, pintopay, client: new faces.CardClient() };
  const found = [...page.matchAll(/\b(ingo|pintopay|client)((?:\.\w+)+)/g)];
  assert.ok(found.length >= 8);
  for (const [whole, start, path] of found) {
    const end = path.slice(1).split('.').reduce((object, name) => object?.[name], known[start]);
    assert.notEqual(end, undefined, whole);
  }
  for (const [, name] of page.matchAll(/(?<=Also .*|\n  Also .*)`\.(\w+)/g)) assert.ok(name in ingo.issueCard, name);
});
