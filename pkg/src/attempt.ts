import type { BuiltCall } from './boundary.js';
import type { Reply } from './contract.js';
import { transport } from './engine.js';
import { CardwrightError } from './error.js';
import type { Outcome } from './generated/codes.js';

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
  const { signal, timeoutMs, afterSend } = sending;
  // Our own controller, aborted without a reason: see src/wasm/transport.rs.
  const controller = new AbortController();
  const progress = { sent: false };
  const failed = (code: 'aborted' | 'timed_out' | 'network_error' | 'internal_error', cause?: unknown) =>
    new CardwrightError(code, progress.sent ? afterSend : 'not_sent', { cause: cause instanceof Error ? cause : undefined });

  return await new Promise<Reply>((resolve, reject) => {
    const end = (error: CardwrightError) => {
      stop();
      reject(error);
      controller.abort();
    };
    const onAbort = () => end(failed('aborted'));
    const timer = setTimeout(() => end(failed('timed_out')), timeoutMs);
    const stop = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    };
    if (signal.aborted) return onAbort();
    signal.addEventListener('abort', onAbort);
    exchange(sending, controller.signal, progress).then(
      (reply) => {
        stop();
        resolve(reply);
      },
      (cause: unknown) => {
        stop();
        if (!(cause instanceof CardwrightError)) reject(failed('network_error', cause));
        else reject(cause.code === 'internal_error' ? failed('internal_error', cause) : cause);
      },
    );
  });
}

async function exchange(sending: Sending, signal: AbortSignal, progress: { sent: boolean }): Promise<Reply> {
  const { url, call, credentials } = sending;
  const headers = new Headers(await given(sending.headers));
  // Ours last: a caller's header may add to the contract, not change it.
  for (const [name, value] of call.headers) headers.set(name, value);
  if (signal.aborted) throw new CardwrightError('aborted', 'not_sent');
  let response: Response;
  if (sending.fetch === undefined) {
    const pairs = [...headers] as [string, string][];
    const sent = transport.once((glue) => {
      progress.sent = true;
      return glue.send(url, call.method, pairs, call.body, credentials, signal);
    });
    response = await sent;
  } else {
    progress.sent = true;
    const { method, body } = call;
    response = await sending.fetch(url, { method, headers, body: body ?? null, credentials, signal, redirect: 'manual' });
  }
  return { status: response.status, headers: response.headers, body: await response.text() };
}

async function given(headers: Sending['headers']): Promise<HeadersInit> {
  try {
    return (typeof headers === 'function' ? await headers() : headers) ?? {};
  } catch (cause) {
    throw new CardwrightError('headers_failed', 'not_sent', { cause: cause instanceof Error ? cause : undefined });
  }
}
