import type { CardwrightError, IngoClient, Meta, Notice, PintopayClient, Resolved, SubmitOptions } from 'cardwright';

/** The name of an operation that changes something: `ingo.issueCard`. */
export type WriteName = Resolved['operation'];

/** What a form of the operation holds. */
export type InputOf<Name extends WriteName> = Name extends `ingo.${infer Method extends keyof IngoClient}`
  ? Parameters<IngoClient[Method]>[0]
  : Name extends `pintopay.${infer Method extends keyof PintopayClient}`
    ? Parameters<PintopayClient[Method]>[0]
    : never;

/** What the operation answers. */
export type DataOf<Name extends WriteName> = Extract<Resolved, { readonly operation: Name }>['data'];

/** What may be said when a form is submitted. */
export type SubmitSettings = Omit<SubmitOptions, 'signal'>;

/** How far the intent of a form is. */
export type UseIntentState<Data> =
  /**
   * Nothing is out, and a submit sends. `error` says why the last one did not, `notices` what the person has to confirm before it
   * does: see `accept`.
   */
  | { readonly status: 'idle'; readonly data: undefined; readonly meta: undefined; readonly error: CardwrightError | undefined; readonly notices: readonly Notice[] }
  /** It is being sent, or asked about. */
  | { readonly status: 'sending'; readonly data: undefined; readonly meta: undefined; readonly error: undefined; readonly notices: readonly [] }
  /** It was done. */
  | { readonly status: 'done'; readonly data: Data; readonly meta: Meta; readonly error: undefined; readonly notices: readonly [] }
  /** The issuer said no. The next submit is a new intent. */
  | { readonly status: 'rejected'; readonly data: undefined; readonly meta: undefined; readonly error: CardwrightError; readonly notices: readonly [] }
  /** It may have been done: `resolve` asks. Until that is known, a submit sends nothing. */
  | { readonly status: 'unknown'; readonly data: undefined; readonly meta: undefined; readonly error: CardwrightError; readonly notices: readonly [] };

/** What can be done with the intent of a form. Each function is the same in every render, never rejects, and gives the state it led to. */
export interface IntentActions<Name extends WriteName> {
  /**
   * Sends the values. While that is under way, and once it is done, every further call is the same intent, whatever its values.
   * After a `rejected`, or with changed values, it is a new one with a new key. After an `unknown` it sends nothing, and its
   * error is `cannot_revise`: resolve first. Where another part of the page has found out that nothing came of it, it shows that.
   */
  submit(values: InputOf<Name>, settings?: SubmitSettings): Promise<UseIntentState<DataOf<Name>>>;
  /** Sends what waits for the person's yes: to the `notices`, or to `possible_duplicate`. */
  accept(): Promise<UseIntentState<DataOf<Name>>>;
  /** Asks what became of an `unknown`. What never came is closed by the question: `idle`, with the error `key_closed`. */
  resolve(): Promise<UseIntentState<DataOf<Name>>>;
  /** Forgets the intent, so that the next submit is meant anew. Does nothing while one is under way. */
  startNew(): void;
}

/** The intent of a form: how far it is, and what can be done with it. */
export type UseIntent<Name extends WriteName> = UseIntentState<DataOf<Name>> & IntentActions<Name>;
