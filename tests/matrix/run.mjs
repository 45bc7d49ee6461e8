// Every toolchain a dashboard is built with: the packed tarball installed, a form checked. Prints the table.
//
//   node run.mjs [words]      only the rows whose name contains one of the words
//
// CARDWRIGHT_TARBALL, CHROMIUM and FIREFOX name what is tried and what it is tried in; `cargo xtask matrix` sets them.

import { EXPECTED } from './form.mjs';
import { newerNode } from './newer-node.mjs';
import { Stand } from './stand.mjs';
import bundlers from './rows/bundlers.mjs';
import nextAction from './rows/next-action.mjs';
import node from './rows/node.mjs';
import pages from './rows/pages.mjs';
import servers from './rows/servers.mjs';

const words = process.argv.slice(2);
const isAsked = ({ name }) => words.length === 0 || words.some((word) => name.includes(word));
const tarball = process.env.CARDWRIGHT_TARBALL;
if (!tarball) throw new Error('expected CARDWRIGHT_TARBALL to name the packed package; `cargo xtask matrix` does');

const results = [];
for (const fixture of [...bundlers, ...pages, ...node, ...servers, ...nextAction]) {
  const rows = fixture.rows.filter(isAsked);
  if (rows.length === 0) continue;
  let stand;
  let broken;
  try {
    stand = await Stand.raise({ ...fixture, tarball, node: fixture.newerNode ? await newerNode() : undefined });
  } catch (error) {
    broken = error;
  }
  for (const row of rows) {
    const found = broken ? broken.message : await row.verdict(stand).catch((error) => error.message);
    const ok = found === EXPECTED;
    results.push({ name: row.name, ok });
    console.error(`${ok ? 'ok  ' : 'FAIL'} ${row.name}${ok ? '' : `\n${found}`}`);
  }
  await stand?.down();
}

const failed = results.filter(({ ok }) => !ok).length;
console.log('| where | a form is checked |\n|---|---|');
for (const { name, ok } of results) console.log(`| ${name} | ${ok ? 'yes' : '**no**'} |`);
console.log(`\n${results.length - failed} passed, ${failed} failed`);
process.exitCode = failed > 0 || results.length === 0 ? 1 : 0;
