// The backend that is asked, and what is looked at in every one of its answers.

import { randomUUID } from 'node:crypto';

const LIMIT_MS = 45_000;
/** What holds a card's number, security code or expiry by its name. */
const CARD_DATA = /^(number|pan|card_number|cvv|cvc|cvv2|pin|expiry|exp_month|exp_year|expiry_date|expiration)$/i;

/** Asks, and keeps what was wrong with answers, whatever they were asked for. */
export class Backend {
  /** What was wrong, by promise. */
  faults = { headers: new Set(), document: new Set(), problems: new Set(), cardData: new Set() };
  answers = 0;
  #baseUrl;
  #headers;
  #document;

  constructor({ baseUrl, headers = {}, document }) {
    this.#baseUrl = baseUrl.replace(/\/+$/, '');
    this.#headers = { 'cardwright-contract': '1', 'sec-fetch-site': 'same-origin', ...headers };
    this.#document = document;
  }

  /** Asks for an operation as a page does; a header that is undefined is not sent. `body` may be text that is no JSON. */
  ask(operation, { body, query = '', key = randomUUID(), headers = {}, method = operation.method, path = operation.path } = {}) {
    const writes = operation.takesKey && key !== null ? { 'idempotency-key': key } : {};
    const typed = method === 'POST' ? { 'content-type': 'application/json' } : {};
    const sent = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
    return this.#send(method, path + query, { ...typed, ...writes, ...headers }, method === 'POST' ? (sent ?? '{}') : undefined, operation);
  }

  /** What became of an intent. */
  look(name, key) {
    return this.ask(this.#document.operation('resolveIntent'), { path: `/intents/${name}/${key}` });
  }

  async #send(method, path, given, body, operation) {
    const headers = Object.fromEntries(Object.entries({ ...this.#headers, ...given }).filter(([, value]) => value !== undefined));
    const response = await fetch(this.#baseUrl + path, { method, headers, body, redirect: 'manual', signal: AbortSignal.timeout(LIMIT_MS) });
    const text = await response.text();
    const type = (response.headers.get('content-type') ?? '').split(';')[0].trim();
    const answer = { status: response.status, type, text, headers: response.headers, body: jsonOf(text), replayed: response.headers.get('idempotent-replayed') === 'true' };
    this.answers += 1;
    // What another method was asked is not among the answers of the document, but for the refusal.
    this.#lookAt(answer, `${method} ${path.split('?')[0]}`, method === operation.method && path.startsWith(operation.path.split('{')[0]) ? operation : undefined);
    return answer;
  }

  #lookAt(answer, asked, operation) {
    const { headers, status, body } = answer;
    const note = (promise, fault) => this.faults[promise].add(`${asked}: ${fault}`);
    if (headers.get('cardwright-contract') !== '1') note('headers', 'expected cardwright-contract: 1');
    if (!headers.get('cardwright-request-id')) note('headers', 'expected a cardwright-request-id');
    if (!/\bno-store\b/.test(headers.get('cache-control') ?? '')) note('headers', 'expected cache-control: no-store');
    const fault = operation === undefined ? null : this.#document.faultOf(operation, answer);
    if (fault !== null) note('document', fault);
    if (status >= 400) for (const fault of problemFaults(answer)) note('problems', fault);
    for (const fault of cardData(body)) note('cardData', fault);
  }
}

function jsonOf(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function* problemFaults({ status, type, headers, body }) {
  if (type !== 'application/problem+json') yield `expected application/problem+json, found ${type}`;
  if (body?.status !== status) yield `expected the status ${status} in the body, found ${body?.status}`;
  for (const name of ['type', 'title', 'code', 'outcome', 'request_id']) if (typeof body?.[name] !== 'string') yield `expected ${name}`;
  if (!['not_sent', 'rejected', 'unknown'].includes(body?.outcome)) yield `expected an outcome, found ${body?.outcome}`;
  if (body?.request_id !== headers.get('cardwright-request-id')) yield 'expected the same request id in header and body';
  const wait = body?.retry_after_ms;
  if (wait !== undefined && headers.get('retry-after') !== String(Math.ceil(wait / 1_000))) yield 'expected retry-after to say what retry_after_ms says';
}

/** Card data in an answer, which none may have; never the data itself. */
function* cardData(value, name = '') {
  if (value !== null && typeof value === 'object') {
    for (const [inside, one] of Object.entries(value)) {
      if (CARD_DATA.test(inside)) yield `${inside} is card data`;
      yield* cardData(one, inside);
    }
  } else if (['string', 'number'].includes(typeof value) && !/(^|_)id$/.test(name)) {
    const runs = String(value).match(/(?:[0-9][ -]?){12,18}[0-9]/g) ?? [];
    if (runs.some((run) => isLuhn(run.replace(/[^0-9]/g, '')))) yield `${name} holds a card's number`;
  }
}

function isLuhn(digits) {
  const sum = [...digits].reverse().reduce((sum, digit, at) => {
    const weighed = Number(digit) * (at % 2 === 1 ? 2 : 1);
    return sum + (weighed > 9 ? weighed - 9 : weighed);
  }, 0);
  return sum % 10 === 0;
}
