// The contract as its document tells it: `openapi.json`.

import Ajv from 'ajv/dist/2020.js';

/** The operations of the document, and what may be answered to each. */
export class Document {
  #ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true });
  #schemas = new Map();

  constructor(document) {
    this.#ajv.addSchema(document, 'contract');
    this.operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, described]) => new Operation(document, path, method.toUpperCase(), described)),
    );
  }

  /** The operations of the issuers: what else the contract knows has no tag. */
  get ofIssuers() {
    return this.operations.filter(({ issuer }) => issuer !== undefined);
  }

  operation(name) {
    return this.operations.find((operation) => operation.name === name);
  }

  /** What is wrong with an answer, or null. */
  faultOf(operation, { status, type, text }) {
    const answer = operation.answers[status];
    if (answer === undefined) return `status ${status} is not among those of ${operation.name}`;
    const kind = Object.keys(answer.content)[0];
    if (type !== kind) return `expected content-type ${kind} with status ${status}, found ${type}`;
    return this.#fault(answer.content[kind].schema, text);
  }

  /** What is wrong with a request in normal form, or null. */
  faultOfRequest(operation, request) {
    return this.#fault(operation.request, JSON.stringify(request));
  }

  #fault(schema, text) {
    let value;
    try {
      value = JSON.parse(text);
    } catch {
      return 'expected JSON, found other text';
    }
    const holds = this.#compiled(schema);
    if (holds(value)) return null;
    return holds.errors.map(({ instancePath, message }) => `${instancePath || 'the whole'} ${message}`).join('; ');
  }

  #compiled(schema) {
    // Its references point into the document it stands in.
    const text = JSON.stringify(schema).replaceAll('"#/', '"contract#/');
    const compiled = this.#schemas.get(text) ?? this.#ajv.compile(JSON.parse(text));
    this.#schemas.set(text, compiled);
    return compiled;
  }
}

class Operation {
  constructor(document, path, method, described) {
    const resolved = (one) => (one.$ref === undefined ? one : one.$ref.slice(2).split('/').reduce((at, name) => at[name], document));
    this.name = described.operationId;
    this.issuer = described.tags?.[0];
    this.path = path;
    this.method = method;
    this.takesKey = described.parameters.some(({ name, required }) => name === 'idempotency-key' && required);
    this.mayNeedConsent = described.parameters.some(({ name }) => name === 'accept-notices');
    this.request = described.requestBody?.content['application/json'].schema;
    /** The names a request must have, and all it may have. */
    this.fields = { required: [], all: [] };
    if (this.request !== undefined) {
      const { required = [], properties } = resolved(this.request);
      this.fields = { required, all: Object.keys(properties) };
    }
    this.answers = Object.fromEntries(Object.entries(described.responses).map(([status, answer]) => [status, resolved(answer)]));
  }
}
