// Every sentence in every language: reached by its code, with its places filled, at each door that speaks.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { test } from 'node:test';
import { folder, load, require } from './installed.mjs';
import { ADDRESS, CARD, USER, VIRTUAL, card, problem } from './issuer.mjs';
import { inlined } from './module-text.mjs';

const { CardClient, ingo, pintopay } = await load();
const catalogue = async (language) => (await import(pathToFileURL(join(folder, `dist/messages/${language}.js`)).href))[language];
const en = await catalogue('en');
const es = await catalogue('es');
const TABLES = ['labels', 'asks', 'issues', 'notices', 'reasons', 'stages', 'slugs', 'errors'];
const places = (sentence) => [...sentence.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();

test('Spanish has every word of English, in other words, with the same places', () => {
  assert.deepEqual(Object.keys(es).sort(), ['or', ...TABLES].sort());
  assert.deepEqual(Object.keys(en).sort(), ['or', ...TABLES].sort());
  for (const table of TABLES) {
    assert.deepEqual(Object.keys(es[table]), Object.keys(en[table]), table);
    for (const [word, english] of Object.entries(en[table])) {
      const spanish = es[table][word];
      assert.notEqual(spanish, english, `${table}.${word}`);
      assert.deepEqual(places(spanish), places(english), `${table}.${word}`);
      if (table === 'labels') assert.match(spanish, /^[a-záéíóúñ][^.]*$/, word);
      else assert.match(spanish, /^[A-ZÁÉÍÓÚÑ].*\.$/s, `${table}.${word}`);
    }
  }
});

test('a catalogue is plain data of its own, and CommonJS has it too', () => {
  assert.deepEqual(JSON.parse(JSON.stringify(es)), es);
  assert.deepEqual(require('cardwright/messages/es').es, es);
  assert.deepEqual(require('cardwright/messages/en').en, en);
  for (const language of ['en', 'es']) {
    const script = readFileSync(join(folder, `dist/messages/${language}.js`), 'utf8');
    assert.equal(inlined(script), undefined, 'no wasm');
    assert.doesNotMatch(script, /\bimport\s*["'{(*]/, 'no import');
  }
});

/** An input for each issue, with the path it stands at. */
const long = 'x'.repeat(256);
const deep = JSON.parse('{"a":'.repeat(40) + '1' + '}'.repeat(40));
const freeze = { user_id: USER, id: CARD };
const ISSUES = {
  not_an_object: [ingo.freezeCard, [], ''],
  input_too_large: [ingo.freezeCard, { reason: 'x'.repeat(20_000) }, ''],
  input_too_deep: [ingo.freezeCard, deep, ''],
  required: [ingo.freezeCard, { id: CARD }, 'user_id'],
  unknown_field: [ingo.freezeCard, { ...freeze, colour: 1 }, 'colour'],
  secret_in_browser: [ingo.freezeCard, { ...freeze, api_key: 1 }, 'api_key'],
  wrong_kind: [ingo.freezeCard, { ...freeze, reason: 5 }, 'reason'],
  unsupported_value: [ingo.freezeCard, { ...freeze, reason: NaN }, 'reason'],
  lone_surrogate: [ingo.freezeCard, { ...freeze, reason: '\ud800' }, 'reason'],
  control_character: [ingo.freezeCard, { ...freeze, reason: 'a\nb' }, 'reason'],
  too_long: [ingo.freezeCard, { ...freeze, reason: long }, 'reason'],
  not_a_choice: [ingo.issueCard, { ...VIRTUAL, card_type: 'metal' }, 'card_type'],
  id_prefix: [ingo.freezeCard, { ...freeze, id: 'x' }, 'id'],
  id_format: [ingo.freezeCard, { ...freeze, user_id: 'user-1' }, 'user_id'],
  state_unknown: [ingo.issueCard, { user_id: USER, card_type: 'physical', shipping_address: { ...ADDRESS, state: 'XX' } }, 'shipping_address.state'],
  postal_code_format: [ingo.issueCard, { user_id: USER, card_type: 'physical', shipping_address: { ...ADDRESS, postal_code: '1' } }, 'shipping_address.postal_code'],
  country_unknown: [ingo.issueCard, { user_id: USER, card_type: 'physical', shipping_address: { ...ADDRESS, country: 'XX' } }, 'shipping_address.country'],
  country_not_supported: [ingo.issueCard, { user_id: USER, card_type: 'physical', shipping_address: { ...ADDRESS, country: 'DE' } }, 'shipping_address.country'],
  page_format: [ingo.listCards, { page: 'x' }, 'page'],
  key_format: [ingo.issueCard, { ...VIRTUAL, idempotent_key: 'x' }, 'idempotent_key'],
  exactly_one: [pintopay.createCard, { external_user_id: 'u' }, 'product_code'],
  virtual_card_needs_physical: [ingo.issueCard, { ...VIRTUAL, virtual_card_id: CARD }, 'virtual_card_id'],
};
/** A JavaScript value cannot make these: they are told by text that is no JSON, by a file, and by a key beside the values. */
const ELSEWHERE = ['not_json', 'row_unreadable', 'duplicate_field', 'key_conflict'];

const filled = (messages, operation, path, issue) => {
  const label = issue.code === 'exactly_one' ? issue.params.fields.map((name) => messages.labels[name]).join(` ${messages.or} `) : messages.labels[path];
  if (issue.code === 'required' && path in messages.asks) return messages.asks[path];
  return messages.issues[issue.code].replaceAll(/\{(\w+)\}/g, (_, name) => (name === 'label' ? label : issue.params[name]));
};

test('every issue is said in both languages, with its places filled', () => {
  assert.deepEqual([...Object.keys(ISSUES), ...ELSEWHERE].sort(), Object.keys(en.issues).sort());
  for (const [code, [operation, values, path]] of Object.entries(ISSUES)) {
    const find = (operation) => operation.check(values).issues.find((issue) => issue.code === code && issue.path.join('.') === path);
    for (const [messages, speaking] of [[en, operation], [es, operation.with({ messages: es })]]) {
      const issue = find(speaking);
      assert.equal(issue?.message, filled(messages, operation, path, issue), code);
      assert.doesNotMatch(issue.message, /[{}]|undefined/, code);
    }
    assert.deepEqual({ ...find(operation.with({ messages: es })), message: '' }, { ...find(operation), message: '' }, 'codes and params are the contract');
  }
});

test('sentences in full', () => {
  const said = (operation, values) => operation.check(values).issues.map((issue) => issue.message);
  const spanish = ingo.with({ messages: es });
  assert.deepEqual(said(pintopay.createCard, {}), ['Enter the user.', 'Fill in just one of these: product or product id.']);
  assert.deepEqual(said(pintopay.createCard.with({ messages: es }), {}), ['Rellene el campo «usuario».', 'Rellene solo uno de estos campos: producto o identificador del producto.']);
  assert.deepEqual(said(spanish.issueCard, { card_type: 'physical', shipping_address: { postal_code: '1' } }), [
    'Rellene el campo «identificador de usuario».',
    'Rellene el campo «calle y número».',
    'Rellene el campo «ciudad».',
    'Elija un estado.',
    'Introduzca un código postal de 5 dígitos.',
    'Elija un país.',
  ]);
  assert.deepEqual(said(spanish.freezeCard, { ...freeze, reason: long }), ['El campo «motivo» admite 255 caracteres como máximo.']);
  const key = { ...VIRTUAL, idempotent_key: 'a'.repeat(20) };
  assert.throws(() => spanish.issueCard.build(key, { idempotencyKey: 'b'.repeat(20) }), (error) => {
    assert.equal(error.message, 'Revise algunos de los campos, por favor.');
    return error.issues[0].message === 'La solicitud lleva dos claves distintas. Vuelva a cargar la página e inténtelo de nuevo.';
  });
});

test('every door speaks: labels, notices, reasons, stages, slugs, errors', () => {
  const spanish = ingo.with({ messages: es });
  assert.equal(spanish.issueCard.fields['shipping_address.postal_code'].label, 'código postal');
  assert.equal(spanish.issueCard.fields['shipping_address.postal_code'].check('1')[0].message, 'Introduzca un código postal de 5 dígitos.');
  const reissue = { ...freeze, reuse_pan: false };
  assert.equal(spanish.reissueCard.check(reissue).notices[0].message, es.notices.old_card_ends);
  assert.equal(spanish.reissueCard.form(reissue).checked.notices[0].message, es.notices.old_card_ends);
  assert.throws(() => spanish.reissueCard.build(reissue, { idempotencyKey: 'k'.repeat(20) }), { code: 'confirmation_required', message: es.errors.confirmation_required });
  assert.throws(() => spanish.freezeCard.build(freeze), { code: 'key_missing', message: es.errors.key_missing });
  assert.equal(spanish.allowedActions(card).activateCard.reason, es.reasons.already_activated);
  const order = { status: 'new', issue_status: null, is_issued: false, card_id: null };
  assert.equal(pintopay.with({ messages: es }).orderProgress(order).label, es.stages.ordered);
  for (const slug of Object.keys(en.slugs)) {
    assert.equal(pintopay.explain(slug).message, en.slugs[slug]);
    assert.equal(pintopay.with({ messages: es }).explain(slug).message, es.slugs[slug]);
  }
  for (const code of Object.keys(en.errors)) {
    const body = JSON.stringify({ code, outcome: 'not_sent', title: 't', status: 400 });
    const { error } = spanish.freezeCard.read({ status: 400, headers: { 'content-type': 'application/problem+json' }, body });
    assert.equal(error.message, es.errors[error.code], code);
  }
});

test('an answer keeps the sentences of its proxy, unless another language is asked for and has them', () => {
  const issues = [
    { path: ['user_id'], code: 'required', message: 'Who is it for?', params: {} },
    { path: ['user_id'], code: 'toString', message: 'A rule of tomorrow.', params: {} },
  ];
  const body = JSON.stringify({ code: 'invalid_request', outcome: 'not_sent', title: 't', status: 422, issues });
  const read = (operation) => operation.read({ status: 422, headers: { 'content-type': 'application/problem+json' }, body }).error.issues.map((issue) => issue.message);
  assert.deepEqual(read(ingo.freezeCard), ['Who is it for?', 'A rule of tomorrow.']);
  assert.deepEqual(read(ingo.freezeCard.with({ messages: es })), ['Rellene el campo «identificador de usuario».', 'A rule of tomorrow.']);
});

test('a client speaks too, and identical calls still share one promise', async () => {
  const client = new CardClient({ baseUrl: 'http://127.0.0.1:1', messages: es, fetch: async () => problem(502, 'issuer_rejected', 'rejected') });
  const [one, other] = [client.ingo.freezeCard(freeze), client.ingo.freezeCard(freeze)];
  assert.equal(one, other);
  await assert.rejects(one, { message: es.errors.issuer_rejected });
  assert.equal((await client.safe.ingo.freezeCard(freeze)).error.message, es.errors.issuer_rejected);
  assert.equal((await client.safe.ingo.freezeCard({})).error.issues[0].message, 'Rellene el campo «identificador de usuario».');
  const aborted = AbortSignal.abort();
  await assert.rejects(client.ingo.freezeCard(freeze, { signal: aborted }), { message: es.errors.aborted });
});

test('a client takes the other settings', async () => {
  const sent = [];
  const fetch = async (url, init) => (sent.push(JSON.parse(init.body)), problem(502, 'issuer_rejected', 'rejected'));
  const client = new CardClient({ baseUrl: 'http://127.0.0.1:1', ids: 'prefix', unknownFields: 'drop', fetch });
  await client.safe.ingo.freezeCard({ user_id: 'user-1', id: 'rcrd-1', colour: 'red' });
  assert.deepEqual(sent, [{ user_id: 'user-1', id: 'rcrd-1' }]);
  const { error } = await client.safe.ingo.freezeCard({ user_id: 'user-1', id: 'rcrd-1', colour: { api_key: 'k' } });
  assert.deepEqual(error.issues.map((issue) => issue.code), ['secret_in_browser']);
  assert.equal(sent.length, 1);
});

test('settings change the operation they are given to, and no other', () => {
  const loose = ingo.issueCard.with({ unknownFields: 'drop' });
  const form = { ...VIRTUAL, colour: 'red' };
  assert.equal(ingo.issueCard.check(form).ok, false);
  assert.deepEqual(loose.check(form), { ok: true, request: VIRTUAL, notices: [] });
  assert.equal(JSON.parse(loose.build(form, { idempotencyKey: 'k'.repeat(20) }).body).colour, undefined);
  assert.deepEqual(loose.check({ user_id: USER, card_type: 'physical', shipping_address: { note: 'x' } }).issues.map((issue) => issue.code), Array(5).fill('required'));
  const both = loose.with({ ids: 'prefix' });
  assert.equal(both.check({ ...form, user_id: 'user-1' }).ok, true, 'what is not given stays');
  assert.equal(loose.check({ ...form, user_id: 'user-1' }).ok, false);
  const { pattern } = both.fields.user_id.constraints;
  assert.ok(new RegExp(`^(?:${pattern})$`, 'v').test('user-1') && !new RegExp(`^(?:${pattern})$`, 'v').test('user-'));
  assert.equal(ingo.with({ messages: es, unknownFields: 'drop' }).with({ messages: en }).issueCard.check(form).ok, true);
  assert.deepEqual(ingo.issueCard.with({ messages: undefined, ids: 'nonsense', unknownFields: 'nonsense' }).check(form), ingo.issueCard.check(form));
});

test('a third language may be handed in, also one that lacks a word', () => {
  const shouting = JSON.parse(JSON.stringify(en), (_, text) => (typeof text === 'string' ? text.replaceAll(/[a-z](?![^{]*\})/g, (letter) => letter.toUpperCase()) : text));
  assert.equal(ingo.freezeCard.with({ messages: shouting }).check({ id: CARD }).issues[0].message, 'ENTER THE USER ID.');
  assert.equal(ingo.freezeCard.with({ messages: { labels: { user_id: 'uid' } } }).check({ id: CARD }).issues[0].message, 'Enter the uid.');
  assert.equal(ingo.freezeCard.with({ messages: {} }).check({ id: CARD }).issues[0].message, 'Enter the user id.');
});

test('whatever a page does to the sentences, codes stay what they are', async () => {
  const { ingo, pintopay } = await load('index', '?without-sentences');
  const { messages } = ingo.issueCard.settings;
  for (const table of ['issues', 'notices', 'reasons', 'stages', 'slugs']) delete messages[table][Object.keys(messages[table])[0]];
  assert.deepEqual(ingo.freezeCard.check({ user_id: USER, id: 'x', reason: 7 }).issues.map(({ code }) => code), ['id_prefix', 'wrong_kind']);
  const { notices } = ingo.reissueCard.check({ user_id: USER, id: CARD, reuse_pan: false });
  assert.deepEqual(notices.map(({ code }) => code), ['old_card_ends']);
  assert.equal(ingo.allowedActions({ status: 'terminated' }).freezeCard.code, 'terminated');
  assert.equal(pintopay.orderProgress({ status: 'failed' }).code, 'failed');
  assert.equal(pintopay.explain('insufficient_funds').hint, 'top_up_balance');
});
