// The module of rows looks at sixteen letters together: each letter counts, wherever it stands among them.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from './installed.mjs';
import { ADDRESS, USER } from './issuer.mjs';

const { ingo } = await load();
const { issueCard } = ingo;
const bytesOf = (text) => new TextEncoder().encode(text);

const row = (user, address, city = ADDRESS.city) =>
  ({ user_id: user, card_type: 'physical', shipping_address: { ...ADDRESS, address_one: address, city } });
const cell = (text) => `"${text.replaceAll('"', '""')}"`;
/** A table with its header; what cannot be misread is written without quotes. */
const table = (rows) => [
  'user_id,card_type,address_one,city,state,postal_code,country',
  ...rows.map(({ user_id, card_type, shipping_address: { address_one, city, state, postal_code, country } }) =>
    [user_id, card_type, address_one, city, state, postal_code, country].map((text) => (/[",\r\n]/.test(text) ? cell(text) : text)).join(',')),
].join('\n');

async function sameAsAlone(rows) {
  const alone = rows.flatMap((one, at) => {
    const checked = issueCard.check(one);
    return checked.ok ? [] : checked.issues.map(({ path, code }) => `${at + 1} ${path.join('.')} ${code}`);
  });
  const sources = { json: JSON.stringify(rows), ndjson: rows.map((one) => `${JSON.stringify(one)}\n`).join(''), csv: table(rows) };
  for (const [format, text] of Object.entries(sources)) {
    for (const source of [text, bytesOf(text)]) {
      const { rows: found, issues, complete } = await issueCard.checkMany(source, { format });
      assert.deepEqual([found, complete], [rows.length, true], format);
      assert.deepEqual(issues.map(({ row: at, path, code }) => `${at} ${path.join('.')} ${code}`), alone, format);
    }
  }
  return alone.length;
}

test('in a line of text', async () => {
  const letters = [...Array(0x300).keys(), 0x7ff, 0x800, 0xffff, 0x1f600].map((code) => String.fromCodePoint(code));
  const places = [0, 1, 7, 8, 14, 15, 16, 17, 30, 31, 32, 33, 40];
  // One field of a row alone: where one is broken, all are looked at again.
  const rows = letters.flatMap((letter) => places.flatMap((at) => [
    row(USER, `${'a'.repeat(at)}${letter}b`),
    row(USER, ADDRESS.address_one, `é${letter}${'c'.repeat(at)}`),
  ]));
  // 65 control characters; a line's own end cannot stand at its beginning.
  assert.ok((await sameAsAlone(rows)) > 2 * 65 * (places.length - 1), `${rows.length} rows`);
});

test('in an id', async () => {
  const places = [...USER].keys();
  const rows = [...places].flatMap((at) => [...Array(0x80).keys(), 0xe9].map((code) =>
    row(USER.slice(0, at) + String.fromCharCode(code) + USER.slice(at + 1), ADDRESS.address_one)));
  assert.ok((await sameAsAlone(rows)) > rows.length / 2, `${rows.length} rows`);
});
