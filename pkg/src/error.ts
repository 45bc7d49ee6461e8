import type { Issue, Notice, PlainError } from './contract.js';
import { RETRYABLE, type ErrorCode, type Outcome } from './generated/codes.js';
import { en } from './generated/messages.js';
import { own } from './own.js';

/** What an error may know beside its code and outcome. */
export interface ErrorDetails {
  /** The sentence in the caller's language; English if there is none. */
  message?: string | undefined;
  issues?: readonly Issue[] | undefined;
  notices?: readonly Notice[] | undefined;
  status?: number | undefined;
  requestId?: string | undefined;
  retryAfterMs?: number | undefined;
  idempotencyKey?: string | undefined;
  slug?: string | undefined;
  field?: string | undefined;
  rawCode?: string | undefined;
  /** Kept where it is an error. */
  cause?: unknown;
}

/** What goes with an error into another one made of it; a sentence does where it says more than the code. */
const DETAILS = [
  'message', 'issues', 'notices', 'status', 'requestId', 'retryAfterMs', 'idempotencyKey', 'slug', 'field', 'rawCode',
] as const;

/** Why a call failed, and what is known of its effect. */
export class CardwrightError extends Error {
  override readonly name = 'CardwrightError';
  /** Why. */
  readonly code: ErrorCode;
  /** What is known of the effect: `not_sent`, `rejected` or `unknown`. */
  readonly outcome: Outcome;
  /** Whether the same call may succeed later, without a change by the caller. */
  readonly retryable: boolean;
  /** The page that explains the code. */
  readonly docUrl: string;
  /** The broken rules, for `invalid_request`. */
  declare readonly issues?: readonly Issue[];
  /** What must be accepted, for `confirmation_required`. */
  declare readonly notices?: readonly Notice[];
  /** The HTTP status, if an answer came. */
  declare readonly status?: number;
  /** The id of the request in the proxy's logs. */
  declare readonly requestId?: string;
  /** How long the server asked to wait. */
  declare readonly retryAfterMs?: number;
  /** The key of the intent: the same call with it is the same intent. */
  declare readonly idempotencyKey?: string;
  /** The issuer's own word for its rejection. */
  declare readonly slug?: string;
  /** The field the issuer's rejection is about. */
  declare readonly field?: string;
  /** The code of an answer newer than this library. */
  declare readonly rawCode?: string;

  constructor(code: ErrorCode, outcome: Outcome, given: ErrorDetails = {}) {
    const details = own(given);
    super(details.message ?? en.errors[code], details.cause instanceof Error ? { cause: details.cause } : undefined);
    this.code = code;
    this.outcome = outcome;
    this.retryable = RETRYABLE.includes(code);
    this.docUrl = `https://www.npmjs.com/package/cardwright#${code}`;
    for (const name of DETAILS) {
      const value = details[name];
      if (value !== undefined) Object.defineProperty(this, name, { value, enumerable: true });
    }
  }

  /** The error as a plain object, without stack and cause: safe to log and to clone. */
  toJSON(): PlainError {
    const { name, code, message, outcome, retryable, docUrl, ...known } = this;
    return { name, code, message, outcome, retryable, docUrl, ...known } as PlainError;
  }
}

/** Whether a value is a `CardwrightError`, from this copy of the package or another, or what its `toJSON` gave. */
export function isCardwrightError(value: unknown): value is CardwrightError | PlainError {
  if (typeof value !== 'object' || value === null) return false;
  const { name, code } = value as { name?: unknown; code?: unknown };
  return name === 'CardwrightError' && typeof code === 'string' && Object.hasOwn(en.errors, code);
}
