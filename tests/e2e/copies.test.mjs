// Chromium sends a POST again when its connection dies after the server read it. However often, and however it dies: one card.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join, normalize } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { openLines, raise, stopAll, TEST_LIMIT_MS } from './stage.mjs';

const COPIES = [1, 2, 3];
const ENDS = ['close', 'reset'];
const DELAYS_MS = [0, 100, 3_000];
const CELLS = COPIES.flatMap((copies) => ENDS.flatMap((end) => DELAYS_MS.map((delay_ms) => ({ copies, end, delay_ms }))));
/** Without a claim the pause changes nothing, so the control does without the longest. */
const CONTROLS = CELLS.filter(({ delay_ms }) => delay_ms === 0);

/** A page of the origin that loads nothing else; what is tested is the browser's network, not the demo. */
const LIGHT_PAGE = '/favicon.svg';

/** So many users as there are cells: the ledger tells whose card it is. */
const user = (number) => `user-8f3a2b1c-0e44-4f2d-9a11-${String(number + 1).padStart(12, '0')}`;

/** Kills the connection of the first copies after they were read. */
const killing = ({ copies, end, delay_ms }) => ({ on: 'POST /api/ingo/cards/issue', first: copies, faults: [{ answer: { end, delay_ms } }] });

/** What a page's promise ends in. */
const issue = (page, user_id) =>
  page.evaluate(async (user_id) => {
    const { CardClient } = await import('/cardwright/index.js');
    return new CardClient().safe.ingo.issueCard({ user_id, card_type: 'virtual' });
  }, user_id);

const named = ({ copies, end, delay_ms }) => `${copies} killed by ${end} after ${delay_ms} ms`;
const sent = (log) => log.filter(({ request }) => request.startsWith('POST /api/ingo/cards/issue'));

describe('the browser sends a create again', { timeout: 4 * TEST_LIMIT_MS, concurrency: 6 }, () => {
  const running = [];
  let stage;
  let server;
  let control;
  before(async () => {
    stage = await raise({ lines: CELLS.length });
    server = await keyless();
    control = await openLines(running, CONTROLS.length);
    await control.leadTo(server.url);
  });
  after(async () => {
    await stopAll(running);
    server?.close();
    await stage?.down();
  });

  /** Has a page on a line issue a card while the first copies are killed: what it was told, and the copies that came. */
  async function issueOver(lines, number, cell) {
    const page = await stage.newPage({ at: `${lines.url(number)}${LIGHT_PAGE}`, starts: false });
    await lines.spoil(number, killing(cell));
    const told = await issue(page, user(number));
    await page.context().close();
    const copies = sent(await lines.log(number));
    assert.ok(copies.length > 1, 'the browser has not sent it again, so nothing was tested');
    assert.equal(new Set(copies.map(({ key }) => key)).size, 1, 'one key');
    return { told, copies };
  }

  for (const [number, cell] of CELLS.entries()) {
    test(`${named(cell)}: one card`, async () => {
      const { told } = await issueOver(stage.lines, number, cell);
      const made = (await stage.ledger()).cards.filter(({ user_id }) => user_id === user(number));
      assert.equal(made.length, 1);
      if (told.ok) assert.equal(told.data.card.id, made[0].id);
      else assert.equal(told.error.outcome, 'unknown', told.error.code);
    });
  }

  for (const [number, cell] of CONTROLS.entries()) {
    test(`${named(cell)}, without a claim: as many cards as copies`, async () => {
      const { copies } = await issueOver(control, number, cell);
      assert.equal(server.made.get(user(number)), copies.length);
    });
  }
});

/** A server without claims: it serves the page, and makes a card for each request to issue one. `made` counts them by user. */
async function keyless() {
  const made = new Map();
  const kinds = { html: 'text/html', js: 'text/javascript', css: 'text/css', svg: 'image/svg+xml' };
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    if (request.method === 'POST') {
      const { user_id } = JSON.parse(Buffer.concat(chunks));
      made.set(user_id, (made.get(user_id) ?? 0) + 1);
      response.setHeader('content-type', 'application/json');
      return response.end(JSON.stringify({ status: 'success', message: 'made', data: { items: [] } }));
    }
    const path = request.url === '/' ? '/index.html' : normalize(request.url);
    const file = await readFile(join(process.env.CARDWRIGHT_DEMO_DIR, path)).catch(() => undefined);
    response.writeHead(file ? 200 : 404, { 'content-type': kinds[path.split('.').pop()] ?? 'text/plain', 'content-length': file?.length ?? 0 });
    response.end(file);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { made, url: `http://127.0.0.1:${server.address().port}`, close: () => (server.closeAllConnections(), server.close()) };
}
