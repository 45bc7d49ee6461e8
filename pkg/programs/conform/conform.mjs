#!/usr/bin/env node
// The command: `cardwright-conform --base-url https://cards.example/api`.

import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { conform } from './src/conform.mjs';

const HELP = `Asks a backend whether it keeps the promises of Cardwright's contract. It issues cards: point it at a sandbox.

  cardwright-conform --base-url URL [options]

  --base-url URL           where the routes begin, such as http://localhost:8787/api
  --header 'NAME: VALUE'   sent with every request, such as a session; repeat for more
  --without ISSUER         ingo or pintopay, where the backend does not serve it
  --only TEXT              the promises whose sentence contains it, and what holds for every answer
  --user-id ID             the user who gets cards; default: a new one
  --external-user-id ID    the same for orders; default: conformance
  --product-code CODE      the product that is ordered; default: plain
  --document FILE          another edition of openapi.json
`;

const OPTIONS = {
  'base-url': { type: 'string' },
  header: { type: 'string', multiple: true, default: [] },
  without: { type: 'string', multiple: true, default: [] },
  only: { type: 'string' },
  'user-id': { type: 'string' },
  'external-user-id': { type: 'string' },
  'product-code': { type: 'string' },
  document: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
};

process.exitCode = await main();

async function main() {
  let options;
  try {
    options = parseArgs({ options: OPTIONS }).values;
    if (!options.help && !URL.canParse(options['base-url'] ?? '')) throw new Error('expected --base-url with scheme and host');
  } catch (error) {
    process.stderr.write(`${error.message}\n\n${HELP}`);
    return 2;
  }
  if (options.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const file = options.document ?? new URL('openapi.json', import.meta.url);
  const samples = { userId: options['user-id'], externalUserId: options['external-user-id'], productCode: options['product-code'] };
  let [kept, broken] = [0, 0];
  for await (const { promise, faults } of conform({
    baseUrl: options['base-url'],
    document: JSON.parse(readFileSync(file, 'utf8')),
    headers: Object.fromEntries(options.header.map(headerOf)),
    without: options.without,
    only: options.only,
    samples,
  })) {
    if (faults.length === 0) kept += 1;
    else broken += 1;
    process.stdout.write(`${faults.length === 0 ? 'yes' : 'NO '}  ${promise}\n${faults.slice(0, 5).map((fault) => `       ${fault}\n`).join('')}`);
  }
  process.stdout.write(`\n${kept} kept, ${broken} broken\n`);
  // To have tried nothing is no success.
  return broken === 0 && kept > 0 ? 0 : 1;
}

function headerOf(text) {
  const at = text.indexOf(':');
  if (at < 1) throw new Error("expected --header 'NAME: VALUE'");
  return [text.slice(0, at).trim().toLowerCase(), text.slice(at + 1).trim()];
}
