// Tabs that are killed as a system out of memory would, and chance that is the same each time.

import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { STEP_LIMIT_MS, within } from './stage.mjs';

/** A page of the origin that loads nothing else; what is tested is the SDK and the browser, not the demo. */
const LIGHT_PAGE = '/favicon.svg';

/** The tabs of a browser context of their own. */
export class Tabs {
  #browser;
  #context;
  #at;

  /** Tabs that load a page of this origin. */
  static async of(browser, at) {
    const tabs = new Tabs();
    tabs.#browser = await browser.newBrowserCDPSession();
    tabs.#context = await browser.newContext();
    tabs.#at = at;
    return tabs;
  }

  async open() {
    const tab = await within(this.#context.newPage(), STEP_LIMIT_MS, 'no tab was opened');
    tab.setDefaultTimeout(STEP_LIMIT_MS);
    await tab.goto(`${this.#at}${LIGHT_PAGE}`);
    return tab;
  }

  /** Kills the only tab. The other processes of its browser live on. */
  async kill(tab) {
    const crashed = new Promise((resolve) => tab.once('crash', resolve));
    const killed = await this.#renderers();
    for (const id of killed) {
      try {
        process.kill(id, 'SIGKILL');
      } catch (error) {
        // One that has ended by itself since was no tab.
        if (error.code !== 'ESRCH') throw error;
      }
    }
    await within(crashed, STEP_LIMIT_MS, 'the tab lives on');
    // One is kept for the next tab: until its end is noticed, that would be born dead.
    await until(async () => (await this.#renderers()).every((id) => !killed.includes(id)), 'the browser has not noticed');
    await within(tab.close(), STEP_LIMIT_MS, 'the tab was not closed');
  }

  async #renderers() {
    const { processInfo } = await this.#browser.send('SystemInfo.getProcessInfo');
    return processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => id);
  }
}

/** Waits until something holds, looking often. */
export async function until(holds, text, limitMs = STEP_LIMIT_MS) {
  const end = performance.now() + limitMs;
  while (!(await holds())) {
    assert.ok(performance.now() < end, text);
    await sleep(5);
  }
}

/** Draws that are the same for the same seed (mulberry32): `below(n)` gives 0 to n - 1. */
export function draws(seed) {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}
