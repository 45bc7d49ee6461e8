// Chromium as a place to measure in: a fresh page for each job.

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium as browsers } from 'playwright-core';
import { serveFolder } from '../../tests/matrix/folder-server.mjs';

/** With these a page's clock counts in steps of 5 us; without, of 100. */
const ISOLATED = { 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp' };

/** Chromium, over a folder of bundles and inputs. */
export async function chromium(folder) {
  const server = await serveFolder(folder, ISOLATED);
  const launch = () => browsers.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] });
  const browser = await launch();

  /** What `look` finds with a page that nothing was loaded into. */
  async function withPage(look, { of = browser } = {}) {
    const context = await of.newContext();
    try {
      const page = await context.newPage();
      page.setDefaultTimeout(0);
      await page.goto(`${server.url}/page.html`);
      return await look(page);
    } finally {
      await context.close();
    }
  }

  /** Checks a file that was picked on the page, and says how long it blocked the page. */
  async function check(page, { id, file, worker }, before = () => {}) {
    await page.setInputFiles('input', join(folder, file.name));
    const bundle = await page.evaluateHandle((id) => import(`/${id}.js`), id);
    await before();
    return page.evaluate(
      async ([bundle, file, worker]) => {
        const { blockedWhile, checkFile } = await import('/measure.js');
        const expected = await (await fetch(`/${file.expected}`)).json();
        const [picked] = document.querySelector('input').files;
        return blockedWhile(() => checkFile(bundle, picked, { format: file.format, expected, worker }));
      },
      [bundle, file, worker],
    );
  }

  return {
    name: 'Chromium',
    version: browser.version(),
    /** Times a workload. */
    measure: (job) =>
      withPage(async (page) => {
        const clock = await mainThread(browser, page);
        await page.exposeFunction('cpuTime', clock);
        return page.evaluate(async (job) => {
          const { measure } = await import('/measure.js');
          const load = (id) => import(`/${id}.js`);
          const read = async (name) => new Uint8Array(await (await fetch(`/${name}`)).arrayBuffer());
          return measure({ ...job, load, read, clock: () => cpuTime() });
        }, job);
      }),
    /** Milliseconds to the first result of a contender. */
    first: (id) =>
      withPage((page) =>
        page.evaluate(async (id) => {
          const { first } = await import('/measure.js');
          return first(() => import(`/first-${id}.js`));
        }, id),
      ),
    /** How long the page was blocked at most while a file was checked, and how long it took, in milliseconds. */
    blocked: (job) => withPage((page) => check(page, job)),
    /** Bytes that the check of a file adds to the page's process at its peak. */
    async memory(job) {
      const fresh = await launch();
      try {
        return await withPage(
          async (page) => {
            const before = new Map();
            await check(page, job, async () => {
              for (const id of await renderers(fresh)) before.set(id, await forgetPeak(id));
            });
            const added = await Promise.all([...before].map(async ([id, resident]) => (await status(id, 'VmHWM')) - resident));
            return Math.max(...added);
          },
          { of: fresh },
        );
      } finally {
        await fresh.close();
      }
    },
    async stop() {
      await browser.close();
      await server.stop();
    },
  };
}

async function renderers(browser) {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  return processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => id);
}

/** Reads the milliseconds of CPU time that a page's main thread took: no page can do that itself. */
async function mainThread(browser, page) {
  // Counted in nanoseconds, exact while the thread sleeps, which it does while it waits for us.
  const spent = async (id) => Number((await readFile(`/proc/${id}/task/${id}/schedstat`, 'utf8')).split(' ')[0]) / 1e6;
  for (let tries = 0; tries < 50; tries += 1) {
    const ids = await renderers(browser);
    // That of the page before may just be ending.
    const soFar = () => Promise.all(ids.map((id) => spent(id).catch(() => 0)));
    const before = await soFar();
    await page.evaluate(() => {
      const end = performance.now() + 100;
      while (performance.now() < end);
    });
    const busy = (await soFar()).map((time, at) => ({ id: ids[at], time: time - before[at] }));
    const [most, next] = busy.sort((one, other) => other.time - one.time);
    // Another may just be starting.
    if (most.time > 10 * (next?.time ?? 0)) return () => spent(most.id);
  }
  throw new Error('expected one renderer to be busy');
}

/** Makes the kernel count the peak of a process anew, and gives its resident bytes. */
async function forgetPeak(id) {
  await writeFile(`/proc/${id}/clear_refs`, '5');
  return status(id, 'VmRSS');
}

async function status(id, name) {
  const text = await readFile(`/proc/${id}/status`, 'utf8');
  return Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(text)[1]) * 1024;
}
