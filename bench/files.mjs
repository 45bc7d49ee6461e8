// Rows as a spreadsheet or another system exports them: the same in every run.
//
// 70 of 100 are for physical cards, with an address; 1 of 100 is wrong, in one to three places; some names are not ASCII, and
// some cells hold a comma. 10,000 rows are 2.0 MB of JSON, 1.1 MB of CSV.

import { chanceFrom } from './chance.mjs';
import { physical, spoil, virtual } from './requests.mjs';

/** A table's columns; a dot leads into the address. */
export const COLUMNS = [
  'user_id',
  'card_type',
  'shipping_address.address_one',
  'shipping_address.address_two',
  'shipping_address.city',
  'shipping_address.state',
  'shipping_address.postal_code',
  'shipping_address.country',
  'virtual_card_id',
];

/** So many rows as JSON and as CSV, and the places in the rows that are wrong, counted from 1. */
export function file(count) {
  const chance = chanceFrom(count);
  const places = [];
  const rows = Array.from({ length: count }, (_, at) => {
    const isWrong = chance() < 0.01;
    if (!isWrong && chance() < 0.3) return virtual(chance);
    const row = physical(chance);
    // A table says nothing of the unknown in one row alone.
    if (isWrong) places.push([at + 1, spoil(chance, row, 1 + Math.floor(chance() * 3), ['colour'])]);
    return row;
  });
  const lines = rows.map((row) => COLUMNS.map((column) => cell(valueAt(row, column))).join(','));
  return { json: JSON.stringify(rows), csv: `${COLUMNS.join(',')}\r\n${lines.join('\r\n')}\r\n`, expected: { rows: count, places } };
}

function valueAt(row, column) {
  return column.split('.').reduce((value, name) => value?.[name], row) ?? '';
}

const cell = (text) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
