// What is timed. Each contender is bundled with a copy of this of its own, so that none slows the calls of another.
//
// A workload takes a contender and what it works on, and gives a function that does the work so many times and says how many
// results were as expected: all of them, or the time would be of something else.

import { checkRows } from './rows.mjs';

export function one({ check, passed }, { valid }) {
  const next = endless(valid);
  return (times) => {
    let right = 0;
    for (let done = 0; done < times; done += 1) if (passed(check(next()))) right += 1;
    return right;
  };
}

/** Every sentence is read: some libraries make them only then. */
export function three({ check, passed, found }, { wrong }) {
  const next = endless(wrong.map(({ request }) => request));
  return (times) => {
    let right = 0;
    for (let done = 0; done < times; done += 1) {
      const result = check(next());
      if (passed(result)) continue;
      let letters = 0;
      for (const { message } of found(result)) letters += message.length;
      if (letters > 0) right += 1;
    }
    return right;
  };
}

/** What has not changed is the same string as before, as in every form. */
export function keystroke({ check, passed, form = () => check }, { keystrokes: { first, strokes } }) {
  let values = first;
  const states = strokes.map(([box, text]) => (values = { ...values, shipping_address: { ...values.shipping_address, [box]: text } }));
  const checkNext = form(first);
  const next = endless(states);
  return (times) => {
    let right = 0;
    for (let done = 0; done < times; done += 1) if (passed(checkNext(next()))) right += 1;
    return right;
  };
}

export function envelope({ readCards }, { answers }) {
  const next = endless(answers);
  return (times) => {
    let right = 0;
    for (let done = 0; done < times; done += 1) if (readCards(next()) !== undefined) right += 1;
    return right;
  };
}

/** A file's rows: every issue of those that fail, and how many there are. */
export function rows(contender, { source, format, expected }) {
  const isRight = ({ rows, invalid }) => rows === expected.rows && invalid === expected.places.length;
  const { count, checkMany } = contender;
  if (count !== undefined) return repeated(() => count(source) === expected.rows);
  if (checkMany === undefined) return repeated(() => isRight(checkRows(contender, source, format)));
  return async (times) => {
    let right = 0;
    for (let done = 0; done < times; done += 1) if (isRight(await checkMany(source, format))) right += 1;
    return right;
  };
}

/** What is found in a file: how many rows, how many wrong ones, and the places in each. */
export async function found({ checkMany, ...contender }, { source, format }) {
  const result = checkMany === undefined ? checkRows(contender, source, format) : await checkMany(source, format);
  const places = result.issues.flatMap((found) => contender.placesOf(found.issue ?? found).map((place) => [found.row, place]));
  return { rows: result.rows, invalid: result.invalid, places };
}

/** A file as a person picks it: libraries need its whole text first. */
export async function fromFile({ checkMany, ...contender }, blob, format, worker) {
  return checkMany === undefined ? checkRows(contender, await blob.text(), format) : checkMany(blob, format, worker);
}

function repeated(isRight) {
  return (times) => {
    let right = 0;
    for (let done = 0; done < times; done += 1) if (isRight()) right += 1;
    return right;
  };
}

function endless(list) {
  let at = list.length - 1;
  return () => list[(at = at + 1 === list.length ? 0 : at + 1)];
}
