// The programs as npm users get them: the packed tarballs, installed into an empty folder without a network, and run.

import assert from 'node:assert/strict';
import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';

const tarballs = process.env.CARDWRIGHT_PROGRAMS;
if (!tarballs) throw new Error('expected CARDWRIGHT_PROGRAMS to name the folder of packed programs; `cargo xtask test package` sets it');
const platform = `${process.platform}-${process.arch}`;
const SECRETS = { INGO_API_KEY: 'key-of-a-test', INGO_USERNAME: 'name-of-a-test', INGO_SECRET: 'secret-of-a-test' };
const prefixed = (prefix) => Object.fromEntries(Object.entries(SECRETS).map(([name, value]) => [`${prefix}_${name}`, value]));

let project;
const running = new Set();

before(() => {
  project = mkdtempSync(join(tmpdir(), 'cardwright-programs-'));
  writeFileSync(join(project, 'package.json'), '{"private":true}');
  const files = readdirSync(tarballs).filter((name) => !name.startsWith('cardwright-conform')).map((name) => join(tarballs, name));
  assert.equal(files.length, 4);
  execFileSync('npm', ['install', '--offline', '--no-audit', '--no-fund', '--silent', '--ignore-scripts', ...files], { cwd: project });
});
after(() => {
  for (const program of running) {
    try {
      process.kill(-program.pid, 'SIGKILL');
    } catch {
      // All of it has ended.
    }
  }
  rmSync(project, { recursive: true });
});

const manifest = (name) => JSON.parse(readFileSync(join(project, 'node_modules', name, 'package.json'), 'utf8'));

const LIMIT_MS = 60_000;

/** Starts a program, and waits until it says where it listens. */
async function start(command, given, environment) {
  // A group of its own, so that nothing stays behind whatever goes wrong.
  const options = { cwd: project, env: { PATH: process.env.PATH, HOME: project, RUST_LOG: 'error', ...environment }, stdio: ['ignore', 'pipe', 'pipe'], detached: true };
  const program = spawn(command, given, options);
  running.add(program);
  let log = '';
  program.stderr.on('data', (text) => (log += text));
  const ended = once(program, 'exit');
  const [line] = await Promise.race([
    once(createInterface({ input: program.stdout }), 'line'),
    ended.then(([code]) => Promise.reject(new Error(`${given} ended with ${code}: ${log}`))),
  ]);
  return { program, ended, url: JSON.parse(line).listening };
}

const npx = (name, environment) => start('npx', ['--offline', name], environment);
const installed = (name, environment) => start(join(project, 'node_modules/.bin', name), [], environment);
const SANDBOX = { SANDBOX_LISTEN: '127.0.0.1:0', SANDBOX_CONTROL_TOKEN: 'token-of-a-test', ...prefixed('SANDBOX') };
const proxyOf = ({ url }) => ({ CARDWRIGHT_LISTEN: '127.0.0.1:0', DATABASE_URL: 'memory:', CARDWRIGHT_INGO_BASE_URL: `${url}/api`, ...prefixed('CARDWRIGHT') });

async function issued({ url }) {
  const response = await fetch(`${url}/api/ingo/cards/issue`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'cardwright-contract': '1', 'idempotency-key': '0123456789abcdef', 'sec-fetch-site': 'same-origin' },
    body: JSON.stringify({ user_id: 'user-8f3a2b1c-0e44-4f2d-9a11-7b23cc90d1ef', card_type: 'virtual' }),
  });
  return (await response.json()).data.items[0].status;
}

/** Waits until nobody answers there any more. */
async function gone({ url }) {
  while (await fetch(`${url}/health`, { headers: { connection: 'close' } }).then(() => true, () => false)) await pause(50);
}

test('npx runs the sandbox and the proxy, a card is issued, and both are gone once npx is told to stop', { timeout: LIMIT_MS }, async () => {
  const sandbox = await npx('cardwright-sandbox', SANDBOX);
  const proxy = await npx('cardwright-proxy', proxyOf(sandbox));
  assert.equal(await issued(proxy), 'active');
  for (const started of [proxy, sandbox]) {
    started.program.kill('SIGTERM');
    await started.ended;
    await gone(started);
    running.delete(started.program);
  }
});

test('what is installed passes a signal on, and ends with the code of the program', { timeout: LIMIT_MS }, async () => {
  const sandbox = await installed('cardwright-sandbox', SANDBOX);
  const proxy = await installed('cardwright-proxy', proxyOf(sandbox));
  assert.equal(await issued(proxy), 'active');
  for (const [started, signal] of [[proxy, 'SIGTERM'], [sandbox, 'SIGINT']]) {
    started.program.kill(signal);
    assert.deepEqual(await started.ended, [0, null]);
    running.delete(started.program);
  }
});

test('what the program says of a wrong option, and its code, pass through', { timeout: LIMIT_MS }, async () => {
  const run = (...options) => promisify(execFile)('npx', ['--offline', 'cardwright-proxy', ...options], { cwd: project, env: { PATH: process.env.PATH, HOME: project } });
  await assert.rejects(run('--no-such-option'), ({ code, stderr }) => code === 2 && stderr.includes("unexpected argument '--no-such-option'"));
  assert.match((await run('--help')).stdout, /--ingo-base-url/);
});

test('nothing runs at install, and the program is for this platform only', () => {
  for (const name of ['cardwright-proxy', 'cardwright-sandbox']) {
    const [starter, program] = [manifest(name), manifest(`${name}-${platform}`)];
    for (const one of [starter, program]) for (const part of ['scripts', 'dependencies', 'gypfile']) assert.equal(one[part], undefined, `${one.name}: ${part}`);
    assert.equal(starter.optionalDependencies[program.name], program.version);
    assert.deepEqual([program.os, program.cpu], [[process.platform], [process.arch]]);
    const folder = join(project, 'node_modules', program.name);
    assert.match(readFileSync(join(folder, 'THIRD-PARTY.txt'), 'utf8'), /Permission is hereby granted/);
    assert.ok(existsSync(join(folder, 'LICENSE-MIT')));
  }
});

test('without the package of the platform it says what is missing', async () => {
  const folder = join(project, 'node_modules', `cardwright-sandbox-${platform}`);
  renameSync(folder, `${folder}-away`);
  const start = promisify(execFile)(process.execPath, [join(project, 'node_modules/cardwright-sandbox/launch.mjs')]);
  await assert.rejects(start, ({ code, stderr }) => {
    assert.equal(stderr, `cardwright-sandbox: expected the package cardwright-sandbox-${platform}; install again without --omit=optional\n`);
    return code === 1;
  });
  renameSync(`${folder}-away`, folder);
});
