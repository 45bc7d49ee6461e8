import { said } from './bulk-problems.js';

export const LIMIT_REACHED = 'What may be made today is made. Raise the limit, or go on another day under the same batch.';
export const NO_KEY = 'No column of this file can name its rows. Give one of them a name in the header, and choose the file again.';

/** What can be made of rows that were checked: whether it `canBegin`, as far as the rows are concerned, and the `words` for it. */
export function planOf(checked, { isNamed, isLimit, mostToday }) {
  const isWrong = checked.issues[0]?.row === 0;
  const isTwice = checked.repeated.length > 0;
  const why = whyNot(checked, isWrong, isTwice) ?? whyNotNow(isNamed, isLimit, mostToday);
  return { canBegin: checked.complete && checked.valid > 0 && !isWrong && !isTwice, words: why ?? whatIsMade(checked, mostToday) };
}

function whyNot({ complete }, isWrong, isTwice) {
  if (!complete) return 'The file could not be read to its end, so nothing of it can be issued.';
  if (isWrong) return 'The header needs another look first.';
  return isTwice ? 'Each row needs a key of its own first: by its key, a row is one card and never two.' : undefined;
}

function whyNotNow(isNamed, isLimit, mostToday) {
  if (!isNamed) return 'The batch needs a name: under the same name, the same rows are the same cards.';
  if (!isLimit) return 'The limit of a day is a whole number, or nothing.';
  return mostToday === 0 ? LIMIT_REACHED : undefined;
}

function whatIsMade({ invalid, valid }, mostToday) {
  const left = invalid > 0 ? `${said(invalid, 'row')} with problems will be left out. ` : '';
  if (!(mostToday < valid)) return `${left}Nothing has been sent yet.`;
  return `${left}Of these, ${mostToday.toLocaleString()} can be made today; the rest goes on another day, under the same batch.`;
}
