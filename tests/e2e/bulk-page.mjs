// What a person does at the view of many cards, and what they read there.

import { after, afterEach, before, beforeEach } from 'node:test';
import { raise } from './stage.mjs';

export const user = (number) => `user-8f3a2b1c-0e44-4f2d-9a11-${String(1_000 + number).padStart(12, '0')}`;
export const people = (count) => Array.from({ length: count }, (_, at) => [`e-${at}`, user(at), 'virtual']);
export const table = (rows) => ['employee,user_id,card_type', ...rows.map((row) => row.join())].join('\r\n');

/** The view of a page. */
export function bulkPage(page) {
  const view = page.locator('#bulk');
  return {
    view,
    main: view.locator('[data-do="main"]'),
    outcome: view.locator('.bulk__outcome'),
    plan: view.locator('.bulk__plan'),
    button: (name) => view.getByRole('button', { name, exact: true }),
    /** Chooses a file of this text, or of these bytes. */
    choose: (content, name = 'june.csv') => view.locator('input[type=file]').setInputFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(content) }),
    /** Waits until the main button can be pressed. */
    isOffered: () => view.locator('[data-do="main"]:not([aria-disabled])').waitFor(),
    batch: (name) => view.getByLabel('Batch').fill(name),
    limit: (most) => view.getByLabel('At most today').fill(most),
    /** The numbers in a place, by their names. */
    facts: (place) => page.locator(`${place} > div`).evaluateAll((all) => Object.fromEntries(all.map((one) => [one.children[0].textContent, one.children[1].textContent]))),
    /** The listed problems: row, label, message. */
    problems: () => view.locator('.problem').evaluateAll((all) => all.map((one) => [...one.querySelectorAll('span')].map((part) => part.textContent))),
  };
}

/** Within a `describe`: a stage for its tests, and for each of them a new page with its view of many cards. */
export function staged(options) {
  const on = {};
  before(async () => (on.stage = await raise(options)));
  after(() => on.stage?.down());
  beforeEach(async () => {
    await on.stage.reset();
    on.page = await on.stage.newPage();
    on.bulk = bulkPage(on.page);
  });
  afterEach(() => on.page.context().close());
  return on;
}
