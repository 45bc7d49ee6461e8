// One set of names: what Rust, the published types, the JSON Schemas and the OpenAPI document say of the same place is the same, both
// ways. That the document is what the descriptors make today is a test of xtask's.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { Validator } from '@seriousme/openapi-schema-validator';
import { folder, load } from './installed.mjs';
import { OWN, contract, faces, openapi, rust, types } from './vocabulary.mjs';

const { ingo, pintopay } = await load();
const source = rust();
const typed = types(join(folder, 'dist/index.d.ts'));
const run = faces({ ingo, pintopay });
const document = contract();
const { places: described, requests } = openapi(document);

/** What only a page can meet: no proxy answers it. */
const OF_THE_PAGE = [
  'aborted', 'cannot_revise', 'headers_failed', 'intent_not_found', 'network_error', 'random_unavailable', 'storage_failed', 'timed_out',
  'unexpected_answer', 'wasm_missing', 'wasm_unavailable',
];

test('codes: Rust, types', (context) => {
  const codes = source.of('codes');
  assert.equal(Object.keys(codes).length, 8);
  for (const [list, words] of Object.entries(codes)) assert.ok(words.length >= 3, list);
  assert.deepEqual(typed.of('codes'), codes);
  context.diagnostic(`${Object.values(codes).flat().length} codes`);
});

test('codes: Rust, OpenAPI', () => {
  const { 'codes ErrorCode': errors, ...others } = described.of('codes');
  assert.deepEqual([...errors, ...OF_THE_PAGE].sort(), source.get('codes ErrorCode'));
  for (const [list, words] of Object.entries(others)) assert.deepEqual(words, source.get(list), list);
  assert.equal(Object.keys(others).length, 3);
});

test('operations: types, package, OpenAPI', () => {
  assert.deepEqual(typed.of('operations'), run.of('operations'));
  assert.deepEqual(described.of('operations'), run.of('operations'));
  assert.equal(Object.values(run.of('operations')).flat().length, 20, 'ten, each twice');
});

test('requests, their presence and their choices: types, JSON Schema, OpenAPI', (context) => {
  assert.deepEqual(typed.of('request'), run.of('request'));
  assert.deepEqual(described.of('request'), run.of('request'));
  context.diagnostic(`${Object.values(run.of('request')).flat().length} names and choices`);
});

test('a request is the same JSON Schema in the package and in OpenAPI', () => {
  for (const [name, schema] of Object.entries(requests)) {
    const [issuer, method] = name.split('.');
    const { $schema, ...output } = { ingo, pintopay }[issuer][method]['~standard'].jsonSchema.output({ target: 'draft-2020-12' });
    assert.deepEqual(output, schema, name);
  }
});

test('inputs: types, JSON Schema, paths of fields', () => {
  for (const [place, names] of Object.entries(run.of('form'))) {
    const operation = place.replace('form ', '');
    const said = (above) => typed.get(`input ${operation}${above}`).map((name) => name.replace('?', ''));
    assert.deepEqual(said(''), names, operation);
    const paths = names.flatMap((name) => [name, ...(typed.has(`input ${operation} ${name}`) ? said(` ${name}`).map((child) => `${name}.${child}`) : [])]);
    assert.deepEqual(paths.sort(), run.get(`paths ${operation}`), operation);
  }
  const choices = ([place]) => place.includes(' choices ');
  const inputs = [...typed].filter(([place]) => place.startsWith('input ')).filter(choices).map(([place, words]) => [place.replace('input', 'request'), words]);
  assert.deepEqual(Object.fromEntries(inputs.sort()), Object.fromEntries(Object.entries(typed.of('request')).filter(choices)), 'a form offers what a request may hold');
});

test('answers and their known words: types, OpenAPI', (context) => {
  assert.deepEqual(typed.of('answer', 'words'), described.of('answer', 'words'));
  assert.ok(Object.keys(typed.of('answer')).length >= 6 && Object.keys(typed.of('words')).length >= 8);
  context.diagnostic(`${Object.values(typed.of('answer', 'words')).flat().length} names and words`);
});

test('the document is valid OpenAPI 3.1, and a built call uses nothing it does not name', async () => {
  const { valid, errors } = await new Validator().validate(structuredClone(document));
  assert.ok(valid, JSON.stringify(errors));
  const call = ingo.reissueCard.build(
    { user_id: 'user-8f3a2b1c-0e44-4f2d-9a11-7b23cc90d1ef', id: 'rcrd-9a117b23-cc90-d1ef-8f3a-2b1c0e444f2d', reuse_pan: false },
    { idempotencyKey: 'a'.repeat(16), accept: ['old_card_ends'] },
  );
  const { parameters } = document.paths[call.path].post;
  const named = parameters.filter((parameter) => parameter.in === 'header').map(({ name }) => name);
  assert.deepEqual(Object.keys(call.headers).filter((name) => !named.includes(name)), ['accept', 'content-type']);
});

test('a name or value taken from the document, or added to it, is noticed', (context) => {
  const places = (changed) => {
    try {
      return JSON.stringify([...openapi(changed).places]);
    } catch (error) {
      return error.message;
    }
  };
  const before = places(document);
  let changes = 0;
  const noticed = (change, what) => {
    const changed = structuredClone(document);
    change(changed.components.schemas);
    changes += 1;
    assert.notEqual(places(changed), before, what);
  };
  for (const [name, { enum: words, properties = {} }] of Object.entries(document.components.schemas)) {
    if (OWN.test(name)) continue;
    for (const word of words ?? []) noticed((schemas) => schemas[name].enum.splice(schemas[name].enum.indexOf(word), 1), `${name} without ${word}`);
    if (words) noticed((schemas) => schemas[name].enum.push('added'), `${name} with another`);
    else noticed((schemas) => (schemas[name].properties.added = { type: 'string' }), `${name} with another`);
    for (const [field, { enum: choices = [] }] of Object.entries(properties)) {
      noticed((schemas) => delete schemas[name].properties[field], `${name} without ${field}`);
      for (const choice of choices) noticed((schemas) => (schemas[name].properties[field].enum = choices.filter((other) => other !== choice)), `${name}.${field} without ${choice}`);
    }
  }
  context.diagnostic(`${changes} changes noticed`);
  assert.ok(changes > 300, `${changes}`);
});
