// The examples in a project of their own: the packed package beside the tools they name.

import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { project } from '../package/installed.mjs';

export { folder as cardwright, project } from '../package/installed.mjs';

const here = import.meta.dirname;
const ours = (path) => !['node_modules', 'package-lock.json'].includes(basename(path)) && !path.endsWith('.test.mjs');
cpSync(here, project, { recursive: true, filter: ours });

for (const name of readdirSync(join(here, 'node_modules'))) {
  // A scope may already hold something of the package's own installation.
  const below = name.startsWith('@') ? readdirSync(join(here, 'node_modules', name)).map((one) => `${name}/${one}`) : [name];
  for (const one of below) {
    const link = join(project, 'node_modules', one);
    if (one.startsWith('.') || existsSync(link)) continue;
    mkdirSync(join(link, '..'), { recursive: true });
    symlinkSync(join(here, 'node_modules', one), link);
  }
}

const run = promisify(execFile);

/** Runs a program of a package's in the project, and gives what it printed; if it fails, that is the error. */
export async function tool(file, ...given) {
  try {
    return (await run(process.execPath, [join(here, 'node_modules', file), ...given], { cwd: project, env: { ...process.env, NO_COLOR: '1', CI: '1' } })).stdout;
  } catch (error) {
    throw new Error(`${file}: ${error.stdout}${error.stderr}`);
  }
}
