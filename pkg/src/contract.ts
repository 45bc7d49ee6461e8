import type { Pagination } from './generated/answers.js';
import type {
  ErrorCode,
  IssueCode,
  NoticeCode,
  OrderEnding,
  Outcome,
  ReasonCode,
  StageCode,
} from './generated/codes.js';
import type { CardwrightError } from './error.js';

/** A name, a limit, or the words a field knows; never the value that was refused. */
export type IssueParam = string | number | readonly string[];

/** One broken rule. It is not to be changed: the next check may give the same one again. */
export interface Issue {
  /** The names from the outermost field to the one the rule is about; empty if it is about the whole input. */
  readonly path: readonly string[];
  /** The rule; it never changes its meaning. */
  readonly code: IssueCode | 'internal_error' | 'wasm_missing' | 'wasm_unavailable';
  /** A sentence for the person at the form. */
  readonly message: string;
  /** What another language's sentence, or a developer, needs to say more. */
  readonly params: Readonly<Record<string, IssueParam>>;
}

/** Advice on a valid request. */
export interface Notice {
  readonly path: readonly string[];
  readonly code: NoticeCode;
  /** A sentence for the person at the form. */
  readonly message: string;
  /** Whether the person must accept it before the request may be sent. */
  readonly confirm: boolean;
}

declare const valid: unique symbol;

/** A request that passed every rule: only a check makes one. The mark is the compiler's alone; at run time it is plain data. */
export type Valid<Request> = Request & { readonly [valid]: true };

/** What a check gives: the request and advice, or every broken rule. */
export type Checked<Request> =
  | { readonly ok: true; readonly request: Valid<Request>; readonly notices: readonly Notice[] }
  | { readonly ok: false; readonly issues: readonly Issue[] };

/** One request to the proxy, for a transport of your own. */
export interface Call {
  readonly operation: string;
  readonly method: 'GET' | 'POST';
  /** The path below the proxy's base, query included. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Absent of what is read. */
  readonly body?: string;
}

/** One answer of the proxy, from a transport of your own. */
export interface Reply {
  readonly status: number;
  readonly headers: Headers | Readonly<Record<string, string>>;
  readonly body: string;
}

/** What is known of an answer beside its data. */
export interface Meta {
  readonly status: number;
  /** The id of the request in the proxy's logs. */
  readonly requestId?: string;
  /** The key of the intent. */
  readonly idempotencyKey?: string;
  /** Whether this answer had been given before to the same intent. */
  readonly replayed: boolean;
  /** How many requests it took, questions about the intent included. */
  readonly attempts: number;
}

/** A call that succeeded. */
export interface Result<Data> {
  readonly data: Data;
  readonly meta: Meta;
}

/** A failed call, plain: it can be cloned, stored and sent to a worker. */
export interface PlainError {
  readonly name: 'CardwrightError';
  readonly code: ErrorCode;
  readonly message: string;
  readonly outcome: Outcome;
  readonly retryable: boolean;
  readonly docUrl: string;
  readonly issues?: readonly Issue[];
  readonly notices?: readonly Notice[];
  readonly status?: number;
  readonly requestId?: string;
  readonly retryAfterMs?: number;
  readonly idempotencyKey?: string;
  readonly slug?: string;
  readonly field?: string;
  readonly rawCode?: string;
}

/** A call that never rejects. */
export type SafeResult<Data> =
  | { readonly ok: true; readonly data: Data; readonly meta: Meta }
  | { readonly ok: false; readonly error: PlainError };

/** An answer that was read by hand. */
export type Read<Data> =
  | { readonly ok: true; readonly data: Data; readonly meta: Meta }
  | { readonly ok: false; readonly error: CardwrightError };

/** What became of an intent, asked by hand. */
export type Asked<Data> =
  /** It is under way: ask again. */
  | { readonly state: 'running' }
  /** It succeeded. */
  | { readonly state: 'done'; readonly data: Data; readonly meta: Meta }
  /** `over`: it failed like this, or is open for now. `failed`: the question failed, and the intent is as open as before. */
  | { readonly state: 'over' | 'failed'; readonly error: CardwrightError };

/** A list, as an answer holds it. */
export interface ListData<Item> {
  readonly items: Item[];
  readonly pagination?: Pagination;
  /** The issuer's word on it. */
  readonly message: string;
}

/** The cards of an answer. */
export interface CardsData<Item> extends ListData<Item> {
  /** The first card: the one the operation made or changed. */
  readonly card: Item | null;
}

/** How far an order is. */
export interface OrderProgress {
  /** The step, from 1. */
  readonly step: number;
  /** Of how many. */
  readonly of: number;
  /** The same in percent; 100 only for an order that completed. */
  readonly percent: number;
  readonly code: StageCode;
  /** The same, as a sentence. */
  readonly label: string;
  /** Whether something failed and the issuer tries again by itself. */
  readonly retrying: boolean;
}

/** What an order says. */
export interface OrderState {
  /** Whether the order as a whole has ended. */
  readonly final: boolean;
  /** How it ended. `issued_with_problem`: the card exists, so another create would make a second one. */
  readonly result: OrderEnding;
  /** Whether its card can pay; after a skipped first top-up it cannot until somebody tops it up. */
  readonly usable: boolean;
  readonly progress: OrderProgress;
}

/** Whether an action is legal on a card now. */
export interface AllowedAction {
  readonly allowed: boolean;
  /** Why not, or what to know; absent where there is nothing to say. */
  readonly code?: ReasonCode;
  /** The same, as a sentence. */
  readonly reason?: string;
}

/** What may be said of one call. */
export interface CallOptions {
  /** Aborts the call. What was sent stays sent: the error's outcome is then `unknown`. */
  signal?: AbortSignal | undefined;
  /** The intent's key. Without it every call is a new intent, except an identical one still in flight or unknown. */
  idempotencyKey?: string | undefined;
  /** The notices the person accepted. */
  accept?: readonly NoticeCode[] | undefined;
  /** Makes a new intent even though an identical one is in flight, unknown or just done. */
  confirmNew?: boolean | undefined;
  /** The limit of one attempt, its body included. */
  timeoutMs?: number | undefined;
}

/** What may be said when an intent is prepared. */
export type PrepareOptions = Omit<CallOptions, 'signal'>;

/** What may be said each time an intent is submitted; it comes before what was said when it was prepared. */
export type SubmitOptions = Omit<CallOptions, 'idempotencyKey'>;

/** What a form control can be told about a field. */
export interface Constraints {
  readonly required: boolean;
  readonly maxLength?: number;
  readonly max?: number;
  readonly pattern?: string;
  readonly inputMode?: 'numeric';
  readonly autocomplete?: string;
  readonly choices?: readonly string[];
}

/** What is generated of a field. */
export interface DescribedField {
  readonly constraints: Constraints;
  readonly boolean?: boolean;
  /** What an id begins with. */
  readonly prefix?: string;
}

/** What is generated of an operation. */
export interface Descriptor {
  readonly name: string;
  /** Its place among all operations; a field's is the one among `fields`. */
  readonly place: number;
  readonly safety: 'keyed' | 'convergent' | 'once' | 'read';
  readonly fields: Readonly<Record<string, DescribedField>>;
  /** Whether names it does not know are passed over. */
  readonly open?: boolean;
  /** The field at which an issue about the whole form stands. */
  readonly whole: string;
  /** The children that every object of theirs must hold. */
  readonly inside?: readonly string[];
  /** What depends on the word of another field: that field, the word, and whether it is then required or just allowed. */
  readonly when?: Readonly<Record<string, readonly [on: string, word: string, required: boolean]>>;
  /** Groups of fields of which exactly one is given. */
  readonly oneOf?: readonly (readonly string[])[];
}
