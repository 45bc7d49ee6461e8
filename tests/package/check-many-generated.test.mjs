// One verdict: generated rows, each checked alone, are judged the same together, in every format and however they are cut.
// `ROWS=1000000 node --test tests/package/check-many-generated.test.mjs` for the long run.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from './installed.mjs';
import { ADDRESS, USER } from './issuer.mjs';

const { ingo } = await load();
const { issueCard } = ingo;
const TOTAL = Number(process.env.ROWS ?? 3_000);
const BATCH = 3_000;

/** Numbers from 0 up to 1, the same in every run: mulberry32. */
function chanceFrom(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const ODD = ['', ' ', '\t\t', 'x', 'é', 'ÑandÚ', '日本', '😀', '\u0085', '\u00a0x', '"', '\\', 'a,b', 'a;b', '=1', 'a\nb', '"a"', 'null', 'x'.repeat(101), 'é'.repeat(100)];
/** What a field may hold: what passes, what passes in another spelling, and what does not. */
const VALUES = {
  user_id: [USER, USER, USER.toUpperCase(), ` ${USER}`, USER.slice(1), `${USER}0`, USER.replace('-', '"')],
  card_type: ['virtual', 'physical', 'physical', ' physical', 'Physical', 'virtual\n'],
  virtual_card_id: [undefined, undefined, USER.replace('user', 'rcrd'), USER],
  idempotent_key: [undefined, undefined, undefined, '0123456789abcdef', '0123456789abcde'],
  address_one: [ADDRESS.address_one, 'Calle de la Peña 4', ' 1 Way '],
  address_two: [undefined, undefined, 'Suite 4', 'Suite, 4'],
  city: [ADDRESS.city, 'San José', 'Łódź', 'City\u007f'],
  state: ['GA', 'TX', 'ga', ' GA', 'XX', 'G"', 'G,'],
  postal_code: ['30044', '02134', '3004', '3004a', ' 30044', '300445'],
  country: ['US', 'US', 'us', 'DE', 'U,', 'XX'],
};
const OTHERS = [null, true, false, 7, [], {}, ['x']];
const INSIDE = ['address_one', 'address_two', 'city', 'state', 'postal_code', 'country'];

function rowsFrom(chance, others) {
  const pick = (list) => list[Math.floor(chance() * list.length)];
  const isOdd = () => chance() < 0.04;
  const value = (name) => {
    if (isOdd()) return pick(ODD);
    if (others && isOdd()) return pick(OTHERS);
    // The first are those that pass: rows that pass are alike, and many.
    return chance() < 0.8 ? VALUES[name][chance() < 0.5 ? 0 : 1] : pick(VALUES[name]);
  };
  const members = (names) => Object.fromEntries(names.map((name) => [name, value(name)]).filter(([, value]) => value !== undefined));
  return Array.from({ length: BATCH }, () => {
    const row = members(['user_id', 'card_type']);
    if (chance() < 0.7) row.shipping_address = others && isOdd() ? pick(OTHERS) : members(INSIDE);
    Object.assign(row, members(['virtual_card_id', 'idempotent_key']));
    if (others && isOdd()) row[pick(['colour', 'api_key', 'user_Id'])] = 'x';
    // Some writers have an order of their own.
    return chance() < 0.1 ? Object.fromEntries(Object.entries(row).reverse()) : row;
  });
}

/** The issues of each row alone. */
const alone = (rows) => rows.flatMap((row, at) => {
  const checked = issueCard.check(row);
  return checked.ok ? [] : checked.issues.map(({ path, code }) => `${at + 1} ${path.join('.')} ${code}`);
});
const together = async (source, format) => {
  const checked = await issueCard.checkMany(source, { format });
  assert.ok(checked.complete);
  return checked.issues.map(({ row, path, code }) => `${row} ${path.join('.')} ${code}`);
};

/** A stream of bytes, cut anywhere. */
function cut(text, chance) {
  const bytes = new TextEncoder().encode(text);
  let at = 0;
  return new ReadableStream({
    pull(to) {
      if (at >= bytes.length) return to.close();
      to.enqueue(bytes.slice(at, (at += 1 + Math.floor(chance() * 20_000))));
    },
  });
}

/** Letters escaped that need not be, as some writers do. */
const escaped = (text) => text.replace(/[^\0-\x7f]/g, (letter) => letter.replace(/./gs, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`));

for (let from = 0, seed = 1; from < TOTAL; from += BATCH, seed += 1) {
  test(`rows ${from + 1} to ${from + BATCH} have one verdict`, async () => {
    const chance = chanceFrom(seed);
    const rows = rowsFrom(chance, true);
    const expected = alone(rows);
    assert.ok(expected.length > BATCH / 20 && new Set(expected.map((line) => line.split(' ')[0])).size < BATCH * 0.8, 'some pass and some do not');
    const json = JSON.stringify(rows);
    const lines = rows.map((row) => JSON.stringify(row)).join('\n');
    for (const [name, source, format] of [
      ['text', json, 'json'],
      ['wide', JSON.stringify(rows, null, 1), 'json'],
      ['escaped', escaped(json), 'json'],
      ['bytes', cut(json, chance), 'json'],
      ['lines', lines, 'ndjson'],
      ['lines of bytes', cut(lines.replaceAll('\n', '\r\n').replaceAll('":"', '": "'), chance), 'ndjson'],
    ]) assert.deepEqual(await together(source, format), expected, `${name}, seed ${seed}`);

    // A table has texts only, and no cell is absent.
    const columns = ['user_id', 'card_type', ...INSIDE.map((name) => `shipping_address.${name}`), 'virtual_card_id', 'idempotent_key'];
    const texts = rowsFrom(chance, false).map((row) => columns.map((path) => path.split('.').reduce((value, name) => value?.[name], row) ?? ''));
    const asRows = texts.map((cells) => {
      const row = { shipping_address: {} };
      columns.forEach((path, at) => ((path.includes('.') ? row.shipping_address : row)[path.split('.').at(-1)] = cells[at]));
      return row;
    });
    const cell = (text) => (/[",;\t\r\n]/.test(text) || chance() < 0.1 ? `"${text.replaceAll('"', '""')}"` : text);
    for (const [delimiter, end] of [[',', '\r\n'], [';', '\n'], ['\t', '\n']]) {
      const table = [columns, ...texts].map((cells) => cells.map(cell).join(delimiter) + end).join('');
      assert.deepEqual(await together(table, 'csv'), alone(asRows), `${delimiter}, seed ${seed}`);
      assert.deepEqual(await together(cut(table, chance), 'csv'), alone(asRows), `${delimiter} of bytes, seed ${seed}`);
    }
  });
}
