// Starts what a test plays on: a sandbox issuer, the proxy and a browser, each stopped again by its own handle.

import { spawn } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Lines } from './lines.mjs';

const { chromium } = createRequire(new URL('../package/package.json', import.meta.url))('playwright-core');

const START_LIMIT_MS = 30_000;
const STOP_LIMIT_MS = 10_000;
/** How a Chromium of a test is started. */
export const BROWSER_ARGUMENTS = [
  '--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync',
];

/** How a page is looked at, unless a test says otherwise. Motion would only make it wait. */
const VIEW = { viewport: { width: 1280, height: 900 }, locale: 'en-US', reducedMotion: 'reduce' };

/** The limit of one step of a page. Nothing is measured by it: two cores that start five browsers at once have taken 8 s to load a page. */
export const STEP_LIMIT_MS = 25_000;
/** The limit of one whole test. */
export const TEST_LIMIT_MS = 90_000;
/** What a program says to a proxy on loopback, which hears its own pages only. */
export const OWN_PAGE = { 'sec-fetch-site': 'same-origin' };
export const USER = 'user-8f3a2b1c-0e44-4f2d-9a11-7b23cc90d1ef';

/** Secrets that occur nowhere else in the world. */
export function newSecrets() {
  const secret = (name) => `${name}-${randomBytes(18).toString('hex')}`;
  return { apiKey: secret('key'), username: secret('name'), secret: secret('hmac'), controlToken: secret('control'), pintopayKey: secret('project'), pintopaySecret: secret('seal') };
}

/**
 * Raises the stage. `proxy` adds to the proxy's environment. `pintopay`, as `{ speed }`, makes the issuer be PintoPay too; the
 * proxy always knows it, so that a page can ask for its orders. `lines` opens so many lines to the proxy that can go wrong, as
 * `stage.lines`; pages are then given `at: stage.lines.url(n)`. `stage.newPage(options)` gives a page that has loaded the demo;
 * `stage.down()` ends everything. With `browser: false` there are no pages; `browserArguments` adds to how the browser is
 * started. Of several `replicas`, over one PostgreSQL, the lines lead to each in turn. `stage.folder` holds the store of a
 * single one.
 */
export async function raise({ secrets = newSecrets(), proxy: proxyEnvironment = {}, pintopay, lines: lineCount = 0, browser: wanted = true, browserArguments = [], replicas = 1 } = {}) {
  const running = [];
  try {
    const sandbox = await start(running, 'CARDWRIGHT_SANDBOX_BIN', {
      SANDBOX_CONTROL_TOKEN: secrets.controlToken,
      SANDBOX_INGO_API_KEY: secrets.apiKey,
      SANDBOX_INGO_USERNAME: secrets.username,
      SANDBOX_INGO_SECRET: secrets.secret,
      ...(pintopay && {
        SANDBOX_PINTOPAY_API_KEY: secrets.pintopayKey,
        SANDBOX_PINTOPAY_SECRET: secrets.pintopaySecret,
        SANDBOX_PINTOPAY_SPEED: String(pintopay.speed),
      }),
    });
    const folder = replicas > 1 ? undefined : await newFolder(running);
    const store = folder ? `sqlite:${join(folder, 'cardwright.db')}` : (await start(running, 'CARDWRIGHT_POSTGRES_BIN', {})).url;
    const lines = lineCount > 0 ? await openLines(running, lineCount) : undefined;
    const startProxy = () => start(running, 'CARDWRIGHT_PROXY_BIN', {
      DATABASE_URL: store,
      CARDWRIGHT_LISTEN: '127.0.0.1:0',
      CARDWRIGHT_STATIC: named('CARDWRIGHT_DEMO_DIR'),
      CARDWRIGHT_INGO_BASE_URL: `${sandbox.url}/api`,
      CARDWRIGHT_INGO_API_KEY: secrets.apiKey,
      CARDWRIGHT_INGO_USERNAME: secrets.username,
      CARDWRIGHT_INGO_SECRET: secrets.secret,
      CARDWRIGHT_PINTOPAY_BASE_URL: sandbox.url,
      CARDWRIGHT_PINTOPAY_API_KEY: secrets.pintopayKey,
      CARDWRIGHT_PINTOPAY_SECRET: secrets.pintopaySecret,
      // Bytes pass a line unchanged, so its address is what a page names as the host.
      ...(lines && { CARDWRIGHT_ALLOWED_HOST: lines.hosts.join() }),
      ...proxyEnvironment,
    });
    const proxy = await startProxy();
    const others = await Promise.all(Array.from({ length: replicas - 1 }, startProxy));
    await lines?.leadTo(proxy.url, ...others.map(({ url }) => url));
    const browser = wanted ? await launch(running, browserArguments) : undefined;
    return new Stage({ secrets, sandbox, proxy, lines, browser, running, folder });
  } catch (error) {
    await stopAll(running);
    throw error;
  }
}

/** A folder for a store of SQLite, that ends with the stage. */
async function newFolder(running) {
  const folder = await mkdtemp(join(tmpdir(), 'cardwright-e2e-'));
  running.push({ stop: () => rm(folder, { recursive: true }) });
  return folder;
}

class Stage {
  constructor(parts) {
    Object.assign(this, parts);
  }

  /** A page of a browser context of its own, with the demo loaded and, if it `starts`, the list read. */
  async newPage({ prepare = async () => {}, starts = true, at = this.proxy.url, ...options } = {}) {
    const context = await this.browser.newContext({ ...VIEW, ...options });
    const page = await context.newPage();
    page.setDefaultTimeout(STEP_LIMIT_MS);
    await prepare(page, context);
    await page.goto(at, { waitUntil: 'load' });
    if (starts) await page.locator('.cards__list[aria-busy=false]').waitFor();
    return page;
  }

  /** What the issuer really did: `{ cards, requests }`. */
  async ledger() {
    const response = await this.#control('GET', '/_ledger');
    return response.json();
  }

  /** Asks the proxy for an operation without a page, and gives the card of the answer. */
  async ask(operation, values, headers = {}) {
    const response = await fetch(`${this.proxy.url}/api/ingo/cards/${operation}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'cardwright-contract': '1', 'sec-fetch-site': 'same-origin', 'idempotency-key': randomUUID(), ...headers },
      body: JSON.stringify({ user_id: USER, ...values }),
      signal: AbortSignal.timeout(STEP_LIMIT_MS),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${operation}: ${text}`);
    return JSON.parse(text).data.items[0];
  }

  /** Makes the issuer go wrong. */
  async fault(fault) {
    const response = await this.#control('POST', '/_faults', fault);
    if (response.status !== 201) throw new Error(`fault not taken: ${await response.text()}`);
  }

  /** Forgets all that happened, and all that was to go wrong. */
  async reset() {
    await this.#control('DELETE', '/_faults');
    await this.#control('POST', '/_ledger/reset');
  }

  /** Waits until the issuer has made so many cards. */
  untilMade(count) {
    return this.#until(({ cards }) => cards.length >= count, `the issuer has not made ${count} cards`);
  }

  /** Waits until a request has reached the issuer. */
  untilAsked() {
    return this.#until(({ requests }) => requests.length > 0, 'the issuer was not asked');
  }

  /** Waits until nothing the issuer was asked is still to take effect. */
  untilSettled() {
    return this.#until(({ requests }) => requests.every(({ accepted, status }) => accepted || status !== null), 'the issuer is not done');
  }

  down() {
    return stopAll(this.running);
  }

  async #until(holds, text) {
    const end = performance.now() + STEP_LIMIT_MS;
    while (!holds(await this.ledger())) {
      if (performance.now() > end) throw new Error(text);
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }

  #control(method, path, body) {
    return fetch(this.sandbox.url + path, {
      method,
      headers: { authorization: `Bearer ${this.secrets.controlToken}` },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(STEP_LIMIT_MS),
    });
  }
}

/** Whatever ends this process, nothing it started stays behind. */
const programs = new Set();
process.on('exit', () => programs.forEach((program) => program.kill('SIGKILL')));

async function launch(running, more) {
  const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
  const browser = await chromium.launch({ executablePath, args: [...BROWSER_ARGUMENTS, ...more], timeout: START_LIMIT_MS });
  running.push({ stop: () => browser.close() });
  return browser;
}

/** Opens lines that lead nowhere yet; `running` is what ends with the stage. */
export async function openLines(running, count) {
  const program = await start(running, 'CARDWRIGHT_FAULTS_BIN', { FAULTS_LINES: String(count) });
  return new Lines(program.said);
}

/** Starts a program, and waits until it says where it listens. Its stderr is kept in `log`. */
async function start(running, variable, environment) {
  const program = spawn(named(variable), [], {
    env: { PATH: process.env.PATH, RUST_LOG: 'info', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const started = { url: '', log: '', stop: () => stop(program), kill: () => stop(program, 'SIGKILL') };
  running.push(started);
  programs.add(program);
  program.stderr.setEncoding('utf8').on('data', (text) => (started.log += text));
  const lines = createInterface({ input: program.stdout });
  const said = once(lines, 'line').then(([line]) => line);
  const ended = once(program, 'exit').then(([code]) => Promise.reject(new Error(`${variable} ended with ${code}: ${started.log}`)));
  ended.catch(() => {});
  const line = await within(Promise.race([said, ended]), START_LIMIT_MS, `${variable} did not start`);
  started.said = JSON.parse(line);
  started.url = started.said.listening;
  return started;
}

async function stop(program, signal = 'SIGTERM') {
  programs.delete(program);
  if (program.exitCode !== null || program.signalCode !== null) return;
  const ended = once(program, 'exit');
  program.kill(signal);
  await within(ended, STOP_LIMIT_MS, 'still running').catch(async () => {
    program.kill('SIGKILL');
    await ended;
  });
}

export async function stopAll(running) {
  for (const { stop } of running.reverse()) await stop();
  running.length = 0;
}

/** The promise, or an error when it takes longer. */
export function within(promise, ms, text) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(text)), ms);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

function named(variable) {
  const value = process.env[variable];
  if (!value) throw new Error(`${variable} is not set; see \`cargo xtask test\``);
  return value;
}
