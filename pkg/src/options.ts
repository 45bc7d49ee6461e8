import type { OperationSettings } from './settings.js';
import type { IntentStorage } from './intents/storage.js';

/** Which request a hook is told about. */
export interface RequestEvent {
  readonly operation: string;
  /** The call it belongs to: a number of its own within the client, the same for all attempts of a call. */
  readonly call: number;
  /** Its number within the call, from 1; questions about the intent count too. */
  readonly attempt: number;
}

/** What a hook is told when an attempt is sent. */
export interface SentEvent extends RequestEvent {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The request as sent; it is personal. */
  readonly body: string | undefined;
}

/** What a hook is told when an answer was read. */
export interface AnsweredEvent extends RequestEvent {
  readonly status: number;
  /** The answer as received; it is personal. */
  readonly body: string;
}

/** Told what happens; what they throw is ignored. */
export interface ClientHooks {
  sent?: ((event: SentEvent) => void) | undefined;
  answered?: ((event: AnsweredEvent) => void) | undefined;
  /** An intent could not be stored, found or removed. Its call goes on; only a reload would not find it. */
  storageFailed?: ((cause: Error) => void) | undefined;
}

/** Headers as `fetch` takes them; the DOM's name for it is missing on a server. */
export type OwnHeaders = NonNullable<ConstructorParameters<typeof Headers>[0]>;

/** How a client reaches its proxy, and how its operations read and speak. */
export interface ClientOptions extends OperationSettings {
  /** Where the proxy's routes begin; absolute where there is no page. Default `/api`, on the page's own origin. */
  baseUrl?: string | undefined;
  /** The limit of one attempt, its body included. Default 40,000; a whole call never lasts longer than 120,000. */
  timeoutMs?: number | undefined;
  /** How often a failed attempt is repeated, where that is safe. Default 2, which is also the most. */
  maxRetries?: number | undefined;
  /** Headers of your own, or a function that is awaited before each attempt: a CSRF token, a bearer token. What can be none is `headers_failed`. */
  headers?: OwnHeaders | (() => OwnHeaders | Promise<OwnHeaders>) | undefined;
  /** As for `fetch`. Default `same-origin`. */
  credentials?: RequestInit['credentials'] | undefined;
  /** A `fetch` of your own. Default: the page's, through gloo-net. */
  fetch?: typeof fetch | undefined;
  /** Told what is sent and answered, and what could not be stored; what they throw is ignored. */
  hooks?: ClientHooks | undefined;
  /** Where intents wait for a reload: `browserStorage()`, or your own. Default: nowhere. */
  storage?: IntentStorage | undefined;
}
