// Many rows: one verdict with the check of each alone, whatever they are written in and wherever they come from.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { files, operationOf } from './cases.mjs';
import { load } from './installed.mjs';
import { ADDRESS, USER, VIRTUAL } from './issuer.mjs';

const { CardwrightError, ingo, pintopay, isCardwrightError } = await load();
const { es } = await load('messages/es');
const { issueCard } = ingo;
const PHYSICAL = { user_id: USER, card_type: 'physical', shipping_address: ADDRESS };
const bytesOf = (text) => new TextEncoder().encode(text);

/** Every case of an operation that JSON can express without changing it. */
function casesOf(name) {
  const all = files.flatMap(({ cases }) => cases).filter((one) => operationOf({ ingo, pintopay }, one).name === name);
  return all.map(({ value }) => value).filter((value) => {
    const text = JSON.stringify(value);
    return text !== undefined && text.isWellFormed() && text.length < 16_000 && JSON.stringify(JSON.parse(text)) === text;
  });
}

const alone = (operation, rows) => rows.flatMap((row, at) => {
  const checked = operation.check(row);
  return checked.ok ? [] : checked.issues.map((issue) => ({ ...issue, row: at + 1 }));
});

for (const operation of [issueCard, pintopay.createCard]) {
  test(`${operation.name}: the cases of the corpus together are what they are alone`, async () => {
    const rows = casesOf(operation.name).map((row) => JSON.parse(JSON.stringify(row)));
    assert.ok(rows.length > 20, `${rows.length} cases`);
    const expected = alone(operation, rows);
    const sources = {
      'JSON text': JSON.stringify(rows),
      'JSON written wide': JSON.stringify(rows, null, 2),
      'JSON bytes': bytesOf(JSON.stringify(rows)),
      NDJSON: rows.map((row) => JSON.stringify(row)).join('\n'),
    };
    for (const [name, source] of Object.entries(sources)) {
      // The first case may be no object.
      const format = name === 'NDJSON' ? 'ndjson' : undefined;
      const checked = await operation.checkMany(source, { format });
      assert.deepEqual(checked.issues, expected, name);
      assert.equal(checked.rows, rows.length);
      assert.equal(checked.invalid, new Set(expected.map(({ row }) => row)).size);
      assert.deepEqual([checked.complete, checked.issueCount, checked.repeated], [true, expected.length, []]);
    }
  });
}

const HEADER = 'employee;User ID;card_type;address_one;city;state;ZIP code;country';
const row = (employee, user, type, city = '') => `${employee};${user};${type};${type === 'physical' ? `1 Way;${city};TX;30044;US` : ';;;;'}`;
const TABLE = ['\ufeff' + HEADER, row(1, USER, 'virtual'), row(2, 'x', 'virtual'), row(3, USER, 'physical', '"San ""José"""'), row(1, USER, 'physical'), row('', USER, 'virtual')].join('\r\n');
const OPTIONS = { rowKey: 'employee', columns: { 'ZIP code': 'shipping_address.postal_code' } };

test('a table is read wherever it comes from', async () => {
  const expected = [
    [2, 'user_id', 'id_prefix', 'User ID', 'The user id starts with user-.'],
    [4, 'shipping_address.city', 'required', 'city', 'Enter the city.'],
    [5, 'employee', 'required', 'employee', 'Enter the employee.'],
  ];
  const bytes = bytesOf(TABLE);
  const pieces = (size) => new ReadableStream({
    start(controller) {
      for (let at = 0; at < bytes.length; at += size) controller.enqueue(bytes.subarray(at, at + size));
      controller.close();
    },
  });
  for (const source of [TABLE, bytes, bytes.buffer, new Blob([bytes]), new File([bytes], 'cards.csv'), pieces(1), pieces(7), pieces(1 << 20)]) {
    const checked = await issueCard.checkMany(source, OPTIONS);
    assert.deepEqual(checked.issues.map(({ row, path, code, column, message }) => [row, path.join('.'), code, column, message]), expected);
    assert.deepEqual([checked.rows, checked.valid, checked.invalid], [5, 2, 3]);
    assert.deepEqual(checked.repeated, [{ rowKey: '1', rows: [1, 4] }]);
  }
});

/** A stream of these pieces, which goes on for ever where `stalls`. */
const streamOf = (pieces, { stalls = false, cancel = () => {} } = {}) => new ReadableStream({
  start(controller) {
    for (const piece of pieces) controller.enqueue(piece);
    if (!stalls) controller.close();
  },
  cancel,
});

test('how a stream is written is told by its first character, in whichever piece that is', async () => {
  const mark = [0xef, 0xbb, 0xbf].map((byte) => new Uint8Array([byte]));
  const blank = new Uint8Array(0);
  const [json, lines] = [bytesOf(JSON.stringify([VIRTUAL])), bytesOf(JSON.stringify(VIRTUAL))];
  const single = (bytes) => [...bytes].map((byte) => new Uint8Array([byte]));
  for (const rows of [json, lines, bytesOf(`user_id,card_type\n${USER},virtual`)]) {
    for (const before of [[], [blank, blank], mark, [bytesOf('\ufeff')], [bytesOf('\n\r\n')], [blank, ...mark, bytesOf('\n')]]) {
      for (const pieces of [[...before, rows], [...before, ...single(rows)], [Buffer.concat([...before, rows])]]) {
        const { valid, rows: count } = await issueCard.checkMany(streamOf(pieces));
        assert.deepEqual([valid, count], [1, 1], `${pieces}`);
      }
    }
  }
  for (const pieces of [[], [blank], mark, mark.slice(0, 1), [bytesOf(' \n')]]) assert.ok((await issueCard.checkMany(streamOf(pieces))).complete !== undefined);
  // It is not looked for without end.
  const endless = new ReadableStream({ pull: (controller) => controller.enqueue(bytesOf(' '.repeat(512))) });
  const abort = new AbortController();
  const checked = issueCard.checkMany(endless, { signal: abort.signal, onProgress: () => abort.abort() });
  await assert.rejects(checked, { code: 'aborted' });
});

test('a stream that gives nothing more is not waited for once the signal says so', async () => {
  for (const pieces of [[], [bytesOf('user_id,card_type\n')], [bytesOf(' ')]]) {
    for (const format of [undefined, 'csv']) {
      const abort = new AbortController();
      let cancelled = 0;
      const stream = streamOf(pieces, { stalls: true, cancel: () => void (cancelled += 1) });
      setTimeout(() => abort.abort(), 20);
      await assert.rejects(issueCard.checkMany(stream, { format, signal: abort.signal }), { name: 'CardwrightError', code: 'aborted', outcome: 'not_sent' });
      assert.equal(cancelled, 1);
    }
  }
  // What broke off because of the signal was aborted, too.
  const abort = new AbortController();
  const broken = new ReadableStream({ start: (controller) => abort.signal.addEventListener('abort', () => controller.error(abort.signal.reason)) });
  setTimeout(() => abort.abort(), 20);
  await assert.rejects(issueCard.checkMany(broken, { signal: abort.signal }), { code: 'aborted' });
  // What was aborted before is not begun.
  const whole = streamOf([bytesOf('[]')]);
  await assert.rejects(issueCard.checkMany(whole, { signal: AbortSignal.abort() }), { code: 'aborted' });
  assert.equal(whole.locked, false);
  assert.ok((await issueCard.checkMany(whole)).complete);
});

test('what the requests reject with is an error of ours, in the words of the operation', async () => {
  const file = new File([TABLE], 'cards.csv');
  const checked = await issueCard.checkMany(file, OPTIONS);
  Object.assign(file, { slice: () => ({ arrayBuffer: () => Promise.reject(new Error('changed')) }) });
  await assert.rejects(checked.requests().next(), (error) => {
    assert.ok(error instanceof CardwrightError);
    assert.deepEqual([error.code, error.outcome, error.cause.message], ['invalid_request', 'not_sent', 'changed']);
    return true;
  });
  const spanish = await issueCard.with({ messages: es }).checkMany(new Blob([TABLE]), OPTIONS);
  const { parse } = JSON;
  try {
    JSON.parse = () => { throw new Error('of the page'); };
    await assert.rejects(spanish.requests().next(), { code: 'internal_error', message: es.errors.internal_error });
  } finally {
    JSON.parse = parse;
  }
});

test('the requests are those of the rows alone, and can be read more than once', async () => {
  const checked = await issueCard.checkMany(TABLE, OPTIONS);
  for (let times = 0; times < 2; times++) {
    const taken = [];
    for await (const one of checked.requests()) taken.push(one);
    assert.deepEqual(taken.map(({ row, rowKey }) => [row, rowKey]), [[1, '1'], [3, '3']]);
    assert.deepEqual(taken[0].request, { user_id: USER, card_type: 'virtual' });
    assert.deepEqual(taken[0].notices, [], 'an address of blank cells was not given');
    assert.equal(taken[1].request.shipping_address.city, 'San "José"');
    for (const { request } of taken) assert.ok(issueCard.check(request).ok);
  }
  const keyed = await issueCard.checkMany(JSON.stringify([{ ...VIRTUAL, idempotent_key: 'a-key-of-the-row-itself' }, VIRTUAL]));
  const keys = [];
  for await (const { idempotencyKey, request } of keyed.requests()) keys.push([idempotencyKey, 'idempotent_key' in request]);
  assert.deepEqual(keys, [['a-key-of-the-row-itself', false], [undefined, false]]);
  const stream = new Blob([TABLE]).stream();
  const once = await issueCard.checkMany(stream, OPTIONS);
  await assert.rejects(once.requests().next(), { code: 'invalid_request', outcome: 'not_sent', message: 'expected a source that can be read again, not a stream' });
});

test('settings count for many as for one', async () => {
  const rows = JSON.stringify([{ user_id: 'user-1', card_type: 'virtual', colour: 'red' }, { ...VIRTUAL, api_key: 'x' }]);
  const relaxed = issueCard.with({ ids: 'prefix', unknownFields: 'drop', messages: es });
  const checked = await relaxed.checkMany(rows);
  assert.deepEqual(checked.issues.map(({ row, code, message }) => [row, code, message]), [[2, 'secret_in_browser', es.issues.secret_in_browser]]);
});

test('what is broken says where, and nothing behind it is guessed', async () => {
  const checked = await issueCard.checkMany(`[${JSON.stringify(VIRTUAL)},{"user_id":`);
  assert.deepEqual([checked.complete, checked.rows, checked.valid], [false, 2, 1]);
  assert.deepEqual(checked.issues, [{ path: [], code: 'row_unreadable', message: 'This row could not be read.', params: { expected: 'a value' }, row: 2 }]);
  for (const lone of ['\ud800', '\udc00x', 'x\ud83d']) {
    const text = JSON.stringify([PHYSICAL]).replace('Anytown', lone);
    assert.equal((await issueCard.checkMany(text)).valid, 0, 'half a character is no text');
  }
  const rows = [{ ...PHYSICAL, shipping_address: { ...ADDRESS, city: '😀'.repeat(50) } }];
  for (let shift = 0; shift < 4; shift++) {
    assert.equal((await issueCard.checkMany(' '.repeat(4070 + shift) + JSON.stringify(rows), { format: 'json' })).valid, 1, 'nor is a whole one cut');
  }
  for (const source of [undefined, null, 7, {}, []]) {
    await assert.rejects(issueCard.checkMany(source), (error) => isCardwrightError(error) && error.code === 'invalid_request' && error.message.startsWith('expected text, bytes, a file'));
  }
});

test('of a chunk its bytes are read, whatever its elements are', async () => {
  const bytes = bytesOf(JSON.stringify([VIRTUAL, VIRTUAL]).padEnd(400));
  for (const View of [DataView, Uint16Array, Float64Array]) {
    const checked = await issueCard.checkMany(streamOf([new View(bytes.buffer.slice(0, 400))]));
    assert.deepEqual([checked.rows, checked.valid, checked.complete], [2, 2, true]);
  }
});

test('a copy of a report has all it tells', async () => {
  const checked = await issueCard.checkMany('[{"card_type":"virtual"}]');
  const { requests, ...told } = checked;
  assert.deepEqual(told.issues, checked.issues);
  assert.deepEqual(JSON.parse(JSON.stringify(checked)), told);
  assert.deepEqual([told.issues.length, told.invalidRows], [1, [{ row: 1, code: 'required' }]]);
});

test('issues beyond what is kept are counted', async () => {
  for (const [maxIssues, kept] of [[3, 3], [0, 0], [Infinity, 1000], [2 ** 40, 1000]]) {
    const checked = await issueCard.checkMany(JSON.stringify(Array(500).fill({})), { maxIssues });
    assert.deepEqual([checked.issueCount, checked.issues.length, checked.invalid], [1000, kept, 500]);
  }
});

test('of every row that broke a rule it is known which one, however many issues are kept', async () => {
  const wrong = [{}, { card_type: 'virtual', user_id: 'x' }, 7, { ...VIRTUAL, colour: 'red' }];
  const rows = Array.from({ length: 40 }, (_, at) => (at % 5 === 4 ? VIRTUAL : wrong[at % 5]));
  const expected = rows.flatMap((row, at) => {
    const { issues } = issueCard.check(row);
    return issues ? [{ row: at + 1, code: issues[0].code }] : [];
  });
  for (const maxIssues of [0, 1, 2, 2.5, 7, 1000]) {
    for (const source of [JSON.stringify(rows), JSON.stringify(rows, null, 1)]) {
      const checked = await issueCard.checkMany(source, { maxIssues });
      assert.deepEqual(checked.invalidRows, expected, `${maxIssues}`);
      assert.equal(checked.issues.length, Math.min(Math.floor(maxIssues), checked.issueCount));
    }
  }
  const table = await issueCard.checkMany(`user_id,card_type,colour\n${USER},virtual,red\n,virtual,`, { maxIssues: 0 });
  assert.deepEqual(table.invalidRows, [{ row: 2, code: 'required' }], 'a header is no row');
});

test('what is said of columns counts, however many there are', async () => {
  const names = Array.from({ length: 600 }, (_, at) => `Column ${at} of what was exported`);
  const columns = Object.fromEntries([...names.map((name) => [name, null]), ['Wer', 'user_id']]);
  const checked = await issueCard.checkMany(`Wer,card_type,${names.join()}\n${USER},virtual\n`, { columns });
  assert.deepEqual([checked.valid, checked.issues], [1, []]);
});

test('an option that means nothing is refused, and not read as another', async () => {
  const EXPECTED = {
    format: ['json, ndjson or csv', ['JSON', 'xml', '', null, 5]],
    delimiter: ['a comma, a semicolon or a tab', ['|', '-', 'ab', '', null, 5]],
    rowKey: ['a name', ['', null, 5, {}]],
    columns: ['a path or null for each column', [null, 'x', 5, [], { user_id: 5 }, { '\ud800': null }, { x: 'a\udc00' }, { 'a\ud800': '\udc00' }]],
    maxIssues: ['a number from 0', [-1, NaN, '7', null]],
    signal: ['a signal', [null, {}, 5]],
    worker: ['a worker or its address', [null, {}, 5]],
    onProgress: ['a function', [null, {}, 5]],
  };
  for (const [name, [expected, given]] of Object.entries(EXPECTED)) {
    for (const value of given) {
      const message = `expected ${name} to be ${expected}`;
      await assert.rejects(issueCard.checkMany('[]', { [name]: value }), { name: 'CardwrightError', code: 'invalid_request', outcome: 'not_sent', message });
    }
    assert.ok((await issueCard.checkMany('[]', { [name]: undefined })).complete);
  }
  // Where there are no workers, none can be made.
  await assert.rejects(issueCard.checkMany('[]', { worker: './worker.js' }), { code: 'network_error', outcome: 'not_sent' });
});

test('bytes are bytes, whatever shows them', async () => {
  const text = JSON.stringify(Array(3).fill(VIRTUAL));
  const { buffer } = bytesOf(`  ${text}${' '.repeat(8)}`);
  const whole = text.length + (text.length % 2);
  for (const source of [buffer, new Uint8Array(buffer), new Uint8Array(buffer, 2, whole), new DataView(buffer, 2, whole), new Uint16Array(buffer, 2, whole / 2), new Int8Array(buffer)]) {
    assert.equal((await issueCard.checkMany(source)).valid, 3, source.constructor.name);
  }
});

test('it goes in slices, tells how far it is, and ends when it is told to', async () => {
  const text = JSON.stringify(Array(40_000).fill(PHYSICAL));
  const seen = [];
  let turns = 0;
  const timer = setInterval(() => (turns += 1));
  const checked = await issueCard.checkMany(text, { onProgress: (progress) => seen.push(progress) });
  clearInterval(timer);
  assert.equal(checked.valid, 40_000);
  assert.deepEqual(seen.at(-1).read, text.length);
  assert.ok(seen.length > 10 && seen.every(({ total, read, rows }) => total === text.length && read <= total && rows <= 40_000));

  const abort = new AbortController();
  const watched = issueCard.checkMany(text, { onProgress: () => { throw new Error('of the page'); } });
  assert.equal((await watched).valid, 40_000, 'what a watcher throws is its own matter');

  const aborted = issueCard.checkMany(text, { signal: abort.signal, onProgress: () => abort.abort() });
  await assert.rejects(aborted, { code: 'aborted', outcome: 'not_sent' });
  await assert.rejects(issueCard.checkMany(text, { signal: AbortSignal.abort() }), { code: 'aborted' });
});

test('two checks at a time have nothing in common', async () => {
  const sources = Array.from({ length: 6 }, (_, nth) => JSON.stringify(Array.from({ length: 3000 + nth }, (_, at) => (at % (nth + 2) ? VIRTUAL : {}))));
  const checked = await Promise.all(sources.map((source) => issueCard.checkMany(source)));
  checked.forEach(({ rows, invalid }, nth) => assert.deepEqual([rows, invalid], [3000 + nth, Math.ceil((3000 + nth) / (nth + 2))]));
});
