// Many rows, one intent each: nothing twice, nothing lost, and a run that goes on where another one ended.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withClock } from './clock.mjs';
import { load } from './installed.mjs';
import { USER, VIRTUAL, problem } from './issuer.mjs';
import { dies, scriptedProxy } from './scripted-proxy.mjs';

const { CardClient, CardwrightError, ingo, keyFrom, pintopay } = await load();
const { fakeProxy } = await load('testing');
const { es } = await load('messages/es');

const { issueCard } = ingo;
const user = (number) => `${USER.slice(0, -6)}${String(number).padStart(6, '0')}`;
const rows = (count) => Array.from({ length: count }, (_, at) => ({ employee: `e-${at}`, ...VIRTUAL, user_id: user(at) }));
const clientOf = (proxy, more = {}) => new CardClient({ baseUrl: 'http://localhost/api', fetch: (...given) => proxy.fetch(...given), ...more });
const BATCH = { batchId: 'june', rowKey: 'employee' };
const bulk = (proxy, rows, more = {}) => clientOf(proxy).bulk(issueCard, JSON.stringify(rows), { ...BATCH, ...more });
/** The operation, its check changed. */
const checking = (change) => ({ ...issueCard, with: () => ({ ...issueCard, checkMany: async (...given) => change(await issueCard.checkMany(...given)) }) });
/** What a check says, with something else in it. */
const but = ({ rows, valid, invalid, issueCount, issues, invalidRows, repeated, complete, requests }, other) => ({ rows, valid, invalid, issueCount, issues, invalidRows, repeated, complete, requests, ...other });
const failing = (call) => call.then(() => assert.fail('expected a rejection'), (error) => error);
const counts = ({ done, failed, unknown, left }) => ({ done, failed, unknown, left });

/** A proxy that says which of its answers it had given before. */
function proxyOf(script = () => undefined) {
  const proxy = scriptedProxy(async (request, number) => {
    const fault = await script(request, number);
    if (fault !== undefined || !proxy.claims.get(request.key)?.answer) return fault;
    return { after: (answer) => (answer.headers.set('idempotent-replayed', 'true'), answer) };
  });
  return proxy;
}

test('each row is one card, under the key of operation, batch and row key', async () => {
  const proxy = proxyOf();
  const run = bulk(proxy, rows(25));
  assert.equal(run.progress.state, 'checking');
  const report = await run.done;
  assert.deepEqual([proxy.cards.length, proxy.requests.length, report.end, report.operation, report.batchId], [25, 25, 'complete', 'ingo.issueCard', 'june']);
  assert.deepEqual(counts(report), { done: 25, failed: 0, unknown: 0, left: 0 });
  for (const [at, row] of report.rows.entries()) {
    const idempotencyKey = `bulk_${await keyFrom('ingo.issueCard', 'june', `e-${at}`)}`;
    const { answer } = proxy.claims.get(idempotencyKey);
    const { id: cardId, last_four: lastFour } = JSON.parse(answer).data.items[0];
    assert.deepEqual(row, { row: at + 1, rowKey: `e-${at}`, idempotencyKey, state: 'done', replayed: false, cardId, lastFour });
  }
  assert.equal((await run.checked).valid, 25);
});

// Kills the mutant whose keys are random: see tests/mutants/bulk-key-random.patch.
test('rows come from text, bytes, a file or a stream, as JSON, lines or a table', async () => {
  const text = JSON.stringify(rows(7));
  const lines = rows(7).map((row) => JSON.stringify(row)).join('\n');
  const table = ['employee,user_id,card_type', ...rows(7).map(({ employee, user_id, card_type }) => [employee, user_id, card_type].join())].join('\n');
  const bytes = new TextEncoder().encode(text);
  const sources = { text, bytes, file: new File([text], 'june.json'), stream: new Blob([text]).stream(), lines, table: new Blob([table]) };
  for (const [name, source] of Object.entries(sources)) {
    const proxy = proxyOf();
    const report = await clientOf(proxy).bulk(issueCard, source, BATCH).done;
    assert.deepEqual([report.done, proxy.cards.length], [7, 7], name);
    const sent = proxy.sends.map(({ body }) => JSON.parse(body)).sort((a, b) => (a.user_id < b.user_id ? -1 : 1));
    assert.deepEqual(sent, rows(7).map(({ user_id }) => ({ ...VIRTUAL, user_id })), name);
  }
});

test('the same file again makes nothing twice, goes on with what is left, and another batch is other cards', async () => {
  const proxy = proxyOf();
  await bulk(proxy, rows(10)).done;
  const again = await bulk(proxy, rows(30)).done;
  assert.equal(proxy.cards.length, 30);
  assert.deepEqual([again.done, again.replayed, again.rows.filter(({ replayed }) => replayed).length], [30, 10, 10]);
  await Promise.all([bulk(proxy, rows(30)).done, bulk(proxy, rows(30)).done]);
  assert.equal(proxy.cards.length, 30);
  await bulk(proxy, rows(3), { batchId: 'july' }).done;
  assert.equal(proxy.cards.length, 33);
  // The same row key with other values is not the same row: neither a second card nor a false "done".
  const changed = rows(1).map((row) => ({ ...row, user_id: user(99) }));
  const { rows: [refused] } = await bulk(proxy, changed).done;
  assert.deepEqual([refused.state, refused.code, proxy.cards.length], ['not_sent', 'key_reused', 33]);
});

test("a row's own idempotent_key is its key, as of a single call, and two rows with one are not two cards", async () => {
  const proxy = proxyOf();
  const [key, other] = ['onboarding-2026-0001', 'onboarding-2026-0002'];
  const { data } = await clientOf(proxy).ingo.issueCard({ ...VIRTUAL, user_id: user(0), idempotent_key: key });
  const own = [{ ...rows(1)[0], idempotent_key: key }, { ...rows(2)[1], idempotent_key: other }, { ...rows(3)[2], idempotent_key: other }, rows(4)[3]];
  const report = await bulk(proxy, own).done;
  assert.deepEqual(report.rows.map(({ state, replayed, code, cardId }) => [state, replayed, code, cardId]), [
    ['done', true, undefined, data.card.id],
    ['done', false, undefined, proxy.cards[1].id],
    ['not_sent', false, 'key_reused', undefined],
    ['done', false, undefined, proxy.cards[2].id],
  ]);
  assert.deepEqual(report.rows.map(({ idempotencyKey }) => idempotencyKey.slice(0, 5)), ['onboa', 'onboa', 'onboa', 'bulk_']);
  assert.equal(proxy.cards.length, 3);
  // It may name the row as well.
  const named = await bulk(proxy, own.slice(0, 2).map(({ employee, ...row }) => row), { batchId: 'july', rowKey: 'idempotent_key' }).done;
  assert.deepEqual([named.replayed, proxy.cards.length], [2, 3]);
  // And of a table by the name its column has.
  for (const [header, rowKey, columns] of [['Idempotent Key', 'Idempotent Key'], ['Idempotent Key', 'idempotent_key'], ['Schlüssel', 'Schlüssel', { Schlüssel: 'idempotent_key' }]]) {
    const table = [`${header},User ID,Card Type`, ...own.slice(0, 2).map(({ idempotent_key, user_id }) => `${idempotent_key},${user_id},virtual`)].join('\n');
    const again = await clientOf(proxy).bulk(issueCard, table, { batchId: 'august', rowKey, check: { columns } }).done;
    assert.deepEqual([again.rows.map(({ rowKey, idempotencyKey }) => [rowKey, idempotencyKey]), again.replayed], [[[key, key], [other, other]], 2], header);
  }
  assert.equal(proxy.cards.length, 3);
});

test('a row may be named by any of its fields, which is sent as well', async () => {
  const proxy = proxyOf();
  const address = (city) => ({ address_one: '1 Way', city, state: 'TX', postal_code: '30044', country: 'US' });
  const physical = ['Rome', 'Troy'].map((city, at) => ({ user_id: user(at), card_type: 'physical', shipping_address: address(city) }));
  const table = ['user_id,card_type,Street,City,State,ZIP code,Country', ...physical.map(({ user_id, shipping_address }) => [user_id, 'physical', ...Object.values(shipping_address)].join())].join('\n');
  const check = { columns: { Street: 'shipping_address.address_one', 'ZIP code': 'shipping_address.postal_code' } };
  const sources = [[JSON.stringify(physical), 'shipping_address.city'], [table, 'shipping_address.city', check], [table, 'City', check]];
  for (const [source, rowKey, check] of sources) {
    const report = await clientOf(proxy).bulk(issueCard, source, { batchId: 'june', rowKey, check }).done;
    assert.deepEqual(report.rows.map(({ rowKey, state }) => [rowKey, state]), [['Rome', 'done'], ['Troy', 'done']], rowKey);
  }
  assert.equal(proxy.cards.length, 2);
  assert.deepEqual(proxy.sends.map(({ body }) => JSON.parse(body).shipping_address.city).sort(), ['Rome', 'Rome', 'Rome', 'Troy', 'Troy', 'Troy']);
});

test('blanks around the name of a batch do not make it another', async () => {
  const proxy = proxyOf();
  for (const batchId of ['june', 'june ', '\u00a0june\t']) assert.equal((await bulk(proxy, rows(3), { batchId }).done).batchId, 'june');
  assert.equal(proxy.cards.length, 3);
});

test('what cannot be issued is refused as a whole, and nothing is sent', async () => {
  const proxy = proxyOf();
  const client = clientOf(proxy);
  const refused = async (operation, source, options) => {
    const run = client.bulk(operation, typeof source === 'string' ? source : JSON.stringify(source), options);
    const { code, outcome, issues } = await failing(run.done);
    return [code, outcome, issues?.map(({ row, code }) => [row, code])];
  };
  assert.deepEqual(await refused(issueCard, rows(3), { rowKey: 'employee' }), ['key_missing', 'not_sent', undefined]);
  assert.deepEqual(await refused(issueCard, rows(3), { batchId: ' ', rowKey: 'employee' }), ['key_missing', 'not_sent', undefined]);
  assert.deepEqual(await refused(issueCard, rows(3), { batchId: 'june' }), ['key_missing', 'not_sent', undefined]);
  const keyless = rows(3);
  delete keyless[1].employee;
  assert.deepEqual(await refused(issueCard, keyless, BATCH), ['invalid_request', 'not_sent', [[2, 'required']]]);
  assert.deepEqual(await refused(issueCard, [...rows(3), ...rows(1)], { ...BATCH, skipInvalid: true }), ['key_reused', 'not_sent', undefined]);
  const wrong = [...rows(1), { ...rows(2)[1], card_type: 'metal' }];
  assert.deepEqual(await refused(issueCard, wrong, BATCH), ['invalid_request', 'not_sent', [[2, 'not_a_choice']]]);
  assert.deepEqual(await refused(ingo.listCards, rows(1), BATCH), ['method_not_allowed', 'not_sent', undefined]);
  assert.deepEqual(await refused(ingo.reissueCard, rows(1), BATCH), ['method_not_allowed', 'not_sent', undefined]);
  const aborted = { ...BATCH, signal: AbortSignal.abort() };
  assert.deepEqual(await refused(issueCard, rows(1), aborted), ['aborted', 'not_sent', undefined]);
  // What stands against the header stands against every row, whatever is to be left out.
  const table = (column) => `employee,user_id,card_type,${column}\n${rows(2).map(({ employee, user_id }) => `${employee},${user_id},virtual,x`).join('\n')}`;
  const lenient = { ...BATCH, skipInvalid: true, check: { maxIssues: 0 } };
  assert.deepEqual(await refused(issueCard, table('api_key'), lenient), ['invalid_request', 'not_sent', [[0, 'secret_in_browser']]]);
  assert.deepEqual(await refused(issueCard, table('card_typ'), lenient), ['invalid_request', 'not_sent', [[0, 'unknown_field']]]);
  const cut = checking((checked) => but(checked, { complete: false }));
  assert.deepEqual(await refused(cut, rows(1), { ...BATCH, skipInvalid: true }), ['invalid_request', 'not_sent', []]);
  assert.equal(proxy.requests.length, 0);

  const report = await client.bulk(issueCard, JSON.stringify([...wrong, rows(3)[2]]), { ...BATCH, skipInvalid: true }).done;
  assert.deepEqual(report.rows.map(({ row, state, code }) => [row, state, code]), [[1, 'done', undefined], [2, 'left_out', 'not_a_choice'], [3, 'done', undefined]]);
  assert.deepEqual([counts(report), proxy.cards.length], [{ done: 2, failed: 0, unknown: 0, left: 0 }, 2]);
});

test('every row that is left out stands in the report, however many issues are kept', async () => {
  const proxy = proxyOf();
  const wrong = Array.from({ length: 50 }, (_, at) => ({ employee: `w-${at}` }));
  for (const maxIssues of [0, 4, undefined]) {
    const report = await bulk(proxy, [...rows(2), ...wrong], { skipInvalid: true, check: { maxIssues } }).done;
    const left = report.rows.filter(({ state }) => state === 'left_out');
    assert.deepEqual(left.map(({ row, code }) => [row, code]), wrong.map((_, at) => [at + 3, 'required']), `${maxIssues}`);
    assert.equal(report.toCSV().split('\r\n').length, 54);
  }
});

test('a stream that gives nothing more is not waited for once the run is told to end', async () => {
  const proxy = proxyOf();
  const client = clientOf(proxy);
  const ends = {
    stop: ({ run }) => run.stop(),
    signal: ({ abort }) => abort.abort(),
    both: ({ run, abort }) => (abort.abort(), run.stop()),
  };
  for (const [name, end] of Object.entries(ends)) {
    for (const isLate of [true, false]) {
      let cancelled = 0;
      const stream = new ReadableStream({ start: (controller) => controller.enqueue(new TextEncoder().encode('[')), cancel: () => void (cancelled += 1) });
      const abort = new AbortController();
      const run = client.bulk(issueCard, stream, { ...BATCH, signal: abort.signal });
      if (isLate) await new Promise((resolve) => setTimeout(resolve, 20));
      end({ run, abort });
      for (const promise of [run.done, run.checked]) {
        const error = await failing(promise);
        assert.ok(error instanceof CardwrightError);
        assert.deepEqual([error.code, error.outcome, run.progress.state, cancelled], ['aborted', 'not_sent', 'ended', 1], `${name} ${isLate}`);
      }
    }
  }
  assert.equal(proxy.requests.length, 0);
});

test('what is refused is said to who wrote the page or the file, in words of its own; what is said to a person, in the page\'s language', async () => {
  const client = clientOf(proxyOf(), { messages: es });
  const said = async (operation, source, options) => (await failing(client.bulk(operation, source, options).done)).message;
  const text = JSON.stringify(rows(1));
  assert.equal(await said(ingo.reissueCard, text, BATCH), 'expected an operation that may be sent again, found ingo.reissueCard');
  assert.equal(await said(ingo.listCards, text, BATCH), 'expected an operation that may be sent again, found ingo.listCards');
  assert.equal(await said(issueCard, text, { rowKey: 'employee' }), 'expected a batchId and a rowKey');
  assert.equal(await said(issueCard, text, { batchId: NaN, rowKey: 'employee' }), 'expected a batchId and a rowKey');
  const twice = JSON.stringify([...rows(3), ...rows(1)]);
  assert.equal(await said(issueCard, twice, BATCH), 'expected a row key of its own in each row, found that of row 1 in row 4');
  for (const parts of [[], [''], ['june', NaN]]) assert.equal((await failing(keyFrom(...parts))).message, 'expected text or numbers');
  assert.equal(await said(issueCard, 5, BATCH), 'expected text, bytes, a file or a stream of bytes');
  assert.equal(await said(issueCard, '[{}]', BATCH), es.errors.invalid_request);
  assert.equal(await said(issueCard, text, { ...BATCH, signal: AbortSignal.abort() }), es.errors.aborted);
});

test('what the page\'s own file, stream or confirm throws is the cause of an error of ours', async () => {
  const broken = new Error('broken');
  const text = JSON.stringify(rows(1));
  const file = Object.assign(new File([text], 'june.json'), { slice: () => ({ arrayBuffer: () => Promise.reject(broken) }) });
  const stream = () => new ReadableStream({ pull: (controller) => controller.error(broken) });
  const locked = new Blob([text]).stream();
  locked.getReader();
  const client = clientOf(proxyOf());
  const confirm = () => { throw broken; };
  const readable = 'expected a source that can be read to its end';
  const failures = [
    [readable, issueCard.checkMany(file)], [readable, issueCard.checkMany(stream())], [readable, issueCard.checkMany(locked)],
    [readable, client.bulk(issueCard, file, BATCH).done], [readable, client.bulk(issueCard, stream(), BATCH).done],
    ['expected confirm to say yes or no', client.bulk(issueCard, text, { ...BATCH, confirm }).done],
  ];
  for (const [message, failure] of failures) {
    const error = await failing(failure);
    assert.ok(error instanceof CardwrightError, error);
    assert.deepEqual([error.code, error.outcome, error.message], ['invalid_request', 'not_sent', message]);
    assert.ok(error.cause === broken || error.cause instanceof TypeError, error.cause);
  }
  const words = new ReadableStream({ start: (controller) => (controller.enqueue('[]'), controller.close()) });
  const { code, message } = await failing(issueCard.checkMany(words));
  assert.deepEqual([code, message], ['invalid_request', 'expected text, bytes, a file or a stream of bytes']);
});

test('nobody waits for a yes that is not wanted any more', async () => {
  for (const told of ['stopped', 'aborted']) {
    const proxy = proxyOf();
    const abort = new AbortController();
    let run;
    await new Promise((resolve) => {
      run = bulk(proxy, rows(2), { signal: abort.signal, confirm: () => (resolve(), new Promise(() => {})) });
    });
    if (told === 'stopped') run.stop();
    else abort.abort();
    assert.equal(await run.done.then(({ end }) => end, ({ code }) => code), told);
    assert.equal(proxy.requests.length, 0);
  }
});

test('no more rows are under way than asked for', async () => {
  for (const [concurrency, expected] of [[undefined, 4], [1, 1], [9, 9], [0, 1], [Infinity, 1]]) {
    let open = 0;
    let most = 0;
    const proxy = proxyOf(async () => {
      most = Math.max(most, ++open);
      await new Promise((resolve) => setTimeout(resolve, 1));
      open -= 1;
    });
    await bulk(proxy, rows(40), { concurrency }).done;
    assert.deepEqual([most, proxy.cards.length], [expected, 40], String(concurrency));
  }
});

test('what a server asks for holds for all rows at once, for as long as it says', () =>
  withClock(async (clock) => {
    const later = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
    // Four at the same time: three are refused, and of the fourth the answer is lost while everybody waits already.
    const fault = { 11: [429, 'rate_limited'], 12: [503, 'store_unavailable'], 13: [429, 'rate_limited'] };
    const refuse = ([status, code]) => later(100).then(() => problem(status, code, 'not_sent', { retry_after_ms: 45_000 }));
    const lose = () => later(200).then(() => Promise.reject(new TypeError('fetch failed')));
    const proxy = proxyOf((_, number) => (fault[number] ? { before: () => refuse(fault[number]) } : number === 14 ? { after: lose } : undefined));
    const states = [];
    const run = bulk(proxy, rows(30), { onProgress: ({ state, heldMs }) => states.push([state, heldMs]) });
    const report = await run.done;
    const times = proxy.requests.map(({ at }) => at);
    assert.deepEqual([report.done, proxy.cards.length, times.length], [30, 30, 34]);
    assert.ok(times[13] < 100 && times.slice(14).every((at) => at >= 45_100), `sent at ${times}`);
    assert.ok(states.some(([state, heldMs]) => state === 'waiting' && heldMs === 45_000));
    assert.equal(clock.timers(), 0);
  }));

test('lost answers do not use the run up: 300 rows with every third answer lost are 300 cards', () =>
  withClock(async () => {
    // The third kind of loss is an answer that was cut short, which a call by itself does not repeat.
    const lost = [dies.before, dies.after, { after: () => new Response('{"status":"succ') }];
    const proxy = proxyOf((_, number) => (number % 3 === 0 ? lost[(number / 3) % 3] : undefined));
    const report = await bulk(proxy, rows(300)).done;
    assert.deepEqual([counts(report), proxy.cards.length], [{ done: 300, failed: 0, unknown: 0, left: 0 }, 300]);
  }));

test('a proxy that does not answer ends the run after ten rows, and the budget of other calls is untouched', () =>
  withClock(async () => {
    let isDead = true;
    const proxy = proxyOf(() => (isDead ? dies.before : undefined));
    const client = clientOf(proxy);
    const report = await client.bulk(issueCard, JSON.stringify(rows(1_000)), BATCH).done;
    assert.equal(report.end, 'unanswered');
    assert.ok(report.unknown >= 10 && report.unknown <= 14, `${report.unknown} unknown`);
    assert.deepEqual([report.failed, report.left], [0, 1_000 - report.unknown]);
    assert.ok(proxy.sends.length < 60, `${proxy.sends.length} sent`);
    isDead = false;
    let number = 0;
    proxy.script = () => (number++ < 2 ? dies.before : undefined);
    assert.equal((await client.ingo.issueCard(VIRTUAL)).meta.attempts, 3);
    proxy.script = () => problem(429, 'rate_limited', 'not_sent', { retry_after_ms: 86_400_000 });
    const later = await client.bulk(issueCard, JSON.stringify(rows(5)), { ...BATCH, batchId: 'july' }).done;
    assert.deepEqual([later.end, later.done], ['unanswered', 0]);
  }));

test('what is unknown stays so: it is no failure, a question settles it, and so does the next run', async () => {
  const open = () => problem(504, 'issuer_failed', 'unknown');
  const proxy = proxyOf(({ method, body }) => (method === 'POST' && body.includes(user(1)) ? { after: open } : body?.includes(user(2)) ? { before: open } : undefined));
  const run = await withClock(() => bulk(proxy, rows(4), { stopAfter: 1, concurrency: 1 }).done);
  assert.deepEqual([run.end, counts(run)], ['complete', { done: 2, failed: 0, unknown: 2, left: 0 }]);
  assert.deepEqual(run.rows.map(({ state, code }) => [state, code]), [['done', undefined], ['unknown', 'issuer_failed'], ['unknown', 'issuer_failed'], ['done', undefined]]);
  const settled = await run.resolve();
  assert.deepEqual(settled.rows.map(({ state, code }) => [state, code]), [['done', undefined], ['done', undefined], ['not_sent', 'key_closed'], ['done', undefined]]);
  assert.equal(settled.replayed, 0, 'it was this run that made it');
  assert.deepEqual([settled.rows[1].cardId, counts(settled)], [proxy.cards[1].id, { done: 3, failed: 1, unknown: 0, left: 0 }]);
  assert.deepEqual(counts(run), { done: 2, failed: 0, unknown: 2, left: 0 }, 'the first report stays as it was');
});

test('it stops after so many failures, and what a person does counts at once', async () => {
  const rejecting = proxyOf((_, number) => (number > 3 ? problem(502, 'issuer_rejected', 'rejected', { slug: 'user_blocked' }) : undefined));
  const failed = await bulk(rejecting, rows(50), { stopAfter: 3, concurrency: 1 }).done;
  assert.deepEqual([failed.end, counts(failed)], ['failures', { done: 3, failed: 3, unknown: 0, left: 44 }]);
  assert.deepEqual([failed.rows[5].state, failed.rows[5].code, failed.rows[5].slug], ['rejected', 'issuer_rejected', 'user_blocked']);

  const proxy = proxyOf();
  const paused = bulk(proxy, rows(20), { concurrency: 2 });
  while (proxy.cards.length < 5) await new Promise(setImmediate);
  paused.pause();
  assert.equal(paused.progress.state, 'paused');
  for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate);
  assert.ok(proxy.cards.length <= 7 && paused.progress.left >= 13, 'what was under way has ended, and nothing was begun');
  paused.resume();
  assert.equal((await paused.done).done, 20);

  const stopped = bulk(proxyOf(), rows(20), { onProgress: ({ done }) => done === 5 && stopped.stop() });
  const report = await stopped.done;
  assert.ok(report.end === 'stopped' && report.done >= 5 && report.done <= 9 && report.left === 20 - report.done, JSON.stringify(counts(report)));
  assert.equal(stopped.progress.state, 'ended');

  const controller = new AbortController();
  const slow = proxyOf(({ signal }, number) => number > 4 && { before: () => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))) });
  const left = bulk(slow, rows(20), { signal: controller.signal });
  while (slow.requests.length < 8) await new Promise(setImmediate);
  controller.abort();
  const aborted = await left.done;
  assert.deepEqual([aborted.end, counts(aborted)], ['aborted', { done: 4, failed: 0, unknown: 4, left: 12 }]);
});

test('what it is told, or given, before its own file has been loaded counts as well', async () => {
  const proxy = proxyOf();
  const options = { ...BATCH };
  const paused = clientOf(proxy).bulk(issueCard, JSON.stringify(rows(5)), options);
  paused.pause();
  // It is another run's by now.
  options.batchId = 'july';
  assert.deepEqual(counts(paused.progress), { done: 0, failed: 0, unknown: 0, left: 0 });
  await paused.checked;
  for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate);
  assert.deepEqual([paused.progress.state, proxy.requests.length], ['paused', 0]);
  paused.resume();
  assert.deepEqual([(await paused.done).batchId, proxy.cards.length], ['june', 5]);

  const stopped = bulk(proxy, rows(5));
  stopped.stop();
  assert.deepEqual([(await stopped.done).end, proxy.requests.length], ['stopped', 5]);
});

test('a plan is shown before anything is sent, and the limit of a day is kept', async () => {
  const proxy = proxyOf();
  const plans = [];
  const asked = (answer) => ({ dailyLimit: 8, confirm: (plan) => (plans.push([plan, proxy.requests.length]), answer) });
  const wrong = { ...rows(13)[12], card_type: 'metal' };
  const refused = await bulk(proxy, [...rows(12), wrong], { ...asked(false), skipInvalid: true }).done;
  assert.deepEqual([refused.end, counts(refused), proxy.requests.length], ['stopped', { done: 0, failed: 0, unknown: 0, left: 12 }, 0]);
  assert.deepEqual(plans, [[{ rows: 12, leftOut: 1, today: 8 }, 0]]);
  const today = await bulk(proxy, rows(12), asked(Promise.resolve(true))).done;
  assert.deepEqual([today.end, counts(today), proxy.cards.length], ['daily_limit', { done: 8, failed: 0, unknown: 0, left: 4 }, 8]);
  // Of a run that was stopped there is nothing to confirm.
  const stopped = bulk(proxyOf(), rows(3), asked(true));
  stopped.stop();
  assert.deepEqual([(await stopped.done).end, plans.length], ['stopped', 2]);
  // What was done yesterday does not count today.
  const tomorrow = await bulk(proxy, rows(12), asked(true)).done;
  assert.deepEqual([tomorrow.end, tomorrow.replayed, proxy.cards.length], ['complete', 8, 12]);
});

test('a limit below the number of rows at once is used up, and not one card less', async () => {
  for (const dailyLimit of [0, 1, 2, 3]) {
    const proxy = proxyOf();
    const { end, done, left } = await bulk(proxy, rows(12), { dailyLimit }).done;
    assert.deepEqual([end, done, left, proxy.cards.length], ['daily_limit', dailyLimit, 12 - dailyLimit, dailyLimit]);
  }
});

test('lost answers do not lift the limit of a day: what this run has made is not taken for what was there before', () =>
  withClock(async () => {
    const lost = [dies.after, { after: () => new Response('{"status":"succ') }];
    const proxy = proxyOf((_, number) => (number % 3 === 0 ? lost[number % 2] : undefined));
    const { end, done, replayed } = await bulk(proxy, rows(60), { dailyLimit: 20 }).done;
    assert.deepEqual([end, done, replayed, proxy.cards.length], ['daily_limit', 20, 0, 20]);
    // What was put off was not sent, so that a replay after it is of another run.
    proxy.script = (_, number) => (number % 3 === 0 ? problem(429, 'rate_limited', 'not_sent') : { after: (answer) => (answer.headers.set('idempotent-replayed', 'true'), answer) });
    const again = await bulk(proxy, rows(20), { dailyLimit: 1 }).done;
    assert.deepEqual([again.end, again.replayed, proxy.cards.length], ['complete', 20, 20]);
  }));

test('orders and cards are counted apart', async () => {
  const proxy = fakeProxy();
  const client = new CardClient({ baseUrl: 'http://localhost/api', fetch: proxy.fetch });
  const source = ['employee;product_code;external_user_id', ...Array.from({ length: 6 }, (_, at) => `e-${at};VIRTUAL_USD;person-${at}`)].join('\r\n');
  const ordered = await client.bulk(pintopay.createCard, source, BATCH).done;
  assert.deepEqual([ordered.orders, proxy.ledger.orders.length, ordered.rows.every(({ orderId }) => orderId)], [6, 6, true]);
  const seen = [];
  const cards = await withClock(() => client.bulk(pintopay.createCard, source, { ...BATCH, waitForCards: true, onProgress: ({ orders, cards }) => seen.push([orders, cards]) }).done);
  assert.deepEqual([cards.replayed, cards.orders, cards.cards, proxy.ledger.orders.length], [6, 6, 6, 6]);
  assert.ok(cards.rows.every(({ cardId, order }) => cardId && order === 'issued'), JSON.stringify(cards.rows[0]));
  assert.deepEqual(seen.at(-1), [6, 6]);
});

test('progress tells rate and time left; what an onProgress throws changes nothing', () =>
  withClock(async () => {
    const proxy = proxyOf(() => ({ after: (answer) => new Promise((resolve) => setTimeout(resolve, 500, answer)) }));
    const seen = [];
    const run = bulk(proxy, rows(40), {
      check: { onProgress: () => { throw new Error('of the page'); } },
      onProgress: (progress) => {
        seen.push(progress);
        throw new Error('of the page');
      },
    });
    await run.done;
    const half = seen.find(({ done }) => done === 20);
    assert.deepEqual([half.rows, half.left, half.cards, half.orders, half.state], [40, 20, 20, 0, 'issuing']);
    assert.ok(Math.abs(half.perSecond - 8) < 2, `${half.perSecond} a second`);
    assert.ok(Math.abs(half.leftMs - 2_500) < 800, `${half.leftMs} ms left`);
    assert.equal(seen.at(-1).state, 'ended');
  }));

test('a pause, or a wait that a server asked for, is no part of the rate', () =>
  withClock(async (clock) => {
    const later = (answer) => new Promise((resolve) => setTimeout(resolve, 500, answer));
    const proxy = proxyOf((_, number) => (number === 7 ? { before: () => problem(429, 'rate_limited', 'not_sent', { retry_after_ms: 60_000 }) } : { after: later }));
    const seen = [];
    const run = bulk(proxy, rows(80), { onProgress: (progress) => seen.push(progress) });
    await run.checked;
    clock.at(62_250, () => run.pause());
    clock.at(122_250, () => run.resume());
    await run.done;
    const issuing = seen.filter(({ state, perSecond, left }) => state === 'issuing' && perSecond > 0 && left > 0);
    const rates = issuing.map(({ perSecond }) => perSecond);
    assert.ok(issuing.length > 60 && Math.min(...rates) > 4, `${Math.min(...rates)} a second at the least`);
  }));

test('the report is CSV that no spreadsheet runs', async () => {
  const proxy = proxyOf((_, number) => (number === 2 ? problem(502, 'issuer_rejected', 'rejected', { slug: '\t=a,b' }) : undefined));
  const keys = ['=HYPERLINK("http://x")', '+1', '-1', '@a', 'plain', 'a "quoted", one'];
  const source = keys.map((employee, at) => ({ employee, ...VIRTUAL, user_id: user(at) }));
  const report = await bulk(proxy, [...source, { employee: 'wrong', user_id: USER }], { skipInvalid: true, concurrency: 1 }).done;
  const [header, ...lines] = report.toCSV().split('\r\n');
  assert.equal(header, 'row,row_key,state,card_id,last_four,order_id,order,code,slug,idempotency_key');
  const written = ['"\'=HYPERLINK(""http://x"")"', "'+1", "'-1", "'@a", 'plain', '"a ""quoted"", one"'];
  for (const [at, key] of written.entries()) assert.ok(lines[at].startsWith(`${at + 1},${key},`), lines[at]);
  assert.deepEqual(lines.slice(-2), ['7,,left_out,,,,,required,,', '']);
  assert.match(lines[1], /^2,'\+1,rejected,,,,,issuer_rejected,"'\t=a,b",bulk_[\w-]{43}$/);
  assert.ok(!report.toCSV().includes(USER.slice(0, -6)), 'nothing of the values but the key');
});

test('a row that was not there when it was read again ends the run; a row without a key is none', async () => {
  const proxy = proxyOf();
  const losing = (requests) => checking((checked) => but(checked, { requests }));
  const gone = losing(async function* () {
    yield { row: 1, rowKey: 'e-0', request: VIRTUAL, notices: [] };
    throw new Error('the file has changed');
  });
  const report = await clientOf(proxy).bulk(gone, JSON.stringify(rows(5)), { ...BATCH, concurrency: 1 }).done;
  assert.deepEqual([report.end, counts(report)], ['unreadable', { done: 1, failed: 0, unknown: 0, left: 4 }]);
  const keyless = losing(async function* () {
    yield { row: 1, rowKey: undefined, request: VIRTUAL, notices: [] };
  });
  const none = await clientOf(proxy).bulk(keyless, JSON.stringify(rows(1)), BATCH).done;
  assert.deepEqual([none.end, none.left, proxy.cards.length], ['unreadable', 1, 1]);
});
