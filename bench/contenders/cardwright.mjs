import { ingo } from 'cardwright';

export const check = (values) => ingo.issueCard.check(values);
export const passed = (result) => result.ok;
export const found = (result) => result.issues;
export const placesOf = ({ path }) => [path.join('.')];

const headers = { 'content-type': 'application/json', 'cardwright-contract': '1' };

export function readCards(body) {
  const read = ingo.listCards.read({ status: 200, headers, body });
  return read.ok ? read.data : undefined;
}

/** A form that takes values as they change. */
export function form(values) {
  const filled = ingo.issueCard.form(values);
  return (next) => filled.check(next);
}

/** Rows of a file. */
export const checkMany = (source, format, worker) => ingo.issueCard.checkMany(source, { format, ...(worker && { worker }) });
