// What a contender has to judge rightly before it is timed.

import { files } from '../tests/package/cases.mjs';

/** What no schema library says: left out, each with its reason. */
const LEFT_OUT = {
  'in an address that would be left out': 'a search through any depth for the names of credentials',
};

/** Every case of `ingo.issueCard` that has the values alone: a key beside them is an option of ours. */
export const inputs = files.flatMap(({ name: file, cases }) =>
  cases
    .filter(({ operation, key, name }) => operation === 'ingo.issueCard' && key === undefined && !(name in LEFT_OUT))
    .map(({ name, value, issues }) => ({ name: `${file}: ${name}`, value, passes: issues === undefined })),
);

const CARD = {
  id: 'rcrd-9a117b23-cc90-d1ef-8f3a-2b1c0e444f2d',
  card_type: 'physical',
  last_four: '4242',
  status: 'unactivated',
  user_id: 'user-8f3a2b1c-0e44-4f2d-9a11-7b23cc90d1ef',
  business_id: 'buss-2ef94c60-5a11-4d72-a3c1-5be7fab0123e',
  created_at: '2026-04-16T12:34:56.000Z',
  observed_at: '2026-11-21T08:00:00.000Z',
};
const PAGES = { page: 1, per_page: 25, total: 100, sort: 'created_at:desc', search: 'jane' };
const success = (data) => ({ status: 'success', message: 'operation completed', data });
const cards = (...items) => success({ items, pagination: PAGES });
const without = (name) => Object.fromEntries(Object.entries(CARD).filter(([key]) => key !== name));

/** Answers with a list of cards: what is documented must be there, and what nobody documented may be. */
export const answers = [
  ['the sample', true, cards(CARD)],
  ['no cards', true, cards()],
  ['no data', true, success(null)],
  ['no items and no pages', true, success({})],
  ['no business', true, cards(without('business_id'))],
  ['a business that is null', true, cards({ ...CARD, business_id: null })],
  ['a status nobody documented', true, cards({ ...CARD, status: 'reissue' })],
  ['a field nobody documented', true, cards({ ...CARD, shipped: { by: 'mail' } })],
  ['a field nobody documented beside the data', true, { ...cards(CARD), trace: 7 }],
  ['no status', false, { message: 'operation completed' }],
  ['another status', false, { ...cards(CARD), status: 'error' }],
  ['no message', false, { status: 'success', data: { items: [] } }],
  ['items are an object', false, success({ items: {} })],
  ['an item is a number', false, cards(CARD, 1)],
  ...Object.keys(CARD).filter((name) => name !== 'business_id').map((name) => [`no ${name}`, false, cards(CARD, without(name))]),
  ...Object.keys(CARD).map((name) => [`${name} is a number`, false, cards({ ...CARD, [name]: 7 })]),
  ...['424', '42424', '42a2', ''].map((text) => [`last four are ${text}`, false, cards({ ...CARD, last_four: text })]),
  ...['page', 'per_page', 'total'].map((name) => [`${name} is text`, false, success({ items: [], pagination: { ...PAGES, [name]: '1' } })]),
  ['a sort that is a number', false, success({ items: [], pagination: { ...PAGES, sort: 1 } })],
].map(([name, passes, body]) => ({ name, passes, body: JSON.stringify(body) }));
