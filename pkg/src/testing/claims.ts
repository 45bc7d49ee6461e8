import type { Problem } from './problem.js';

/** How an intent ended: what was answered to it. */
export type Ending = { readonly envelope: object } | { readonly problem: Problem };

interface Claim {
  readonly request: string;
  readonly sent_at: string;
  /** Undefined while it is being sent. */
  ending: Ending | undefined;
  /** What really became of an intent whose ending is unknown. */
  truth: Ending | undefined;
  closed: boolean;
}

/** What is known of a key. */
export interface IntentState {
  readonly operation: string;
  readonly state: 'sending' | 'unknown' | 'done' | 'absent';
  readonly sent_at?: string;
  readonly answer?: object;
  readonly problem?: Problem;
}

/** What a copy of an intent is told. */
export type Claimed = 'new' | 'running' | 'reused' | 'closed' | Ending;

/** The proxy's claims: many copies of an intent are one. */
export class Claims {
  readonly #claims = new Map<string, Claim>();

  claim(operation: string, key: string, request: string, now: string): Claimed {
    const known = this.#claims.get(id(operation, key));
    if (known === undefined) {
      this.#claims.set(id(operation, key), { request, sent_at: now, ending: undefined, truth: undefined, closed: false });
      return 'new';
    }
    if (known.closed) return 'closed';
    if (known.request !== request) return 'reused';
    return this.#settled(known) ?? 'running';
  }

  /** Records an ending. What was not sent gives the key back; `truth` is what an unknown one turns out to be. */
  end(operation: string, key: string, ending: Ending, truth: Ending | undefined): void {
    const claim = this.#claims.get(id(operation, key));
    if (claim === undefined) return;
    if ('problem' in ending && ending.problem.outcome === 'not_sent') this.#claims.delete(id(operation, key));
    else Object.assign(claim, { ending, truth });
  }

  /** What became of a key. One that was never sent is closed by being asked for, so that a late copy is refused. */
  look(operation: string, key: string): IntentState {
    const claim = this.#claims.get(id(operation, key));
    if (claim === undefined || claim.closed) {
      this.#claims.set(id(operation, key), { request: '', sent_at: '', ending: undefined, truth: undefined, closed: true });
      return { operation, state: 'absent' };
    }
    const { sent_at } = claim;
    const ending = this.#settled(claim);
    if (ending === undefined) return { operation, state: 'sending', sent_at };
    if ('envelope' in ending) return { operation, state: 'done', sent_at, answer: ending.envelope };
    const { problem } = ending;
    return { operation, state: problem.outcome === 'unknown' ? 'unknown' : 'done', sent_at, problem };
  }

  #settled(claim: Claim): Ending | undefined {
    if (claim.truth !== undefined) claim.ending = claim.truth;
    return claim.ending;
  }
}

function id(operation: string, key: string): string {
  return `${operation} ${key}`;
}
