// What each face of the package says, brought to one form: places, each with its names. Two faces agree where their places are equal.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');
const ts = createRequire(join(root, 'pkg/package.json'))('typescript');
const pascal = (name) => name.split('_').map((part) => part[0].toUpperCase() + part.slice(1)).join('');
const optional = (name, isRequired) => (isRequired ? name : `${name}?`);

/** A map of places that keeps each list sorted, and none twice. */
class Places extends Map {
  say(place, names) {
    if (this.has(place)) throw new Error(`${place} is said twice`);
    return this.set(place, [...names].sort());
  }

  /** The places that begin with one of these words. */
  of(...words) {
    return Object.fromEntries([...this].filter(([place]) => words.some((word) => place.startsWith(`${word} `))).sort());
  }
}

/** The closed lists of codes, read from the Rust source itself. */
export function rust() {
  const places = new Places();
  const source = (file) => readFileSync(join(root, 'src', file), 'utf8');
  for (const [file, list, name = list] of [
    ['issue.rs', 'IssueCode'], ['issue.rs', 'NoticeCode'], ['error.rs', 'ErrorCode'],
    ['ingo/actions.rs', 'Reason', 'ReasonCode'], ['pintopay/order/progress.rs', 'Stage', 'StageCode'],
  ]) {
    const [, block] = source(file).match(new RegExp(`codes! \\{\\s*(?:///.*\\s*)*${list} \\{([\\s\\S]*?)\\n    \\}`));
    places.say(`codes ${name}`, [...block.matchAll(/^\s+[A-Z]\w+\s+"(\w+)"/gm)].map(([, code]) => code));
  }
  for (const [file, list, name = list] of [
    ['error.rs', 'Outcome'], ['pintopay/order/result.rs', 'Ending', 'OrderEnding'], ['pintopay/slug.rs', 'Hint', 'SlugHint'],
  ]) {
    places.say(`codes ${name}`, [...source(file).matchAll(new RegExp(`${list}::\\w+ => "(\\w+)",`, 'g'))].map(([, code]) => code));
  }
  return places;
}

/** The published types, as the compiler understands them. */
export function types(file) {
  const program = ts.createProgram([file], { strict: true, exactOptionalPropertyTypes: true, skipLibCheck: true, types: [] });
  const checker = program.getTypeChecker();
  const exported = new Map(checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(file))).map((symbol) => [symbol.name, symbol]));
  const typeOf = (name) => checker.getDeclaredTypeOfSymbol(exported.get(name));
  const typeAt = (property) => checker.getNonOptionalType(checker.getTypeOfSymbol(property));
  const members = (type) => (type.isUnion() ? type.types : [type]);
  const words = (type) => members(type).filter((member) => member.isStringLiteral()).map((member) => member.value);
  const isOptional = (property) => (property.flags & ts.SymbolFlags.Optional) !== 0;
  const names = (type) => type.getProperties().map((property) => optional(property.name, !isOptional(property)));
  const places = new Places();

  for (const name of ['IssueCode', 'NoticeCode', 'ErrorCode', 'Outcome', 'ReasonCode', 'StageCode', 'OrderEnding', 'SlugHint']) {
    places.say(`codes ${name}`, words(typeOf(name)));
  }
  for (const [name, symbol] of exported) {
    // What an issuer answers is open: it has an index signature.
    const type = symbol.flags & (ts.SymbolFlags.Interface | ts.SymbolFlags.TypeAlias) ? typeOf(name) : undefined;
    if (type?.getStringIndexType() === undefined || type.getProperties().length === 0) continue;
    places.say(`answer ${name}`, names(type));
    for (const property of type.getProperties()) {
      const alias = members(typeAt(property)).length > 1 ? words(typeAt(property)) : [];
      if (alias.length > 1) places.say(`words ${name}.${property.name}`, alias);
    }
  }

  /** Fields and the choices among them; of a union, each member by the word it stands for. */
  const fields = (place, type, above = '') => {
    const union = members(type);
    const all = new Map(union.flatMap((member) => member.getProperties().map((property) => [property.name, property])));
    const on = union.length > 1 ? [...all.keys()].filter((name) => union.every((member) => words(typeOfMember(member, name)).length <= 1) && words(typeOfMember(union[0], name)).length === 1) : [];
    for (const member of union) {
      const word = on.map((name) => `${name}=${words(typeOfMember(member, name))[0] ?? ''}`).join();
      places.say(`${place}${above}${word && ` ${word}`}`, names(member).filter((name) => !on.includes(name.replace('?', ''))));
    }
    for (const [name, property] of all) {
      const choices = [...new Set(union.flatMap((member) => words(typeOfMember(member, name))))].filter((choice) => choice !== '');
      if (choices.length > 0) places.say(`${place}${above} choices ${name}`, choices);
      const object = members(typeAt(property)).find((member) => member.flags & ts.TypeFlags.Object && !ts.isFunctionLike(member));
      if (object && choices.length === 0) fields(place, object, `${above} ${name}`);
    }
  };
  const typeOfMember = (member, name) => {
    const property = member.getProperty(name);
    return property === undefined ? member : checker.getTypeOfSymbol(property);
  };
  for (const issuer of ['ingo', 'pintopay']) {
    for (const safe of ['', 'Safe']) {
      const client = typeOf(`${safe}${pascal(issuer)}Client`).getProperties().map(({ name }) => name);
      places.say(`operations ${issuer}${safe}`, client);
      if (safe) continue;
      for (const method of client) {
        fields(`request ${issuer}.${method}`, typeOf(`${pascal(method)}Request`));
        fields(`input ${issuer}.${method}`, typeOf(`${pascal(method)}Input`));
      }
    }
  }
  return places;
}

/** Fields and their choices in a schema of a closed object; its conditions are read as a union over the word they ask for. */
function schemaFields(places, place, schema, above = '') {
  const required = schema.required ?? [];
  const rules = (schema.allOf ?? []).filter((rule) => rule.if !== undefined);
  const on = rules.length > 0 ? Object.keys(rules[0].if.properties)[0] : undefined;
  const names = Object.keys(schema.properties);
  const asked = on === undefined ? [undefined] : [...schema.properties[on].enum, ...(required.includes(on) ? [] : [''])];
  for (const word of asked) {
    const holding = rules.filter((rule) => rule.if.properties[on].enum.includes(word)).map((rule) => rule.then);
    const now = [...required, ...holding.flatMap((then) => then.required ?? [])];
    const none = holding.flatMap((then) => Object.keys(then.properties ?? {}).filter((name) => then.properties[name] === false));
    const left = names.filter((name) => name !== on && !none.includes(name));
    places.say(`${place}${above}${word === undefined ? '' : ` ${on}=${word}`}`, left.map((name) => optional(name, now.includes(name))));
  }
  for (const name of names) {
    const { enum: choices, properties } = schema.properties[name];
    if (choices !== undefined) places.say(`${place}${above} choices ${name}`, choices);
    if (properties !== undefined) schemaFields(places, place, schema.properties[name], `${above} ${name}`);
  }
}

/** The operations as the package runs them: their JSON Schemas and their fields. */
export function faces(issuers) {
  const places = new Places();
  for (const [issuer, face] of Object.entries(issuers)) {
    const operations = Object.entries(face).filter(([, operation]) => operation['~standard'] !== undefined);
    for (const safe of ['', 'Safe']) places.say(`operations ${issuer}${safe}`, operations.map(([method]) => method));
    for (const [method, operation] of operations) {
      if (operation.name !== `${issuer}.${method}`) throw new Error(`${issuer}.${method} is called ${operation.name}`);
      const { input, output } = operation['~standard'].jsonSchema;
      schemaFields(places, `request ${operation.name}`, output({ target: 'draft-2020-12' }));
      places.say(`paths ${operation.name}`, Object.keys(operation.fields));
      const { properties } = input({ target: 'draft-2020-12' });
      places.say(`form ${operation.name}`, Object.keys(properties));
    }
  }
  return places;
}

/** The committed document of the proxy's contract. */
export const contract = () => JSON.parse(readFileSync(join(root, 'proxy/openapi.json'), 'utf8'));

/** What an OpenAPI document says, its references resolved. */
export function openapi(document) {
  const { schemas } = document.components;
  const resolve = (schema) => (schema.$ref === undefined ? schema : { name: schema.$ref.split('/').at(-1), ...schemas[schema.$ref.split('/').at(-1)] });
  const deep = (value) => {
    if (Array.isArray(value)) return value.map(deep);
    if (typeof value !== 'object' || value === null) return value;
    const { name, ...schema } = resolve(value);
    return Object.fromEntries(Object.entries(schema).map(([key, below]) => [key, deep(below)]));
  };
  const places = new Places();
  for (const name of ['IssueCode', 'NoticeCode', 'ErrorCode', 'Outcome']) places.say(`codes ${name}`, schemas[name].enum);
  const methods = { ingo: [], pintopay: [] };
  const requests = {};
  for (const at of Object.values(document.paths)) {
    for (const { operationId, parameters, requestBody, tags = [] } of Object.values(at)) {
      const [issuer, method] = operationId.split('.');
      if (!tags.includes(issuer)) continue;
      methods[issuer].push(method);
      const query = parameters.filter((parameter) => parameter.in === 'query');
      const object = { type: 'object', properties: Object.fromEntries(query.map(({ name, schema }) => [name, schema])), additionalProperties: false };
      const required = query.filter((parameter) => parameter.required).map(({ name }) => name);
      const asQuery = required.length > 0 ? { ...object, required } : object;
      requests[operationId] = withoutDescriptions(deep(requestBody?.content['application/json'].schema ?? asQuery));
      schemaFields(places, `request ${operationId}`, requests[operationId]);
    }
  }
  for (const [issuer, list] of Object.entries(methods)) for (const safe of ['', 'Safe']) places.say(`operations ${issuer}${safe}`, list);
  for (const [name, schema] of Object.entries(schemas)) {
    if (schema.type !== 'object' || schema.additionalProperties === false || OWN.test(name)) continue;
    places.say(`answer ${name}`, Object.keys(schema.properties).map((field) => optional(field, schema.required?.includes(field))));
    for (const [field, { anyOf = [] }] of Object.entries(schema.properties)) {
      const word = [...anyOf, ...anyOf.flatMap((one) => one.anyOf ?? [])].find((one) => one.$ref !== undefined && schemas[one.$ref.split('/').at(-1)].enum);
      if (word) places.say(`words ${name}.${field}`, resolve(word).enum);
    }
  }
  return { places, requests };
}

/** What belongs to the proxy, and envelopes, which the SDK opens: no type of the package has their names. */
export const OWN = /^(?:Problem|Issue|Notice|Intent|OrderData|\w*Envelope|\w*CardData|SeenOrderData)$/;

function withoutDescriptions(value) {
  if (Array.isArray(value)) return value.map(withoutDescriptions);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([key, below]) => key !== 'description' || typeof below !== 'string');
  return Object.fromEntries(kept.map(([key, below]) => [key, withoutDescriptions(below)]));
}
