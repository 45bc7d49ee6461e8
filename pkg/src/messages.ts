import type { IssueParam } from './contract.js';
import { CardwrightError } from './error.js';
import type { ErrorCode, IssueCode, NoticeCode, ReasonCode, StageCode } from './generated/codes.js';
import type { Slug } from './generated/answers.js';
import { en, type AskedPath, type FieldPath } from './generated/messages.js';

export { en };

/**
 * The sentences people read, in one language: a catalogue. It is plain data; codes and params are the contract.
 * English is built in, Spanish is `cardwright/messages/es`, and any other can be given to `with({ messages })`.
 */
export interface Messages {
  /** The word between the last two of several fields: "product or product id". */
  readonly or: string;
  /** What people call each field, as it stands in a sentence and, with a capital, above its box. */
  readonly labels: Readonly<Record<FieldPath, string>>;
  /** The sentence for a missing field where `issues.required` does not fit, such as one that is chosen. */
  readonly asks: Readonly<Record<AskedPath, string>>;
  /** Broken rules; `{label}` is the field's label, other places in braces are the issue's params. */
  readonly issues: Readonly<Record<IssueCode, string>>;
  /** Advice on a valid request. */
  readonly notices: Readonly<Record<NoticeCode, string>>;
  /** Why an action is not legal for a card now. */
  readonly reasons: Readonly<Record<ReasonCode, string>>;
  /** Where an order is. */
  readonly stages: Readonly<Record<StageCode, string>>;
  /** The issuer's error slugs. */
  readonly slugs: Readonly<Record<Slug, string>>;
  /** Why a call failed. */
  readonly errors: Readonly<Record<ErrorCode, string>>;
}

/** The tables of a catalogue. */
type Table = Exclude<keyof Messages, 'or'>;

/** The words of lists of which the catalogue has a sentence for each, in their order; whatever a page does to its sentences later. */
export const WORDS = {
  issues: Object.keys(en.issues),
  notices: Object.keys(en.notices),
  reasons: Object.keys(en.reasons),
  slugs: Object.keys(en.slugs),
  stages: Object.keys(en.stages),
};

/** The word at a place of such a list. */
export function nth<Name extends keyof typeof WORDS>(list: Name, place: number): keyof Messages[Name] {
  return WORDS[list][place] as keyof Messages[Name];
}

/** A sentence of the catalogue, or the English one where it lacks it; nothing for a word that neither knows. */
export function sentence(messages: Messages, table: Table, word: string): string | undefined {
  return entry(messages[table], word) ?? entry(en[table], word);
}

/** The error, its sentence in this language; one that says more, to who wrote the page, keeps its own. */
export function spoken<E>(messages: Messages, error: E): E {
  if (error instanceof CardwrightError && error.message === en.errors[error.code]) {
    error.message = sentence(messages, 'errors', error.code) as string;
  }
  return error;
}

/** The sentence of an issue; nothing for a code newer than this library. */
export function issueSentence(
  messages: Messages,
  path: readonly string[],
  code: string,
  params: Readonly<Record<string, IssueParam>>,
): string | undefined {
  const asked = code === 'required' ? sentence(messages, 'asks', path.join('.')) : undefined;
  if (asked !== undefined) return asked;
  const template = sentence(messages, 'issues', code);
  const value = (name: string) => {
    if (name === 'label') return label(messages, path, params.fields);
    const param = entry(params, name);
    return typeof param === 'object' ? param.join(', ') : String(param ?? name);
  };
  return template?.replace(/\{(\w+)\}/g, (_, name: string) => value(name));
}

/** What people call the field at a path, or the fields that a rule is about together. */
function label(messages: Messages, path: readonly string[], fields: IssueParam | undefined): string {
  const called = (name: string) => sentence(messages, 'labels', name) ?? path.at(-1) ?? '';
  return typeof fields === 'object' ? fields.map(called).join(` ${messages.or} `) : called(path.join('.'));
}

/** An own entry that is there: a catalogue may come from JSON, and a word from an answer may be `toString`. */
function entry<T>(table: Readonly<Record<string, T>> | undefined, word: string): T | undefined {
  return table !== undefined && Object.hasOwn(table, word) ? table[word] : undefined;
}
