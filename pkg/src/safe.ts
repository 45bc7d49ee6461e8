import type { PlainError, SafeResult } from './contract.js';
import { CardwrightError, isCardwrightError } from './error.js';
import type { HeldIntent, SafeIntent, SafePrepared } from './intents/intent.js';

type Anything = SafeIntent<unknown, unknown, unknown>;

/** How a call ended, as a value. */
export async function settled<T extends object>(call: Promise<T>): Promise<(T & { ok: true }) | { ok: false; error: PlainError }> {
  try {
    return { ok: true, ...(await call) };
  } catch (error) {
    return failed(error);
  }
}

/** An intent that never rejects, or what stands against it. */
export function prepared(prepare: () => HeldIntent): SafePrepared<unknown, unknown, unknown> {
  try {
    return { ok: true, intent: safely(prepare()) };
  } catch (error) {
    return failed(error);
  }
}

function safely(intent: HeldIntent): Anything {
  return {
    operation: intent.operation,
    request: intent.request,
    notices: intent.notices,
    get key() {
      return intent.key;
    },
    get state() {
      return intent.state;
    },
    submit: (options) => settled(intent.submit(options)) as Promise<SafeResult<unknown>>,
    resolve: (options) => settled(intent.resolve(options)) as Promise<SafeResult<unknown>>,
    revise: (values, options) => prepared(() => intent.revise(values, options)),
  };
}

function failed(error: unknown): { ok: false; error: PlainError } {
  const known = isCardwrightError(error) ? error : new CardwrightError('internal_error', 'unknown');
  return { ok: false, error: (known as CardwrightError).toJSON() };
}
