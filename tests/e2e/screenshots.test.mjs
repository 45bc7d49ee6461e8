// Pictures of the page's states, light and dark, wide and narrow, into target/screenshots; none is wider than its window.

import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { action, choose, dialog, issueButton, issueForm, issued, outcome, press, row } from './demo-page.mjs';
import { raise, TEST_LIMIT_MS } from './stage.mjs';

const SCREENSHOTS = fileURLToPath(new URL('../../target/screenshots', import.meta.url));

describe('screenshots', { timeout: 3 * TEST_LIMIT_MS }, () => {
  const views = ['light', 'dark'].flatMap((colorScheme) => [1280, 390, 320].map((width) => ({ colorScheme, width })));
  let stage;
  before(async () => {
    await mkdir(SCREENSHOTS, { recursive: true });
    stage = await raise();
  });
  after(() => stage?.down());

  /** Gives a page seen like this, and what takes its picture: of what stands `at` the middle, or of all. */
  async function look({ colorScheme, width }) {
    const page = await stage.newPage({ colorScheme, viewport: { width, height: width > 800 ? 900 : 844 } });
    const shoot = async (name, at) => {
      if (at) await at.evaluate((element) => element.scrollIntoView({ block: 'center' }));
      else await page.evaluate(() => scrollTo(0, 0));
      const path = `${SCREENSHOTS}/${name}-${colorScheme}-${width}.png`;
      // Playwright hides the caret and stops motion with an inline style, which the policy refuses.
      await page.screenshot({ path, fullPage: !at, caret: 'initial', animations: 'allow' });
      const beyond = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.equal(beyond, 0, `${name} is wider than its window`);
    };
    return { page, shoot };
  }

  for (const view of views) {
    test(`before the first card, ${view.colorScheme}, ${view.width} wide`, async () => {
      const { page, shoot } = await look(view);
      await shoot('1-empty');
      await choose(issueForm(page), 'Physical');
      await issueForm(page).getByLabel('User id').fill('user-8f3a2b1c');
      await press(issueButton(page));
      await shoot('2-messages');
      await page.context().close();
    });
  }

  test('cards in every status there is a way to', async () => {
    const physical = { card_type: 'physical', shipping_address: { address_one: '548 Market Street', city: 'San Francisco', state: 'CA', postal_code: '94104', country: 'US' } };
    const [frozen, active, replaced] = [await stage.ask('issue', { card_type: 'virtual' }), await stage.ask('issue', physical), await stage.ask('issue', physical)];
    for (const { id } of [active, replaced]) await stage.ask('activate', { id });
    await stage.ask('freeze', { id: frozen.id });
    await stage.ask('reissue', { id: replaced.id, reuse_pan: false, card_type: 'virtual' }, { 'accept-notices': 'old_card_ends' });
    await stage.ask('issue', physical);
    const { cards } = await stage.ledger();
    assert.deepEqual(cards.map(({ status }) => status), ['suspended', 'active', 'terminated', 'active', 'unactivated']);
  });

  for (const view of views) {
    test(`with cards, ${view.colorScheme}, ${view.width} wide`, async () => {
      const { page, shoot } = await look(view);
      const [, { id }] = (await stage.ledger()).cards;
      await press(issueButton(page));
      await issued(page);
      await shoot('3-issued');
      await action(page, id, 'Activate').hover({ force: true });
      await shoot('4-list', row(page, id));
      await press(action(page, id, 'Reissue'));
      await choose(dialog(page), 'New number');
      await shoot('5-reissue', dialog(page).getByText('Reissue card').first());
      await dialog(page).getByRole('button', { name: 'Reissue card' }).click();
      await shoot('6-reissue-messages', dialog(page).getByLabel('City'));
      await page.keyboard.press('Escape');
      await stage.fault({ fault: 'html', after: true });
      await press(issueButton(page));
      await outcome(page).locator('.message--unknown').waitFor();
      await shoot('7-unknown', outcome(page));
      await issueForm(page).getByLabel('User id').fill('user-8f3a2b1c-0e44-4f2d-9a11-000000000422');
      await press(issueButton(page));
      await outcome(page).locator('.message--rejected').waitFor();
      await shoot('8-rejected', outcome(page));
      await page.context().close();
    });
  }

  for (const view of views) {
    test(`many cards, ${view.colorScheme}, ${view.width} wide`, async () => {
      const { page, shoot } = await look(view);
      const bulk = page.locator('#bulk');
      await bulk.getByRole('button', { name: 'Try a sample' }).click();
      await bulk.locator('.problem').first().waitFor();
      await shoot('9-many-problems', bulk.locator('.problems'));
      await bulk.getByRole('button', { name: 'Leave these rows out' }).click();
      await bulk.locator('.problems').waitFor({ state: 'hidden' });
      await bulk.getByLabel('At most today').fill('8');
      await bulk.getByLabel('Batch').fill(`${view.colorScheme} ${view.width}`);
      await press(bulk.locator('[data-do="main"]'));
      await bulk.getByText('the limit of the day is reached').waitFor();
      await shoot('10-many-issued', bulk.locator('.bulk-run'));
      await page.context().close();
    });
  }
});
