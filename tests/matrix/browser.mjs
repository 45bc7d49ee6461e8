// Pages opened in real browsers: Chromium by Playwright, Firefox by WebDriver BiDi, for which Debian has no driver.

import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { WebSocket } from 'ws';

const LIMIT_MS = 60_000;

/** What a page of Chromium shows in its `<output>` once something stands there. */
export function inChromium(url) {
  return withPage({}, async (page) => {
    const complaints = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    await page.goto(url);
    await page.waitForFunction(() => document.querySelector('output')?.textContent).catch(() => {
      throw new Error(`expected a verdict on the page, found none\n${complaints.join('\n')}`);
    });
    return page.locator('output').first().innerText();
  });
}

/** What is found with a page of Chromium. */
export async function withPage(options, look) {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ['--no-sandbox'] });
  try {
    const page = await browser.newPage(options);
    page.setDefaultTimeout(LIMIT_MS);
    return await look(page);
  } finally {
    await browser.close();
  }
}

/** The same in Firefox. */
export async function inFirefox(url) {
  const profile = await mkdtemp(join(tmpdir(), 'cardwright-firefox-'));
  const firefox = spawn(process.env.FIREFOX ?? 'firefox-esr', ['--headless', '--no-remote', '--profile', profile, '--remote-debugging-port', '0'], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, HOME: profile, MOZ_CRASHREPORTER_DISABLE: '1' },
  });
  try {
    const driver = await Bidi.connect(await address(firefox));
    const { context } = (await driver.ask('browsingContext.getTree', {})).contexts[0];
    await driver.ask('browsingContext.navigate', { context, url, wait: 'complete' });
    const end = performance.now() + LIMIT_MS;
    while (performance.now() < end) {
      const { result } = await driver.ask('script.evaluate', {
        expression: "document.querySelector('output').textContent",
        target: { context },
        awaitPromise: false,
      });
      if (result.value) return result.value;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error('expected a verdict on the page, found none');
  } finally {
    firefox.kill('SIGKILL');
    await new Promise((resolve) => (firefox.exitCode ?? firefox.signalCode) === null ? firefox.on('close', resolve) : resolve());
    await rm(profile, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Firefox says on its error stream where it listens. */
function address(firefox) {
  return new Promise((resolve, reject) => {
    let text = '';
    const timer = setTimeout(() => reject(new Error(`expected Firefox to listen\n${text}`)), LIMIT_MS);
    firefox.on('error', reject);
    firefox.stderr.on('data', (chunk) => {
      text += chunk;
      const found = /WebDriver BiDi listening on (ws:\/\/\S+)/.exec(text);
      if (found === null) return;
      clearTimeout(timer);
      resolve(found[1]);
    });
  });
}

/** As much of WebDriver BiDi as opening a page and reading it takes. */
class Bidi {
  #socket;
  #next = 0;
  #waiting = new Map();

  static async connect(url) {
    const bidi = new Bidi();
    bidi.#socket = new WebSocket(`${url}/session`);
    bidi.#socket.onmessage = ({ data }) => bidi.#heard(JSON.parse(data));
    await new Promise((resolve, reject) => {
      bidi.#socket.onopen = resolve;
      bidi.#socket.onerror = reject;
    });
    await bidi.ask('session.new', { capabilities: {} });
    return bidi;
  }

  ask(method, params) {
    const id = (this.#next += 1);
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#socket.send(JSON.stringify({ id, method, params }));
    });
  }

  #heard({ id, type, result, error, message }) {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (type === 'error') waiting?.reject(new Error(`${error}: ${message}`));
    else waiting?.resolve(result);
  }
}
