// A tab that is killed at any moment: the next one finds what was pending, resolves it, and it is one card or none.
//
// `TAB_KILLS=50` kills so many tabs, `TAB_SEED=7` at other moments.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { OWN_PAGE, raise, STEP_LIMIT_MS, TEST_LIMIT_MS, within } from './stage.mjs';
import { Tabs, draws, until } from './tabs.mjs';

const KILLS = Number(process.env.TAB_KILLS ?? 8);
const SEED = Number(process.env.TAB_SEED ?? 5);
/** Some moments come before anything was stored: those tabs are counted apart, and others killed in their place. */
const MOST_TABS = 4 * KILLS + 10;
/** For how long after a state was reached a tab may still live. */
const LONGEST_WAIT_MS = 250;

const user = (number) => `user-8f3a2b1c-0e44-4f2d-9a11-${String(number).padStart(12, '0')}`;

/** Begins to issue or reissue a card, and does not wait for it. */
const begin = (tab, method, values) =>
  tab.evaluate(
    async ([method, values]) => {
      const { browserStorage, CardClient } = await import('/cardwright/index.js');
      const client = new CardClient({ storage: browserStorage() });
      void client.safe.ingo[method](values, { accept: ['old_card_ends'] });
    },
    [method, values],
  );

/** What the next tab finds pending, and what it is told of each. */
const resolveAll = (tab) =>
  tab.evaluate(async () => {
    const { browserStorage, CardClient } = await import('/cardwright/index.js');
    const client = new CardClient({ storage: browserStorage() });
    const told = [];
    for (const { key, operation } of await client.intents.pending()) {
      const { ok, data, error } = await client.safe.intents.resolve(key);
      told.push({ key, operation, ends: ok ? data.card.id : `${error.code} ${error.outcome}` });
    }
    return { told, left: (await client.intents.pending()).length };
  });

describe('tabs that are killed', { timeout: 2 * TEST_LIMIT_MS + KILLS * 10_000 }, () => {
  let CardClient;
  let stage;
  let tabs;
  before(async () => {
    ({ CardClient } = await import(pathToFileURL(join(process.env.CARDWRIGHT_DEMO_DIR, 'cardwright/index.js')).href));
    stage = await raise({ lines: 1 });
    tabs = await Tabs.of(stage.browser, stage.lines.url(0));
  });
  after(() => stage?.down());

  const cardsOf = async (user_id) => (await stage.ledger()).cards.filter((card) => card.user_id === user_id);
  /** The writes that came to the line. */
  const writes = async () => (await stage.lines.log(0)).filter(({ request }) => request.startsWith('POST '));

  /** A card that was there before. */
  async function issued(user_id) {
    await stage.lines.spoil(0);
    const { data } = await new CardClient({ baseUrl: `${stage.lines.url(0)}/api`, headers: OWN_PAGE }).ingo.issueCard({ user_id, card_type: 'virtual' });
    return data.card;
  }

  test(`${KILLS} intents of killed tabs are found and resolved`, async (t) => {
    const draw = draws(SEED);
    const counts = { made: 0, 'not sent': 0, 'killed before it was stored': 0, 'killed after its end': 0 };
    const expected = [];
    for (let number = 0; counts.made + counts['not sent'] < KILLS; number++) {
      assert.ok(number < MOST_TABS, `of ${number} tabs, ${JSON.stringify(counts)}`);
      const user_id = user(number);
      const isReissue = draw(2) === 1;
      const before = isReissue ? [await issued(user_id)] : [];
      const [method, values] = isReissue ? ['reissueCard', { user_id, id: before[0].id, reuse_pan: false }] : ['issueCard', { user_id, card_type: 'virtual' }];
      const reached = {
        called: () => true,
        sent: async () => (await writes()).length > 0,
        made: async () => (await cardsOf(user_id)).length > before.length,
      };
      const moment = Object.keys(reached)[draw(3)];
      const wait = draw(LONGEST_WAIT_MS);
      const fault = { request: { delay_ms: draw(200) }, answer: { delay_ms: 200 + draw(400) }, copies: draw(2), copies_after_ms: draw(800) };
      const what = `TAB_SEED=${SEED}, tab ${number}: ${method}, killed ${wait} ms after it was ${moment}, ${JSON.stringify(fault)}`;

      await stage.lines.spoil(0, { on: 'POST /api/ingo/cards/', faults: [fault] });
      const tab = await tabs.open();
      await within(begin(tab, method, values), STEP_LIMIT_MS, `not begun: ${what}`);
      await until(reached[moment], `never ${moment}: ${what}`);
      await sleep(wait);
      await tabs.kill(tab);

      const next = await tabs.open();
      const { told, left } = await within(resolveAll(next), 2 * STEP_LIMIT_MS, `not resolved: ${what}`);
      await next.close();
      const copies = await writes();
      const sent = new Set(copies.map((copy) => copy.key));
      const cards = (await cardsOf(user_id)).map(({ id }) => id).filter((id) => id !== before[0]?.id);
      assert.equal(left, 0, `still pending: ${what}`);
      assert.ok(told.length <= 1 && sent.size <= 1, `one intent: ${what}`);
      if (told.length === 0) {
        // Either nothing has left the page, or it had seen the end.
        const hasEnded = copies.some(({ passed }) => passed > 0);
        assert.ok(sent.size === 0 || hasEnded, `lost: ${what}`);
        counts[sent.size === 0 ? 'killed before it was stored' : 'killed after its end'] += 1;
        expected.push([user_id, before.length + sent.size, what]);
        continue;
      }
      const [{ key, operation, ends }] = told;
      assert.equal(operation, `ingo.${method}`, what);
      if (sent.size > 0) assert.ok(sent.has(key), `another key: ${what}`);
      assert.ok(['key_closed not_sent', ...cards].includes(ends), `told ${ends}, made ${cards}: ${what}`);
      const isMade = ends !== 'key_closed not_sent';
      counts[isMade ? 'made' : 'not sent'] += 1;
      expected.push([user_id, before.length + Number(isMade), what]);
    }
    // Once more at the end, when late copies have come too.
    await stage.untilSettled();
    for (const [user_id, count, what] of expected) assert.equal((await cardsOf(user_id)).length, count, what);
    t.diagnostic(`TAB_SEED=${SEED}, ${expected.length} tabs: ${Object.entries(counts).map(([name, count]) => `${count} ${name}`).join(', ')}`);
  });
});
