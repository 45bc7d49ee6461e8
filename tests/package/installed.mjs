// The packed tarball, installed as a user would install it: every test here goes through it.

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

const tarball = process.env.CARDWRIGHT_TARBALL;
if (!tarball) throw new Error('expected CARDWRIGHT_TARBALL to name the packed package; `cargo xtask test package` sets it');

/** A project that has the package and nothing else. */
export const project = mkdtempSync(join(tmpdir(), 'cardwright-'));
writeFileSync(join(project, 'package.json'), '{"private":true}');
execFileSync('npm', ['install', '--no-audit', '--no-fund', '--silent', '--ignore-scripts', tarball], { cwd: project });

export const require = createRequire(join(project, 'index.js'));
export const folder = join(project, 'node_modules/cardwright');

/** Puts packages that the tests have beside the installed one. */
export function beside(...names) {
  for (const name of names) {
    const link = join(project, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(import.meta.dirname, 'node_modules', name), link);
  }
}

/** An ESM entry; with a `copy`, one of its own, whose rules nobody has called before. */
export const load = (name = 'index', copy = '') => import(pathToFileURL(join(folder, `dist/${name}.js`)).href + copy);

/** The same as a page has it, where Node's own ways are not there. */
export async function loadAsInPage() {
  const node = Object.getOwnPropertyDescriptor(globalThis, 'process');
  delete globalThis.process;
  try {
    return await load('index', '?page');
  } finally {
    Object.defineProperty(globalThis, 'process', node);
  }
}
