// One verdict: native and wasm, one input and many, every reader. The inputs are generated, and what is said of each is the
// native rules' word: `cargo run --example verdicts`. For the long run: cargo xtask verdicts 1000000

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { load, loadAsInPage } from './installed.mjs';

const issuers = await load();
const inPage = await loadAsInPage();
const folder = process.env.CARDWRIGHT_VERDICTS;
assert.ok(folder, 'expected CARDWRIGHT_VERDICTS to name the folder of verdicts');

const lineOf = ({ path, code }) => `${path.join('.')} ${code}`;
const saidOf = (checked) => (checked.ok ? [] : checked.issues.map(lineOf));

/** What each row of a file is told. */
function saidOfRows({ rows, issues, complete }) {
  assert.equal(complete, true);
  const said = Array.from({ length: rows }, () => []);
  for (const issue of issues) said[issue.row - 1].push(lineOf(issue));
  return said;
}

/** The first difference, instead of thousands of rows. */
function same(found, expected, what, inputs) {
  assert.equal(found.length, expected.length, what);
  found.forEach((said, at) => {
    if (said.join() !== expected[at].join()) assert.deepEqual(said, expected[at], `${what}: ${JSON.stringify(inputs[at])}`);
  });
}

test('the package says of every generated input what the native rules say', { timeout: 3_600_000 }, async (context) => {
  let [rows, wrong] = [0, 0];
  for (const file of readdirSync(folder).sort()) {
    for (const [name, given] of Object.entries(JSON.parse(readFileSync(join(folder, file), 'utf8')))) {
      const [issuer, method] = name.split('.');
      const operation = issuers[issuer][method];
      const paged = inPage[issuer][method];
      const form = operation.form();
      same(given.rows.map((row) => saidOf(operation.check(row))), given.said, `${name} alone`, given.rows);
      same(given.rows.map((row) => saidOf(paged.check(row))), given.said, `${name} alone, in a page`, given.rows);
      same(given.rows.map((row) => saidOf(form.check(row))), given.said, `${name} in a form`, given.rows);
      const text = JSON.stringify(given.rows);
      const many = async (source, format) => saidOfRows(await operation.checkMany(source, { format, maxIssues: 1_000_000 }));
      same(await many(text, 'json'), given.said, `${name} as text`, given.rows);
      same(await many(new TextEncoder().encode(text), 'json'), given.said, `${name} as bytes`, given.rows);
      same(await many(given.rows.map((row) => JSON.stringify(row)).join('\n'), 'ndjson'), given.said, `${name} as lines`, given.rows);
      // A line with one blank cell is a blank line, and none.
      if (given.table.split('\r\n')[0].includes(',')) {
        same(await many(given.table, 'csv'), given.tableSaid, `${name} as a table`, given.rows);
      }
      rows += given.rows.length;
      wrong += given.said.filter((said) => said.length > 0).length;
    }
  }
  assert.ok(rows >= 1_000 && wrong > rows / 20 && wrong < rows * 0.95, `${wrong} of ${rows} are wrong`);
  context.diagnostic(`${rows} rows, ${wrong} of them wrong`);
});
