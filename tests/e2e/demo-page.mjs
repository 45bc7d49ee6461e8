// What a person does at the demo page, and what they read there.

/** An address the rules accept, by the labels of the page. */
export const ADDRESS = { 'Street address': '548 Market Street', City: 'San Francisco', State: 'CA', 'ZIP code': '94104' };

export const issueForm = (page) => page.getByRole('form', { name: 'Issue a card' });
export const issueButton = (page) => page.getByRole('button', { name: 'Issue card' });
export const dialog = (page) => page.getByRole('dialog', { name: 'Reissue card' });
/** The place where the outcome of an issue is said. */
export const outcome = (page) => issueForm(page).getByRole('status').last();
/** Waits until the form says that a card was made. */
export const issued = (page) => outcome(page).getByText(/^The card .* was made\./).waitFor();
/** The place where the outcome of an action is said. */
export const listOutcome = (page) => page.getByRole('region', { name: 'Cards', exact: true }).getByRole('status').first();
export const row = (page, id) => page.locator(`[data-card="${id}"]`);
export const action = (page, id, name) => row(page, id).getByRole('button', { name, exact: true });

/** Loads the page anew, as a person would who starts again. */
export async function reload(page) {
  await page.reload();
  await page.locator('.cards__list[aria-busy=false]').waitFor();
}

/** Presses a button as soon as it can be pressed: Playwright's own waiting looks less and less often. */
export async function press(button) {
  await button.and(button.page().locator(':not([aria-disabled])')).waitFor();
  await button.click();
}

/** Presses further apart than this are two wishes, rightly: see `SAME_GESTURE_MS` of the page. */
const SAME_GESTURE_MS = 500;

/**
 * Makes presses that belong together, and gives whether the machine was quick enough for them to be one gesture. Where it
 * was not, nothing can be said of the page: start `again`, and press again.
 */
export async function oneGesture(page, presses, again) {
  for (let time = 0; time < 10; time++) {
    await page.evaluate(() => {
      globalThis.pressedAt = [];
      globalThis.noted ??= ['click', 'keydown'].map((type) =>
        addEventListener(type, ({ timeStamp }) => globalThis.pressedAt.push(timeStamp), { capture: true }),
      );
    });
    await presses();
    const at = (await page.evaluate(() => globalThis.pressedAt)).sort((a, b) => a - b);
    if (at.every((one, n) => n === 0 || one - at[n - 1] < SAME_GESTURE_MS)) return;
    await again();
  }
  throw new Error('expected presses of one gesture; the machine was too busy ten times');
}

/** Chooses a card type, in the form or the dialog. */
export async function choose(place, name) {
  await place.getByRole('radio', { name: new RegExp(`^${name}`) }).check({ force: true });
}

/** Fills the address in the form or the dialog. */
export async function fillAddress(place, changes = {}) {
  for (const [label, value] of Object.entries({ ...ADDRESS, ...changes })) {
    const control = place.getByLabel(label, { exact: true });
    if (label === 'State') await control.selectOption(value);
    else await control.fill(value);
  }
}

/** The message that is tied to a control: the text its `aria-describedby` leads to, hints left out. */
export function messageOf(control) {
  return control.evaluate((element) => {
    const ids = (element.getAttribute('aria-describedby') ?? '').split(' ').filter(Boolean);
    const named = ids.map((id) => document.getElementById(id));
    if (named.includes(null)) return 'a description is missing';
    return named.filter((one) => one.matches('.field__message')).map((one) => one.textContent).join(' ');
  });
}

/** The cards as the list shows them, oldest first. */
export function shownCards(page) {
  return page.locator('[data-card]').evaluateAll((rows) =>
    rows
      .map((row) => ({
        id: row.dataset.card,
        last_four: row.querySelector('h3').firstChild.textContent.slice(-4),
        card_type: row.querySelector('.row__type').textContent.toLowerCase(),
        status: row.querySelector('.pill').dataset.status,
      }))
      .reverse(),
  );
}

/** The same of the ledger's cards. */
export function ledgerCards({ cards }) {
  return cards.map(({ id, last_four, card_type, status }) => ({ id, last_four, card_type, status }));
}

/** Everything the page asks the proxy's API from now on. */
export function apiRequests(page) {
  const requests = [];
  page.on('request', (request) => {
    if (new URL(request.url()).pathname.startsWith('/api/')) requests.push(`${request.method()} ${request.url()}`);
  });
  return requests;
}
