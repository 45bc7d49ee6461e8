// Everything a page sends, receives, shows, says and keeps, as texts by the place they were found in.

import { within } from './stage.mjs';

/** A body nobody reads in the page is never read to its end, and headers that were on no wire never come. */
const READ_LIMIT_MS = 2_000;

/** Records a page from before it loads. `texts()` gives what was recorded, by place. */
export function record(page, context) {
  const places = { 'request head': [], 'request body': [], 'response head': [], 'response body': [], console: [], DOM: [], storage: [] };
  const pending = [];
  const head = async (place, message, first) => places[place].push([first, ...(await headerLines(message))].join('\n'));
  context.on('request', (request) => {
    places['request body'].push(request.postData() ?? '');
    pending.push(head('request head', request, `${request.method()} ${request.url()}`));
  });
  context.on('response', (response) => {
    pending.push(head('response head', response, `${response.status()} ${response.url()}`));
    const body = within(response.body(), READ_LIMIT_MS, 'no body');
    pending.push(body.then((body) => places['response body'].push(body.toString('latin1')), () => {}));
  });
  page.on('console', (message) => places.console.push(`${message.text()} ${message.location().url}`));
  page.on('pageerror', (error) => places.console.push(String(error.stack)));
  return {
    places,
    /** Takes down what the page shows and keeps now; to be called before it is left. */
    async look() {
      const [shown, kept] = await page.evaluate(async () => {
        const values = [...document.querySelectorAll('input, select, textarea')].map(({ value }) => value);
        const databases = await indexedDB.databases();
        const stored = [localStorage, sessionStorage].flatMap((storage) => Object.entries(storage).flat());
        const kept = [...stored, document.cookie, window.name, JSON.stringify(history.state), ...databases.map(({ name }) => name), ...(await caches.keys())];
        return [[document.documentElement.outerHTML, ...values].join('\n'), kept.join('\n')];
      });
      places.DOM.push(shown);
      places.storage.push(kept, JSON.stringify(await context.cookies()));
    },
    async texts() {
      await Promise.allSettled(pending);
      return places;
    },
  };
}

/** The headers as they were on the wire; as the page knows them, where there was no wire. */
async function headerLines(message) {
  const raw = await within(message.headersArray(), READ_LIMIT_MS, 'no headers').catch(() => undefined);
  const pairs = raw?.map(({ name, value }) => [name, value]) ?? Object.entries(message.headers());
  return pairs.map((pair) => pair.join(': '));
}
