// Rows are issued over a line that loses every third answer, by three replicas over one PostgreSQL, in a tab that is killed
// again and again: in the ledger each row is one card.
//
// `BULK_ROWS=1000 BULK_KILLS=5` is the long run, `BULK_SEED=7` one with other moments.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { raise, STEP_LIMIT_MS, TEST_LIMIT_MS, within } from './stage.mjs';
import { Tabs, draws, until } from './tabs.mjs';

const ROWS = Number(process.env.BULK_ROWS ?? 60);
const KILLS = Number(process.env.BULK_KILLS ?? 2);
const SEED = Number(process.env.BULK_SEED ?? 5);
const LIMIT_MS = TEST_LIMIT_MS + ROWS * 1_000;
/** Of a file that is issued until nothing is open: each time is a person who presses the button again. */
const MOST_RUNS = 5;

const FAULTS = {
  on: 'POST /api/ingo/cards/issue',
  chance: 0.3,
  faults: [
    { request: { at: 'any', end: 'reset' } },
    { answer: { at: { byte: 0 }, end: 'close' } },
    { answer: { at: { part: 0 }, end: 'reset' } },
    { answer: { at: 'any', end: 'close' } },
    { answer: { delay_ms: 300 }, copies: 1, copies_after_ms: 50 },
    { copies: 2 },
  ],
};

/** From 1,000 on: some users below are ones that the sandbox always refuses. */
const user = (number) => `user-8f3a2b1c-0e44-4f2d-9a11-${String(number).padStart(12, '0')}`;
const users = Array.from({ length: ROWS }, (_, at) => user(1_000 + at));
const TABLE = ['employee,user_id,card_type', ...users.map((user_id, at) => `e-${at},${user_id},virtual`)].join('\r\n');

/** Begins to issue all rows, and does not wait for it: `globalThis.run` is the run. */
const begin = (tab) =>
  tab.evaluate(
    async (table) => {
      const { CardClient, ingo } = await import('/cardwright/index.js');
      globalThis.run = new CardClient().bulk(ingo.issueCard, table, { batchId: 'onboarding', rowKey: 'employee' });
    },
    TABLE,
  );

describe('rows that are issued in tabs that are killed', { timeout: LIMIT_MS }, () => {
  let stage;
  let tabs;
  before(async () => {
    stage = await raise({ lines: 1, replicas: 3 });
    tabs = await Tabs.of(stage.browser, stage.lines.url(0));
    await stage.lines.spoil(0, FAULTS);
  });
  after(() => stage?.down());

  async function issuing() {
    const tab = await tabs.open();
    await within(begin(tab), STEP_LIMIT_MS, 'not begun');
    return tab;
  }

  test(`${ROWS} rows, ${KILLS} tabs killed in between: ${ROWS} cards in the ledger, none twice`, async (t) => {
    const draw = draws(SEED);
    const start = performance.now();
    const killedAt = [];
    for (let kill = 1; kill <= KILLS; kill++) {
      const tab = await issuing();
      // Somewhere within its share of the rows; the last of them is far enough from the end, however busy the machine is.
      const share = ROWS / (KILLS + 2);
      const target = Math.floor(share * (kill - 1) + 1 + draw(Math.floor(share)));
      await until(async () => (await stage.ledger()).cards.length >= target, `never made ${target} cards`, LIMIT_MS);
      await tabs.kill(tab);
      killedAt.push((await stage.ledger()).cards.length);
    }

    const tab = await issuing();
    let report;
    let runs = 0;
    do {
      if (runs++ > 0) await begin(tab);
      report = await within(tab.evaluate(async () => JSON.parse(JSON.stringify(await globalThis.run.done))), LIMIT_MS, 'not issued');
    } while (report.done < ROWS && runs < MOST_RUNS);
    await stage.untilSettled();

    const open = report.rows.filter(({ state }) => state !== 'done').map(({ rowKey, state, code }) => [rowKey, state, code]);
    assert.deepEqual([open, report.end, report.done, report.left], [[], 'complete', ROWS, 0], `after ${runs} runs`);
    const { cards } = await stage.ledger();
    const made = new Map();
    for (const card of cards) made.set(card.user_id, [...(made.get(card.user_id) ?? []), card.id]);
    assert.deepEqual(users.filter((user_id) => made.get(user_id)?.length !== 1).map((user_id) => [user_id, made.get(user_id)]), [], 'one card a row');
    assert.equal(cards.length, ROWS);
    // What the page says is what the issuer did.
    assert.deepEqual(report.rows.map(({ cardId }) => [cardId]), users.map((user_id) => made.get(user_id)));
    const carried = await stage.lines.log(0);
    const spoiled = carried.filter(({ rule }) => rule !== null && rule !== undefined).length;
    const sends = carried.filter(({ request }) => request.startsWith('POST ')).length;
    assert.ok(spoiled > 0 && killedAt.every((made) => made < ROWS), `spoiled ${spoiled}, killed at ${killedAt}`);
    t.diagnostic(
      `BULK_SEED=${SEED}: ${ROWS} rows, tabs killed when ${killedAt.join(', ')} cards were made, ${sends} sends, ${spoiled} of them spoiled; ` +
        `${runs} runs in the last tab, ${cards.length} cards, none twice, ${((performance.now() - start) / 1_000).toFixed(0)} s`,
    );
  });
});
