// The example for Next: a form with a server action, with JavaScript in the page and without.

import { readFileSync, readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { withPage } from '../browser.mjs';

const example = join(import.meta.dirname, '../../examples/next');
const files = ['tsconfig.json', ...readdirSync(join(example, 'app')).map((name) => `app/${name}`)];
const USER = 'user-8f3a2b1c-0e44-4f2d-9a11-7b23cc90d1ef';

/** A proxy of the package's own making, on a free port of the loopback. */
async function proxied(stand) {
  const { fakeProxy } = await import(pathToFileURL(join(stand.folder, 'node_modules/cardwright/dist/testing.js')).href);
  const proxy = fakeProxy();
  const server = createServer(async (request, response) => {
    const { url, method, headers } = request;
    const body = method === 'POST' ? await text(request) : null;
    const answer = await proxy.handler({ request: new Request(`http://localhost${url}`, { method, headers, body }) });
    response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(await answer.text());
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { proxy, url: `http://127.0.0.1:${server.address().port}/api`, stop: () => server.close() };
}

/** What the form says of a wrong user and of a right one. */
async function filled(page, url, { ledger, fail }) {
  await page.goto(url);
  await page.getByLabel('User id').fill('someone');
  await page.getByRole('button', { name: 'Issue card' }).click();
  const message = page.locator('#user_id-error', { hasText: 'starts with user-' });
  await message.waitFor();
  if (ledger.requests.length > 0) return 'a wrong form was sent';
  // The issuer's no comes as plain data, and lands on its field.
  fail('ingo.issueCard', 'rejected', { slug: 'user_not_verified', field: 'user_id' });
  await page.getByLabel('User id').fill(USER);
  await page.getByRole('button', { name: 'Issue card' }).click();
  await page.locator('#user_id-error', { hasText: 'did not accept' }).waitFor();
  await page.getByRole('button', { name: 'Issue card' }).click();
  await page.getByRole('status').waitFor();
  return ledger.cards.length === 1 ? 'right: passes; wrong: id_prefix at user_id' : `${ledger.cards.length} cards`;
}

async function acted(stand, javaScriptEnabled) {
  const { proxy, url, stop } = await proxied(stand);
  try {
    const next = await stand.serve('next', ['start', '--hostname', '127.0.0.1', '--port', 'PORT'], { CARDWRIGHT_PROXY: url });
    return await withPage({ javaScriptEnabled }, (page) => filled(page, next, proxy));
  } finally {
    stop();
  }
}

export default [{
  packages: { next: '16.4.6', react: '19.3.1', 'react-dom': '19.3.1', typescript: '5.9.3', '@types/react': '19.3.0', '@types/node': '20.19.0' },
  files: Object.fromEntries(files.map((name) => [name, readFileSync(join(example, name), 'utf8')])),
  rows: [
    {
      name: 'Next 16, server action',
      async verdict(stand) {
        // Compiles the types too.
        await stand.run('next', ['build']);
        return acted(stand, true);
      },
    },
    { name: 'Next 16, server action without JavaScript in the page', verdict: (stand) => acted(stand, false) },
  ],
}];
