// Everything a page sends, receives, shows, says and keeps, as texts by the place they were found in; and a scanner for them.

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
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

/** The files below a directory, as texts. */
export async function filesIn(directory) {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => !entry.isDirectory());
  return Promise.all(files.map(async (entry) => (await readFile(join(entry.parentPath ?? entry.path, entry.name))).toString('latin1')));
}

/** A text in every shape it might travel in. */
export function shapes(text) {
  const bytes = Buffer.from(text);
  const hex = bytes.toString('hex');
  return {
    raw: [text],
    'as JSON': [JSON.stringify(text).slice(1, -1)],
    base64: [0, 1, 2].flatMap((offset) => {
      const inner = base64Inside(bytes, offset);
      return [inner, inner.replaceAll('+', '-').replaceAll('/', '_')];
    }),
    hex: [hex, hex.toUpperCase()],
    percent: [encodeURIComponent(text), hex.replace(/../g, '%$&'), hex.toUpperCase().replace(/../g, '%$&'), encodeURIComponent(text).replace(/%../g, (escape) => escape.toLowerCase())],
    UTF16: [Buffer.from(text, 'utf16le').toString('latin1')],
  };
}

/** What base64 makes of the bytes wherever they stand in a longer text: without the letters the neighbours take part in. */
function base64Inside(bytes, offset) {
  const encoded = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64').replace(/=+$/, '');
  const start = Math.ceil((offset * 4) / 3);
  const end = Math.floor(((offset + bytes.length) * 4) / 3);
  return encoded.slice(offset === 0 ? 0 : start, end);
}

/** Where a canary is found: `place: name as shape`. */
export function find(canaries, places) {
  const found = [];
  for (const [name, canary] of Object.entries(canaries)) {
    for (const [shape, needles] of Object.entries(shapes(canary))) {
      for (const [place, texts] of Object.entries(places)) {
        if (texts.some((text) => needles.some((needle) => text.includes(needle)))) found.push(`${place}: ${name} as ${shape}`);
      }
    }
  }
  return found;
}
