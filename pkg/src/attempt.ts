import type { BuiltCall } from './boundary.js';
import type { Reply } from './contract.js';
import { transport } from './engine.js';
import { CardwrightError } from './error.js';
import type { Outcome } from './generated/codes.js';
import { limited } from './limited.js';
import { own } from './own.js';

/** How one attempt is sent. */
export interface Sending {
  readonly url: string;
  readonly call: BuiltCall;
  readonly headers: (() => HeadersInit | Promise<HeadersInit>) | HeadersInit | undefined;
  readonly credentials: RequestCredentials;
  readonly fetch: typeof fetch | undefined;
  readonly timeoutMs: number;
  /** The outcome of an attempt whose answer was lost. */
  readonly afterSend: Outcome;
  readonly signal: AbortSignal;
}

/** Sends once, and reads the whole answer under one time limit. Rejects with a `CardwrightError`. */
export async function attempt(sending: Sending): Promise<Reply> {
  // Our own controller, aborted without a reason: see src/wasm/transport.rs.
  const controller = new AbortController();
  const progress = { sent: false };
  const failed = (code: 'aborted' | 'timed_out' | 'network_error' | 'internal_error', cause?: unknown) =>
    new CardwrightError(code, progress.sent ? sending.afterSend : 'not_sent', { cause });
  const exchanged = exchange(sending, controller.signal, progress).catch((cause: unknown): never => {
    if (!(cause instanceof CardwrightError)) throw failed('network_error', cause);
    throw cause.code === 'internal_error' ? failed('internal_error', cause) : cause;
  });
  return limited(exchanged, sending.timeoutMs, sending.signal, (aborted) => {
    controller.abort();
    throw failed(aborted ? 'aborted' : 'timed_out');
  });
}

async function exchange(sending: Sending, signal: AbortSignal, progress: { sent: boolean }): Promise<Reply> {
  // Taken out of `sending`: the platform's own `fetch` refuses to be called as a method of something else.
  const { url, call, credentials, fetch } = sending;
  const headers = await given(sending.headers);
  // Ours last: a caller's header may add to the contract, not change it.
  for (const [name, value] of call.headers) headers.set(name, value);
  if (signal.aborted) throw new CardwrightError('aborted', 'not_sent');
  const { method, body = null } = call;
  const init: RequestInit = own({ method, headers, body, credentials, signal, redirect: 'manual' } as const);
  let response: Response;
  if (fetch === undefined) {
    const request = new Request(url, init);
    const sent = transport.once((glue) => {
      progress.sent = true;
      return glue.send(request);
    });
    response = await sent;
  } else {
    progress.sent = true;
    response = await fetch(url, init);
  }
  return { status: response.status, headers: response.headers, body: await response.text() };
}

async function given(headers: Sending['headers']): Promise<Headers> {
  try {
    return new Headers((typeof headers === 'function' ? await headers() : headers) ?? {});
  } catch (cause) {
    throw new CardwrightError('headers_failed', 'not_sent', { cause });
  }
}
