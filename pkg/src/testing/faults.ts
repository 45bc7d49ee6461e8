import type { ErrorCode } from 'cardwright';
import { PROBLEMS } from '../generated/contract.js';

/** What a call can be made to fail with: an outcome, a code, or a line that breaks. */
export type Failing = 'not_sent' | 'rejected' | 'unknown' | 'network' | ErrorCode;

/** How a failure is to be played. */
export interface FailOptions {
  /** How many calls of the operation fail. Default 1. */
  readonly times?: number | undefined;
  /** Whether the issuer did it all the same. Default true for `unknown` and `network`, else it did not. */
  readonly effect?: boolean | undefined;
  /** Whether the proxy finds out later what became of it, so that `resolve` tells. Default true. */
  readonly settles?: boolean | undefined;
  /** The issuer's reason, for `rejected`. */
  readonly slug?: string | undefined;
  /** The field the reason is about. */
  readonly field?: string | undefined;
}

/** One failure that is still to come. */
export interface Fault {
  readonly code: ErrorCode | 'network';
  readonly effect: boolean;
  readonly settles: boolean;
  readonly slug: string | undefined;
  readonly field: string | undefined;
  left: number;
}

const CODES: Readonly<Record<string, ErrorCode>> = {
  not_sent: 'issuer_unreachable',
  rejected: 'issuer_rejected',
  unknown: 'issuer_timeout',
};

export function faultOf(failing: Failing, { times = 1, effect, settles = true, slug, field }: FailOptions): Fault {
  const code = failing === 'network' ? failing : ((CODES[failing] ?? failing) as ErrorCode);
  if (code !== 'network' && !Object.hasOwn(PROBLEMS, code)) throw new TypeError(`expected an outcome, a code or network, found ${code}`);
  const isOpen = failing === 'unknown' || failing === 'network';
  return { code, effect: effect ?? isOpen, settles, slug, field, left: times };
}
