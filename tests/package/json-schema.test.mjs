// The rules as JSON Schema, held against the rules themselves over the whole corpus, by ajv in strict mode.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import Ajv07 from 'ajv';
import Ajv2020 from 'ajv/dist/2020.js';
import { load } from './installed.mjs';

const faces = await load();
const folder = join(import.meta.dirname, '../fixtures/cases');
const cases = readdirSync(folder).sort().flatMap((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')).cases.map((one) => ({ ...one, file })));

/** What JSON Schema cannot say: text, and values against which nothing but issues of these codes stand. */
const INEXPRESSIBLE = {
  text: 'a schema judges values: it sees no broken text, no name given twice, no spelling of a number',
  secret_in_browser: 'an address that is left out is not judged, but for credentials in it',
};

/** The value of a text that says nothing more than its value. */
const parsed = (text) => {
  try {
    const value = JSON.parse(text);
    return JSON.stringify(value) === text.replaceAll(/\s/g, '') ? value : undefined;
  } catch {
    return undefined;
  }
};

const ajvs = {
  'draft-2020-12': new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true }),
  'draft-07': new Ajv07({ strict: true, allowUnionTypes: true, allErrors: true }),
};
const operations = ['ingo', 'pintopay'].flatMap((issuer) =>
  Object.values(faces[issuer]).filter((face) => face['~standard'] !== undefined),
);

for (const [target, ajv] of Object.entries(ajvs)) {
  const compiled = new Map(
    operations.map((operation) => {
      const { input, output } = operation['~standard'].jsonSchema;
      return [operation.name, { input: ajv.compile(input({ target })), output: ajv.compile(output({ target })) }];
    }),
  );

  test(`${target}: a form's schema judges the corpus as the rules do`, (context) => {
    const judged = { accepted: 0, refused: 0 };
    const inexpressible = new Map();
    for (const one of cases) {
      const value = one.text === undefined ? one.input : parsed(one.text);
      if (value === undefined) {
        inexpressible.set('text', [...(inexpressible.get('text') ?? []), one.name]);
        continue;
      }
      const { input, output } = compiled.get(one.operation);
      const passes = input(value);
      // A key beside the values is not the schema's; what the rules say of the values alone is.
      const request = one.key === undefined ? one.accepts : operations.find(({ name }) => name === one.operation).check(value).request;
      if (request !== undefined) {
        judged.accepted += 1;
        assert.ok(passes, `${one.file}: ${one.name}: ${JSON.stringify(input.errors)}`);
        assert.ok(output(request), `${one.file}: ${one.name}: ${JSON.stringify(output.errors)}`);
        continue;
      }
      const codes = one.issues.map((issue) => issue.code);
      if (passes && codes.every((code) => INEXPRESSIBLE[code] !== undefined)) {
        for (const code of codes) inexpressible.set(code, [...(inexpressible.get(code) ?? []), one.name]);
        continue;
      }
      judged.refused += 1;
      assert.ok(!passes, `${one.file}: ${one.name}: expected ${codes}`);
    }
    context.diagnostic(`${judged.accepted} accepted, ${judged.refused} refused, as by the rules`);
    for (const [code, names] of inexpressible) context.diagnostic(`not said: ${code}: ${INEXPRESSIBLE[code]} (${names.length})`);
    assert.deepEqual([...inexpressible.keys()].sort(), Object.keys(INEXPRESSIBLE).sort());
    assert.ok(judged.accepted >= 100 && judged.refused >= 150, JSON.stringify(judged));
  });

  test(`${target}: where only the prefix of ids is looked at, the schema is that of these rules`, () => {
    const tails = ['', ' ', 'b', 'a b', 'a\u0001b', '\u0085a', '\u00a0b', 'a\u2028b', 'a\ufeff', '\u{1f600}'];
    const longest = ['a', '\u{1f600}'].flatMap((letter) => [123, 124].map((count) => letter.repeat(count)));
    const ids = [...tails, ...longest].flatMap((tail) => [`user-${tail}`, ` user-${tail}\n`, `User-${tail}`]);
    const given = ids.map((user_id) => ({ operation: 'ingo.issueCard', input: { user_id, card_type: 'virtual' } }));
    for (const operation of operations) {
      const relaxed = operation.with({ ids: 'prefix' });
      const { input, output } = relaxed['~standard'].jsonSchema;
      const schemas = { input: ajv.compile(input({ target })), output: ajv.compile(output({ target })) };
      for (const one of [...cases, ...given].filter((one) => one.operation === operation.name)) {
        const value = one.text === undefined ? one.input : parsed(one.text);
        if (value === undefined) continue;
        const { ok, request, issues } = relaxed.check(value);
        const said = `${JSON.stringify(value)}: ${issues?.map(({ code }) => code)}`;
        if (ok) assert.ok(schemas.output(request), `${said} ${JSON.stringify(schemas.output.errors)}`);
        if (ok || !issues.every(({ code }) => INEXPRESSIBLE[code] !== undefined)) assert.equal(schemas.input(value), ok, said);
      }
    }
  });

  test(`${target}: the request's schema refuses what is not in normal form`, () => {
    const refused = [
      ['ingo.issueCard', { user_id: ' user-8f3a2b1c-0e44-4f2d-9a11-7b23cc90d1ef', card_type: 'virtual' }],
      ['ingo.issueCard', { user_id: 'user-8f3a2b1c-0e44-4f2d-9a11-7b23cc90d1ef', card_type: 'physical' }],
      ['ingo.issueCard', { user_id: 'user-8f3a2b1c-0e44-4f2d-9a11-7b23cc90d1ef', card_type: 'virtual', shipping_address: null }],
      ['ingo.issueCard', { user_id: 'user-8f3a2b1c-0e44-4f2d-9a11-7b23cc90d1ef', card_type: 'virtual', idempotent_key: 'a'.repeat(16) }],
      ['pintopay.createCard', { external_user_id: 'u', product_code: 'a', product_id: 'b' }],
      ['pintopay.createCard', { external_user_id: 'u' }],
      ['ingo.listCards', { page: '2' }],
    ];
    for (const [name, value] of refused) assert.ok(!compiled.get(name).output(value), `${name} ${JSON.stringify(value)}`);
  });

  test(`${target}: each field has a schema of its own`, () => {
    for (const operation of operations) {
      for (const [path, field] of Object.entries(operation.fields)) {
        const { input, output } = field['~standard'].jsonSchema;
        assert.deepEqual(input({ target }), output({ target }), path);
        const schema = ajv.compile(input({ target }));
        for (const value of [null, '', ' x ', 'US', ' tx', '02134', 'virtual', true, 3, {}, [], 'a'.repeat(300), 'a\nb']) {
          const said = field.check(value).map((issue) => issue.code);
          assert.equal(schema(value), said.length === 0, `${operation.name} ${path} ${JSON.stringify(value)}: ${said}`);
        }
      }
    }
  });
}

test('another target is refused by name', () => {
  const { input, output } = faces.ingo.issueCard['~standard'].jsonSchema;
  for (const target of ['openapi-3.0', 'draft-04', '', '__proto__', 'toString']) {
    for (const make of [input, output]) assert.throws(() => make({ target }), { name: 'RangeError', message: `expected the target draft-2020-12 or draft-07, found ${target}` });
  }
});

test('a pattern answers at once, also where a text almost fits', () => {
  const ajv = ajvs['draft-2020-12'];
  const schema = ajv.compile(faces.ingo.activateCard.fields.reason['~standard'].jsonSchema.input({ target: 'draft-2020-12' }));
  for (const near of [`${' '.repeat(16000)}\0`, `${'a '.repeat(8000)}\0`, `a${' '.repeat(16000)}\0`]) assert.equal(schema(near), false);
});
