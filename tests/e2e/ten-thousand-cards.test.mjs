// An issuer that tells the number of each card it makes, in fields and in sentences: none is found in what the proxy answers, logs,
// counts and keeps. CARDWRIGHT_CARDS says how many; the figure is 10,000.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { filesIn, Scanner, shapes } from './scanner.mjs';
import { raise, STEP_LIMIT_MS, USER } from './stage.mjs';

const CARDS = Number(process.env.CARDWRIGHT_CARDS ?? 100);
const LIMIT_MS = 60_000 + CARDS * 100;
const AT_ONCE = 8;

/** The numbers of the sandbox: a prefix that no bank has, a count, and the check digit. */
function number(count) {
  const digits = `411111${String(count).padStart(9, '0')}`;
  const sum = [...digits].reverse().reduce((sum, digit, at) => sum + (at % 2 ? Number(digit) : Math.trunc(digit / 5) + ((digit * 2) % 10)), 0);
  return `${digits}${(10 - (sum % 10)) % 10}`;
}

const numbers = Object.fromEntries(Array.from({ length: CARDS }, (_, at) => [`card ${at + 1}`, number(at + 1)]));

let stage;
const places = { answers: [], 'answers given again': [], lists: [] };

async function ask(path, headers, body) {
  const init = { method: body ? 'POST' : 'GET', headers: { 'content-type': 'application/json', 'cardwright-contract': '1', 'sec-fetch-site': 'same-origin', ...headers }, body };
  const answer = await fetch(stage.proxy.url + path, { ...init, signal: AbortSignal.timeout(STEP_LIMIT_MS) });
  return { status: answer.status, text: JSON.stringify([...answer.headers]) + (await answer.text()) };
}

async function issue(again) {
  const headers = { 'idempotency-key': randomUUID() };
  const body = JSON.stringify({ user_id: USER, card_type: 'virtual' });
  const first = await ask('/api/ingo/cards/issue', headers, body);
  assert.equal(first.status, 200, first.text);
  places.answers.push(first.text);
  if (again) places['answers given again'].push((await ask('/api/ingo/cards/issue', headers, body)).text);
}

before(async () => {
  const proxy = { RUST_LOG: 'trace', RUST_BACKTRACE: '1', CARDWRIGHT_METRICS_LISTEN: '127.0.0.1:0', CARDWRIGHT_FORWARD_UNKNOWN_FIELDS: 'true' };
  stage = await raise({ browser: false, proxy });
  await stage.fault({ fault: 'card_data', times: CARDS });
  let left = CARDS;
  const caller = async () => {
    while (left > 0) {
      left -= 1;
      await issue(left % 10 === 0);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, caller));
  for (let page = 1; page <= 3; page++) places.lists.push((await ask(`/api/ingo/cards?page=${page}`, {})).text);
  places.metrics = [await (await fetch(stage.proxy.said.metrics)).text()];
  places.store = await filesIn(stage.folder);
  places.log = [stage.proxy.log];
}, { timeout: LIMIT_MS });
after(() => stage?.down());

test('no number is found anywhere', { timeout: LIMIT_MS }, (context) => {
  const found = new Scanner(numbers).find(places);
  const size = Object.values(places).flat().reduce((sum, text) => sum + text.length, 0);
  context.diagnostic(`${CARDS} cards, ${size} bytes in ${Object.keys(places).length} places: ${found.length} numbers found`);
  assert.deepEqual(found, []);
});

test('nor are the names of card data, in what is answered and kept', () => {
  for (const [place, texts] of Object.entries(places)) {
    for (const text of texts) assert.doesNotMatch(text, /\bcvv\b|"(?:pan|number|pin|expiry)"/, place);
  }
});

test('the issuer did tell them', async () => {
  const { cards, requests } = await stage.ledger();
  assert.equal(cards.length, CARDS);
  assert.ok(requests.every(({ fault }) => fault === 'card_data'));
  assert.deepEqual(cards.map(({ last_four }) => last_four).sort(), Object.values(numbers).map((number) => number.slice(-4)).sort());
  const withheld = stage.proxy.log.split('\n').filter((line) => line.includes('"withheld":'));
  assert.equal(withheld.length, CARDS, 'the proxy withheld something of each answer');
});

test('the scanner finds each number planted, in every place and shape', () => {
  const scanner = new Scanner(numbers);
  const some = Object.entries(numbers).filter((_, at) => at % Math.ceil(CARDS / 50) === 0);
  for (const place of Object.keys(places)) {
    for (const [name, number] of some) {
      for (const [shape, needles] of Object.entries(shapes(number))) {
        for (const needle of needles) {
          const found = scanner.find({ [place]: [`"x${needle}y"`] });
          assert.ok(found.some((one) => one.startsWith(`${place}: ${name} as `)), `${place}: ${name} as ${shape}: ${found}`);
        }
      }
    }
  }
});
