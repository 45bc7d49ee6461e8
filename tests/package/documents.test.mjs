// What the documents show compiles, strictly, against the packed types: each block of code, and each call on the page for those who
// write code from it. What a text speaks of without making it is declared in types/spoken-of.ts.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { beside, folder, project } from './installed.mjs';

const BLOCK = /^```(?:js|ts|tsx)\n(.*?)^```/gms;
/** A statement, or a call of something by its whole name; `.check(values)` is a member of what its line speaks of. */
const CALL = /`((?:const|await|for await) [^`]+|[a-z][\w.]*\([^`]+\))`/g;
const DOCUMENTS = {
  'README.md': [join(import.meta.dirname, '../../README.md'), BLOCK],
  'pkg/README.md': [join(folder, 'README.md'), BLOCK],
  'pkg/llms.txt': [join(folder, 'llms.txt'), CALL],
};

const into = join(project, 'documents');
mkdirSync(into);
beside('@conform-to/react', '@tanstack/form-core', '@types/react', 'react-hook-form');
copyFileSync(join(import.meta.dirname, 'types/spoken-of.ts'), join(into, 'spoken-of.ts'));
const settings = JSON.parse(readFileSync(join(import.meta.dirname, 'types/tsconfig.json'), 'utf8'));
// What a page may leave open: a row of a list may be asked for without a look whether there is one.
const compilerOptions = { ...settings.compilerOptions, module: 'esnext', moduleResolution: 'bundler', jsx: 'react-jsx', noUncheckedIndexedAccess: false, skipLibCheck: true };
writeFileSync(join(into, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*'] }));

const tsc = join(import.meta.dirname, '../../pkg/node_modules/typescript/bin/tsc');
const found = compiled();

for (const name of Object.keys(DOCUMENTS)) {
  test(`what ${name} shows compiles`, () => {
    assert.deepEqual(found.filter((error) => error.startsWith(name)), []);
  });
}

test('the slugs that are the proxy\'s own are in the package\'s README', () => {
  const own = ['issuer/gateway.rs', 'reconcile.rs'].map((file) => {
    const text = readFileSync(join(import.meta.dirname, '../../proxy/src', file), 'utf8');
    return /const (?:REFUSED|NOT_DONE): &str = "(\w+)";/.exec(text)[1];
  });
  assert.deepEqual(own, ['gateway_refused', 'not_done']);
  for (const slug of own) assert.ok(readFileSync(join(folder, 'README.md'), 'utf8').includes(`\`${slug}\``), slug);
});

test('nothing else is in the way', () => {
  assert.deepEqual(found.filter((error) => !Object.keys(DOCUMENTS).some((name) => error.startsWith(name))), []);
});

/** The compiler's errors, each with the line of the document that it is about. */
function compiled() {
  const places = new Map();
  for (const [name, [file, pattern]] of Object.entries(DOCUMENTS)) {
    const text = readFileSync(file, 'utf8');
    const pieces = [...text.matchAll(pattern)];
    assert.ok(pieces.length > 0, name);
    for (const { 1: code, 0: whole, index } of pieces) {
      const line = text.slice(0, index + whole.indexOf(code)).split('\n').length;
      const as = `piece-${places.size}.tsx`;
      places.set(as, { name, line });
      // A loop may be shown by its head.
      writeFileSync(join(into, as), `${code};\nexport {};\n`);
    }
  }
  try {
    execFileSync(process.execPath, [tsc, '--project', 'tsconfig.json', '--pretty', 'false'], { cwd: into, encoding: 'utf8' });
    return [];
  } catch ({ stdout }) {
    return stdout.trim().split('\n').filter((line) => !line.startsWith(' ')).map((error) => {
      const [, as, line, what] = /^([^(]+)\((\d+),\d+\): error (.*)$/.exec(error) ?? [];
      const place = places.get(as);
      return place ? `${place.name}:${place.line + Number(line) - 1}: ${what}` : error;
    });
  }
}
