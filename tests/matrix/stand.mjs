// A project of its own for each toolchain: made in a temporary folder, installed from npm, with the packed tarball in it.

import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const STEP_LIMIT_MS = 300_000;

export class Stand {
  #node;
  #running = [];

  constructor(folder, node) {
    this.folder = folder;
    this.#node = node;
  }

  /** Makes the project and installs what it names; `node` is the folder of the Node it runs under. */
  static async raise({ packages, files, node, type = 'module', tarball }) {
    const stand = new Stand(await mkdtemp(join(tmpdir(), 'cardwright-matrix-')), node);
    const dependencies = { cardwright: `file:${tarball}`, ...packages };
    await stand.write('package.json', JSON.stringify({ name: 'fixture', version: '1.0.0', private: true, type, dependencies }));
    for (const [name, text] of Object.entries(files)) await stand.write(name, text);
    await stand.run('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error']);
    return stand;
  }

  async write(name, text) {
    const file = join(this.folder, name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }

  /** Runs a program of the project, or of the path, to its end, and gives what it printed. */
  run(program, args = [], env = {}) {
    return new Promise((resolve, reject) => {
      const child = this.#spawn(program, args, env);
      let text = '';
      const timer = setTimeout(() => stop(child), STEP_LIMIT_MS);
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (text += chunk));
      child.on('error', reject);
      child.on('close', (code) => {
        clearTimeout(timer);
        if (code === 0) resolve(text);
        else reject(new Error(`${program} ${args.join(' ')}: expected success, found ${code}\n${text.slice(-3_000)}`));
      });
    });
  }

  /** Starts a server of the project on a free port, and gives its address once it answers. */
  async serve(program, args, env = {}) {
    const port = await freePort();
    const filled = args.map((arg) => arg.replace('PORT', port));
    const child = this.#spawn(program, filled, env);
    this.#running.push(child);
    let text = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (text += chunk));
    const url = `http://127.0.0.1:${port}`;
    const end = performance.now() + STEP_LIMIT_MS;
    while (performance.now() < end && child.exitCode === null) {
      const answer = await fetch(url).catch(() => undefined);
      if (answer !== undefined) return url;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`${program} ${filled.join(' ')}: expected a server\n${text.slice(-3_000)}`);
  }

  async down() {
    await Promise.all(this.#running.map(stop));
    await rm(this.folder, { recursive: true, force: true, maxRetries: 3 });
  }

  #spawn(program, args, env) {
    const path = [join(this.folder, 'node_modules/.bin'), this.#node, process.env.PATH].filter(Boolean).join(':');
    // A group of its own, so that what it starts is stopped with it.
    return spawn(program, args, {
      cwd: this.folder,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, PATH: path, CI: '1', NO_COLOR: '1', NEXT_TELEMETRY_DISABLED: '1', NODE_ENV: undefined, ...env },
    });
  }
}

function stop(child) {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.on('close', resolve);
    process.kill(-child.pid, 'SIGKILL');
  });
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(String(port)));
    });
  });
}
