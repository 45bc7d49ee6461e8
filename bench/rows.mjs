// A file's rows, checked with a library: parsed as a whole, then judged one by one. Bundled into each contender.

import Papa from 'papaparse';

/** What a library makes of a file: how many rows there are, how many fail, and every issue with its row. */
export function checkRows({ check, passed, found }, source, format) {
  const text = typeof source === 'string' ? source : new TextDecoder().decode(source);
  const rows = format === 'json' ? JSON.parse(text) : requestsOf(Papa.parse(text, { skipEmptyLines: true }).data);
  let invalid = 0;
  const issues = [];
  for (let at = 0; at < rows.length; at += 1) {
    const result = check(rows[at]);
    if (passed(result)) continue;
    invalid += 1;
    for (const issue of found(result)) issues.push({ row: at + 1, issue, message: issue.message });
  }
  return { rows: rows.length, invalid, issues };
}

/** A table's rows as requests. */
function requestsOf([header, ...table]) {
  const at = Object.fromEntries(header.map((column, place) => [column, place]));
  return table.map((cells) => ({
    user_id: cells[at.user_id],
    card_type: cells[at.card_type],
    shipping_address: {
      address_one: cells[at['shipping_address.address_one']],
      address_two: cells[at['shipping_address.address_two']],
      city: cells[at['shipping_address.city']],
      state: cells[at['shipping_address.state']],
      postal_code: cells[at['shipping_address.postal_code']],
      country: cells[at['shipping_address.country']],
    },
    virtual_card_id: cells[at.virtual_card_id],
  }));
}
