import {
  ingo,
  isCardwrightError,
  pintopay,
  type Call,
  type Card,
  type CardIssueOrder,
  type IngoClient,
  type Issue,
  type NoticeCode,
  type PintopayClient,
} from 'cardwright';
import { CONTRACT_HEADER, KEY_HEADER, REPLAYED_HEADER, REQUEST_ID_HEADER } from '../generated/codes.js';
import { ROUTES, type Route } from '../generated/contract.js';
import { en } from '../generated/messages.js';
import { Chance } from './chance.js';
import { Claims, type Ending } from './claims.js';
import { faultOf, type FailOptions, type Failing, type Fault } from './faults.js';
import { Issuer } from './issuer.js';
import { problemOf, type Problem } from './problem.js';

/** How a fake proxy is made. */
export interface FakeProxyOptions {
  /** The same seed gives the same ids, last fours and times. Default 1. */
  readonly seed?: number | undefined;
  /** Where its routes begin. Default `/api`. */
  readonly baseUrl?: string | undefined;
}

/** An operation, by its name. */
export type OperationName = `ingo.${keyof IngoClient}` | `pintopay.${keyof PintopayClient}`;

/** One request that reached the fake proxy. */
export interface FakeRequest {
  /** Null for what is no operation: a question about an intent, or a path nobody knows. */
  readonly operation: OperationName | null;
  readonly idempotencyKey: string | null;
  /** What was answered; 0 for a line that broke. */
  readonly status: number;
}

/** What the issuer behind a fake proxy really did. */
export interface Ledger {
  readonly cards: readonly Card[];
  readonly orders: readonly CardIssueOrder[];
  readonly requests: readonly FakeRequest[];
}

/** A proxy in memory, for tests without Rust: the same rules, the same contract, issuers that never sleep. */
export interface FakeProxy {
  /** For a client: `new CardClient({ fetch: proxy.fetch })`. */
  readonly fetch: typeof fetch;
  /** For MSW: `http.all('/api/*', proxy.handler)`. A line that breaks is its network error. */
  readonly handler: (given: { readonly request: Request }) => Promise<Response>;
  /** Makes the next calls of an operation fail: `proxy.fail('ingo.issueCard', 'unknown')`. */
  fail(operation: OperationName, failing: Failing, options?: FailOptions): void;
  /** Lets every answer wait, in milliseconds; what was asked is done before. */
  delay(ms: number): void;
  /** What was really done, whatever was answered: always as it is now. */
  readonly ledger: Ledger;
  /** Forgets everything; the seed begins anew. */
  reset(): void;
}

/** Makes a proxy in memory. */
export function fakeProxy({ seed = 1, baseUrl = '/api' }: FakeProxyOptions = {}): FakeProxy {
  let world = new World(seed);
  const base = new URL(baseUrl, 'http://localhost').pathname.replace(/\/+$/, '');
  const handle = (request: Request) => world.handle(request, base);
  return {
    fetch: (input, init) => {
      const url = typeof input === 'object' && 'url' in input ? input : new URL(String(input), 'http://localhost');
      return handle(new Request(url, init));
    },
    handler: ({ request }) => handle(request).catch((error: unknown) => (error instanceof BrokenLine ? Response.error() : Promise.reject(error as Error))),
    fail: (operation, failing, options = {}) => {
      // A test that misspells it would pass without the failure it is about.
      if (!ROUTES.some(({ name }) => name === operation)) throw new TypeError(`expected an operation, found ${operation}`);
      world.faults.push([operation, faultOf(failing, options)]);
    },
    delay: (ms) => (world.delayMs = ms),
    ledger: {
      get cards() {
        return world.cards;
      },
      get orders() {
        return world.orders;
      },
      get requests() {
        return [...world.requests];
      },
    },
    reset: () => (world = new World(seed)),
  };
}

/** What is wrong with text that is no JSON; the real proxy also says what it expected instead. */
const NOT_JSON: Issue = { path: [], code: 'not_json', message: en.issues.not_json, params: {} };

/** What a `fetch` rejects with when no answer comes. */
class BrokenLine extends TypeError {
  override readonly name = 'TypeError';
}

interface Face {
  build(values: object, options: { idempotencyKey?: string; accept?: readonly NoticeCode[] }): Call;
}

type Said =
  | { readonly body: object; readonly replayed?: boolean }
  | { readonly problem: Problem; readonly replayed?: boolean; readonly allow?: string }
  | 'network';

/** The largest body, in bytes. */
const BODY_LIMIT = 16 * 1024;

/** One run of a fake proxy: what it remembers, and what is to go wrong. */
class World {
  readonly faults: [operation: string, fault: Fault][] = [];
  delayMs = 0;
  readonly requests: FakeRequest[] = [];
  readonly #issuer: Issuer;
  readonly #chance: Chance;
  readonly #claims = new Claims();

  constructor(seed: number) {
    this.#chance = new Chance(seed);
    this.#issuer = new Issuer(this.#chance);
  }

  get cards(): Card[] {
    return this.#issuer.cards.map(({ item }) => item);
  }

  get orders(): CardIssueOrder[] {
    return this.#issuer.orders.map(({ item }) => item);
  }

  async handle(request: Request, base: string): Promise<Response> {
    const path = new URL(request.url).pathname.slice(base.length);
    const here = ROUTES.filter((route) => route.path === path);
    const route = here.find(({ method }) => method === request.method);
    const body = await request.text();
    const said = this.#say(request, path, route, here.map(({ method }) => method).join(', '), body);
    const status = said === 'network' ? 0 : 'problem' in said ? said.problem.status : 200;
    this.requests.push({ operation: (route?.name ?? null) as OperationName | null, idempotencyKey: request.headers.get(KEY_HEADER), status });
    await pause(this.delayMs, request.signal);
    if (said === 'network') throw new BrokenLine('Failed to fetch');
    return this.#response(said);
  }

  #say(request: Request, path: string, route: Route | undefined, allow: string, body: string): Said {
    const { headers } = request;
    const refuse = (code: Problem['code'], safety: Route['safety'] = 'read') => ({ problem: problemOf(code, safety) });
    if (headers.get(CONTRACT_HEADER) !== '1') return refuse('contract_mismatch');
    if (route === undefined) return this.#beside(request, path) ?? (allow === '' ? refuse('not_found') : { ...refuse('method_not_allowed'), allow });
    if (route.method === 'POST' && !/^application\/json\s*(;|$)/i.test(headers.get('content-type') ?? '')) return refuse('not_json_type');
    if (new TextEncoder().encode(body).length > BODY_LIMIT) return refuse('request_too_large');

    const values = route.method === 'POST' ? parsed(body) : Object.fromEntries(new URL(request.url).searchParams);
    if (values === undefined) return { problem: problemOf('not_json', route.safety, { issues: [NOT_JSON] }) };
    const key = headers.get(KEY_HEADER)?.replace(/^"(.*)"$/, '$1');
    if (route.safety !== 'read' && key === undefined) return refuse('key_missing');
    let call: Call;
    try {
      const accept = (headers.get('accept-notices') ?? '').split(',').map((word) => word.trim()) as NoticeCode[];
      call = faceOf(route).build(values as object, key === undefined ? { accept } : { idempotencyKey: key, accept });
    } catch (error) {
      if (!isCardwrightError(error)) throw error;
      const { code, issues, notices } = error;
      return { problem: problemOf(code, route.safety, { ...(issues && { issues }), ...(notices && { notices }) }) };
    }
    return route.safety === 'read' ? this.#read(route, call) : this.#write(route, key as string, call);
  }

  #read(route: Route, call: Call): Said {
    const fault = this.#fault(route.name);
    if (fault !== undefined) return failed(route, fault);
    if (route.method === 'GET') return { body: this.#list(route, new URL(call.path, 'http://localhost').searchParams) };
    return spoken(this.#perform(route, call));
  }

  #write(route: Route, key: string, call: Call): Said {
    // The line broke before: the proxy never heard of it.
    if (this.#fault(route.name, ({ code, effect }) => code === 'network' && !effect) !== undefined) return 'network';
    const claimed = this.#claims.claim(route.name, key, call.body as string, this.#issuer.now());
    if (claimed === 'running') return { problem: problemOf('in_progress', route.safety) };
    if (claimed === 'reused') return { problem: problemOf('key_reused', route.safety) };
    if (claimed === 'closed') return { problem: problemOf('key_closed', route.safety) };
    if (claimed !== 'new') return { ...spoken(claimed), replayed: true };

    const fault = this.#fault(route.name);
    const done = fault === undefined || fault.effect ? this.#perform(route, call) : undefined;
    const said = fault === undefined ? spoken(done as Ending) : failed(route, fault);
    const lost: Ending = { problem: problemOf('issuer_timeout', route.safety) };
    const ending: Ending = said === 'network' ? lost : 'body' in said ? { envelope: said.body } : said;
    const never: Ending = { problem: problemOf('issuer_rejected', route.safety) };
    const isOpen = 'problem' in ending && ending.problem.outcome === 'unknown';
    this.#claims.end(route.name, key, ending, isOpen && fault?.settles ? (done ?? never) : undefined);
    return said;
  }

  #perform(route: Route, call: Call): Ending {
    const answer = this.#issuer.perform(methodOf(route), JSON.parse(call.body ?? '{}') as Record<string, string>);
    return 'slug' in answer ? { problem: problemOf('issuer_rejected', route.safety, answer) } : answer;
  }

  /** A page of the register: here, of everything there is. */
  #list(route: Route, asked: URLSearchParams): object {
    const page = Number(asked.get('page') ?? 1);
    const owner = asked.get('user_id') ?? asked.get('external_user_id');
    const kept: { item: object; owner: string }[] = methodOf(route) === 'listCards' ? this.#issuer.cards : this.#issuer.orders;
    const found = kept.filter((one) => owner === null || one.owner === owner).reverse();
    const observed_at = this.#issuer.now();
    const items = found.slice((page - 1) * 25, page * 25).map(({ item }) => ({ ...item, observed_at }));
    return { status: 'success', message: 'last seen, not live', data: { items, pagination: { page, per_page: 25, total: found.length, sort: 'created_at:desc' } } };
  }

  /** The routes that are no operation. */
  #beside(request: Request, path: string): Said | undefined {
    if (request.method !== 'GET') return undefined;
    if (path === '/me') return { body: { tenant: 'local', user: 'local', scopes: ROUTES.map(({ name }) => name) } };
    const [, operation, key] = /^\/intents\/([\w.]+)\/([\w-]{16,64})$/.exec(path) ?? [];
    const route = ROUTES.find(({ name, safety }) => name === operation && safety !== 'read');
    return route === undefined || key === undefined ? undefined : { body: this.#claims.look(route.name, key) };
  }

  /** What is to go wrong next with an operation, if it is such a fault. */
  #fault(operation: string, isMeant: (fault: Fault) => boolean = () => true): Fault | undefined {
    const at = this.faults.findIndex(([name, { left }]) => name === operation && left > 0);
    const fault = this.faults[at]?.[1];
    if (fault === undefined || !isMeant(fault)) return undefined;
    if ((fault.left -= 1) === 0) this.faults.splice(at, 1);
    return fault;
  }

  #response(said: Exclude<Said, 'network'>): Response {
    const request_id = this.#chance.id('');
    const headers = new Headers({ [CONTRACT_HEADER]: '1', [REQUEST_ID_HEADER]: request_id, 'cache-control': 'no-store' });
    if (said.replayed) headers.set(REPLAYED_HEADER, 'true');
    if ('problem' in said) {
      const { problem, allow } = said;
      headers.set('content-type', 'application/problem+json');
      if (problem.retry_after_ms !== undefined) headers.set('retry-after', String(problem.retry_after_ms / 1_000));
      if (allow !== undefined) headers.set('allow', allow);
      return new Response(JSON.stringify({ ...problem, request_id }), { status: problem.status, headers });
    }
    headers.set('content-type', 'application/json');
    return new Response(JSON.stringify(said.body), { headers });
  }
}

function failed(route: Route, { code, slug, field }: Fault): Said {
  return code === 'network' ? code : { problem: problemOf(code, route.safety, { slug, field }) };
}

function spoken(ending: Ending): Exclude<Said, 'network'> {
  return 'envelope' in ending ? { body: ending.envelope } : ending;
}

function methodOf({ name }: Route): string {
  return name.slice(name.indexOf('.') + 1);
}

function faceOf(route: Route): Face {
  const faces = (route.name.startsWith('ingo.') ? ingo : pintopay) as unknown as Record<string, Face>;
  return faces[methodOf(route)] as Face;
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const aborted = () => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', aborted);
      resolve();
    }, ms);
    if (signal.aborted) aborted();
    else signal.addEventListener('abort', aborted, { once: true });
  });
}
