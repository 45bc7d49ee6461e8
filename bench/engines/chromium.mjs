// Chromium as a place to measure in: a fresh page for each job.

import { chromium as browsers } from 'playwright-core';
import { serveFolder } from '../../tests/matrix/folder-server.mjs';

/** With these a page's clock counts in steps of 5 us; without, of 100. */
const ISOLATED = { 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp' };

/** Chromium, over a folder of bundles and inputs. */
export async function chromium(folder) {
  const server = await serveFolder(folder, ISOLATED);
  const browser = await browsers.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] });
  return {
    name: 'Chromium',
    version: browser.version(),
    async measure(job) {
      const context = await browser.newContext();
      try {
        const page = await context.newPage();
        page.setDefaultTimeout(0);
        await page.goto(`${server.url}/page.html`);
        return await page.evaluate(async (job) => {
          const { measure } = await import('/measure.js');
          const load = (id) => import(`/${id}.js`);
          const read = async (name) => (await fetch(`/${name}`)).text();
          return measure({ ...job, load, read });
        }, job);
      } finally {
        await context.close();
      }
    },
    async stop() {
      await browser.close();
      await server.stop();
    },
  };
}
