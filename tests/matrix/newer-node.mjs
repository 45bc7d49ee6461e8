// A Node newer than the floor, for the tools that ask for one. npm has it as a package without an install script.

import { execFile } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const VERSION = '24.15.0';
let folder;

/** The folder of the program `node`; installed once. */
export function newerNode() {
  return (folder ??= install());
}

async function install() {
  if (Number(process.versions.node.split('.')[0]) >= 24) return undefined;
  const into = await mkdtemp(join(tmpdir(), 'cardwright-node-'));
  const name = `node-${process.platform}-${process.arch}`;
  await promisify(execFile)('npm', ['install', '--prefix', into, '--no-audit', '--no-fund', '--loglevel=error', `${name}@${VERSION}`]);
  return join(into, 'node_modules', name, 'bin');
}
