#!/usr/bin/env node
// Runs the program this package is named after, as it was built for this platform.

import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { constants } from 'node:os';

const { name, optionalDependencies } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'));
const platform = `${process.platform}-${process.arch}`;
const built = found();
if (built === undefined) {
  process.stderr.write(`${name}: ${reason()}\n`);
  process.exit(1);
}

const program = spawn(built, process.argv.slice(2), { stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    // A terminal tells the program itself.
    if (signal !== 'SIGINT' || !process.stdin.isTTY) program.kill(signal);
  });
}
if (process.env.npm_command !== undefined) endWithParent();
program.on('error', ({ message }) => {
  process.stderr.write(`${name}: ${message}\n`);
  process.exitCode = 1;
});
program.on('exit', (code, signal) => {
  process.exitCode = code ?? 128 + constants.signals[signal];
});

/** npm passes a signal on to a shell, and the shell to nobody: where it has gone, somebody wanted us to stop. */
function endWithParent() {
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    program.kill('SIGTERM');
  }, 250);
  watch.unref();
}

function found() {
  try {
    return createRequire(import.meta.url).resolve(`${name}-${platform}/bin/${name}`);
  } catch {
    return undefined;
  }
}

function reason() {
  const platforms = Object.keys(optionalDependencies).map((one) => one.slice(name.length + 1));
  return platforms.includes(platform)
    ? `expected the package ${name}-${platform}; install again without --omit=optional`
    : `there is none for ${platform}, only for ${platforms.join(', ')}; the container runs elsewhere, and so does \`cargo build --release --package ${name}\``;
}
