// Every script of the page is listed with its purpose and its hash, and one that was changed is refused.

import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { changed, changedAt } from './inventory.mjs';
import { TEST_LIMIT_MS, raise } from './stage.mjs';

const CHANGES = 100;
const demo = process.env.CARDWRIGHT_DEMO_DIR;
let folder;
let stage;
let inventory;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cardwright-inventory-'));
  await cp(demo, folder, { recursive: true });
  inventory = JSON.parse(await readFile(join(folder, 'inventory.json'), 'utf8'));
  stage = await raise({ proxy: { CARDWRIGHT_STATIC: folder } });
});
after(async () => {
  await stage?.down();
  await rm(folder, { recursive: true });
});

const read = (name) => readFile(join(folder, name)).catch(() => undefined);

/** Changes one byte of a file for as long as `work` takes. */
async function withOneByteChanged(name, at, work) {
  const content = await read(name);
  const other = Buffer.from(content);
  other[at % other.length] ^= 1;
  await writeFile(join(folder, name), other);
  try {
    return await work();
  } finally {
    await writeFile(join(folder, name), content);
  }
}

test('what the page loads is listed with a purpose, and nothing else is loaded', { timeout: TEST_LIMIT_MS }, async () => {
  assert.ok(Object.values(inventory).every(({ purpose, integrity }) => purpose.length > 5 && /^sha384-[A-Za-z0-9+/]{64}$/.test(integrity)));
  const loaded = new Set();
  const page = await stage.newPage({ prepare: async (page) => page.on('request', (request) => loaded.add(new URL(request.url()).pathname.slice(1) || 'index.html')) });
  const unlisted = [...loaded].filter((name) => !name.startsWith('api/') && inventory[name] === undefined);
  assert.deepEqual(unlisted, []);
  assert.ok(loaded.size > 40);
  // The browser checks each of them, but for the page itself and its mark.
  const unchecked = await page.evaluate(() => [...document.querySelectorAll('script, link[rel=stylesheet], link[rel=modulepreload]')].filter((one) => !one.integrity).map((one) => one.outerHTML));
  assert.deepEqual(unchecked, []);
  const checked = await page.evaluate(() => [...document.querySelectorAll('[integrity]')].map((one) => one.getAttribute('src') ?? one.getAttribute('href')));
  assert.deepEqual([...loaded].filter((name) => /\.(js|css)$/.test(name) && !checked.includes(name)), []);
  await page.context().close();
});

test('as it is served, nothing was changed; without its policy something was', async () => {
  assert.deepEqual(await changedAt(`${stage.proxy.url}/`, inventory), []);
  const found = await changedAt(`${stage.proxy.url}/`, { ...inventory, 'extra.js': { integrity: 'sha384-' } });
  assert.deepEqual(found, ['extra.js: missing']);
});

test(`${CHANGES} changes of one byte: ${CHANGES} are found`, async () => {
  const names = Object.keys(inventory);
  // The same each time, and every file among them.
  let seed = 4711;
  const next = () => (seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31);
  let refused = 0;
  for (let change = 0; change < CHANGES; change += 1) {
    const name = names[change % names.length];
    const found = await withOneByteChanged(name, next(), () => changed(inventory, read));
    assert.deepEqual(found, [`${name}: changed`]);
    refused += 1;
  }
  assert.equal(refused, CHANGES);
  assert.deepEqual(await changed(inventory, read), []);
});

for (const name of ['main.js', 'card-row.js', 'cardwright/index.js']) {
  test(`Chromium does not run ${name} with one byte changed`, { timeout: TEST_LIMIT_MS }, async () => {
    await withOneByteChanged(name, 1, async () => {
      const refused = [];
      const page = await stage.newPage({ starts: false, prepare: async (page) => page.on('console', (message) => refused.push(message.text())) });
      await page.waitForFunction(() => document.readyState === 'complete');
      assert.ok(refused.some((text) => /integrity/i.test(text) && text.includes(name)), refused.join('\n'));
      // What main.js does first has not happened.
      assert.equal(await page.locator('.cards__list[aria-busy=true]').count(), 1);
      assert.equal(await page.locator('[data-field] input').count(), 0);
      await page.context().close();
    });
  });
}
