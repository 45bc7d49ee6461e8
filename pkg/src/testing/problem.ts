import type { ErrorCode, Issue, Notice, Outcome } from 'cardwright';
import { PROBLEMS, type Route } from '../generated/contract.js';

/** What a problem says beside its code. */
export interface ProblemDetails {
  readonly issues?: readonly Issue[];
  readonly notices?: readonly Notice[];
  readonly slug?: string | undefined;
  readonly field?: string | undefined;
}

/** Problem details as the proxy answers them (RFC 9457), and the status they come with. */
export interface Problem extends ProblemDetails {
  readonly type: 'about:blank';
  readonly title: string;
  readonly status: number;
  readonly code: ErrorCode;
  readonly outcome: Outcome;
  readonly retry_after_ms?: number;
}

/** The problem of a code; `safety` decides what is left open when an answer is lost. */
export function problemOf(code: ErrorCode, safety: Route['safety'], details: ProblemDetails = {}): Problem {
  const [status, title, write, read] = PROBLEMS[code];
  const outcome = safety === 'read' ? read : write;
  const waits = code === 'in_progress' || code === 'store_unavailable';
  // A code that no proxy says can still be asked for, to see what a page does with it.
  return { type: 'about:blank', title, status: status || 502, code, outcome, ...(waits ? { retry_after_ms: 1_000 } : {}), ...details };
}
