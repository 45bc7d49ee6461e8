// What crosses into the wasm, and what is made of the rows that come out. Nothing else in this package calls it.

import type { Issue, Notice, OrderState, Reply } from './contract.js';
import { rules } from './engine.js';
import { CardwrightError, type ErrorDetails } from './error.js';
import {
  REPLAYED_HEADER,
  REQUEST_ID_HEADER,
  type ErrorCode,
  type NoticeCode,
  type OrderEnding,
  type Outcome,
  type SlugHint,
  type StageCode,
} from './generated/codes.js';
import type { IssueRow, NoticeRow } from './glue.js';
import { snapshot } from './snapshot.js';

export { snapshot };

/** A checked snapshot: the request's text and the key found in it, or the broken rules. */
export interface CheckedSnapshot {
  readonly request: string | null;
  readonly key: string | null;
  readonly issues: readonly Issue[];
  readonly notices: readonly Notice[];
}

export function check(operation: string, text: string, key: string | undefined): CheckedSnapshot {
  const [request, found, issues, notices] = rules.pure((glue) => glue.check(operation, text, key));
  return { request, key: found, issues: issues.map(issueOf), notices: notices.map(noticeOf) };
}

export function checkField(operation: string, path: string, text: string): Issue[] {
  return rules.pure((glue) => glue.checkField(operation, path, text)).map(issueOf);
}

/** The call of a snapshot that passed its check; headers still as pairs. */
export interface BuiltCall {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers: [string, string][];
  readonly body: string | undefined;
}

export function build(operation: string, text: string, key: string | undefined, accept: readonly NoticeCode[]): BuiltCall {
  const row = rules.pure((glue) => glue.build(operation, text, key, accept.join(',')));
  if (row === null) throw new CardwrightError('internal_error', 'not_sent');
  const [method, path, headers, body] = row;
  return { method, path, headers, body: body ?? undefined };
}

/** What an answer says beside its body. */
export interface AnswerHead {
  readonly requestId?: string;
  readonly replayed: boolean;
}

export function head(headers: Reply['headers']): AnswerHead {
  const requestId = header(headers, REQUEST_ID_HEADER);
  const replayed = header(headers, REPLAYED_HEADER) === 'true';
  return requestId === undefined ? { replayed } : { requestId, replayed };
}

/** Reads an answer: nothing if it is the issuer's envelope, else what went wrong. */
export function readAnswer(operation: string, reply: Reply, idempotencyKey?: string): CardwrightError | null {
  const { status, headers, body } = reply;
  const row = rules.pure((glue) =>
    glue.readAnswer(operation, status, header(headers, 'content-type'), header(headers, 'retry-after'), body),
  );
  if (row === null) return null;
  const [code, rawCode, outcome, retryAfterMs, slug, field, requestId, issues, notices] = row;
  const details: ErrorDetails = {
    status,
    idempotencyKey,
    rawCode: rawCode ?? undefined,
    retryAfterMs: retryAfterMs ?? undefined,
    slug: slug ?? undefined,
    field: field ?? undefined,
    requestId: requestId ?? head(headers).requestId,
    issues: issues.length > 0 ? issues.map(issueOf) : undefined,
    notices: notices.length > 0 ? notices.map(noticeOf) : undefined,
  };
  return new CardwrightError(code as ErrorCode, outcome as Outcome, details);
}

/** What stands against a card: its field, what was expected and what was found. */
export function readCard(text: string): [field: string, expected: string, found: string] | null {
  return rules.pure((glue) => glue.readCard(text));
}

export function allowedActions(status: string, scopes: string | undefined): [string, boolean, string | null, string | null][] {
  return rules.pure((glue) => glue.allowedActions(status, scopes));
}

export function isCredential(name: string): boolean {
  return rules.pure((glue) => glue.isCredential(name));
}

/** What an order says: how it ended, and how far it is. */
export function orderState(text: string): OrderState {
  const row = rules.pure((glue) => glue.orderState(text));
  const [final, result, usable, step, of, percent, code, label, retrying] = row;
  const progress = { step, of, percent, code: code as StageCode, label, retrying };
  return { final, result: result as OrderEnding, usable, progress };
}

/** Whether the order `next` may follow `seen`, or came late. */
export function orderAdvances(seen: string, next: string): boolean {
  return rules.pure((glue) => glue.orderAdvances(seen, next));
}

/** How long to wait before the next poll, or nothing to stop. */
export function pollAfter(polls: number, activeMs: number, limitMs: number, chance: number): number | undefined {
  const wait = rules.pure((glue) => glue.pollAfter(polls, activeMs, limitMs, chance));
  return wait < 0 ? undefined : wait;
}

/** Whether a poll that failed is worth another. */
export function pollAgain(error: CardwrightError): boolean {
  return rules.pure((glue) => glue.pollAgain(error.code));
}

/** What is known of an issuer's error slug. */
export function explainSlug(word: string): { readonly message: string; readonly hint: SlugHint } | undefined {
  const row = rules.pure((glue) => glue.explainSlug(word));
  return row === null ? undefined : { message: row[0], hint: row[1] as SlugHint };
}

/** How long to wait before the next attempt, or nothing to stop. */
export function retryAfter(operation: string, error: CardwrightError, attempt: number, chance: number): number | undefined {
  const wait = rules.pure((glue) => glue.retryAfter(operation, error.code, attempt, error.retryAfterMs, chance));
  return wait < 0 ? undefined : wait;
}

function header(headers: Reply['headers'], name: string): string | undefined {
  if (typeof Headers !== 'undefined' && headers instanceof Headers) return headers.get(name) ?? undefined;
  const found = Object.entries(headers).find(([known]) => known.toLowerCase() === name);
  return typeof found?.[1] === 'string' ? found[1] : undefined;
}

function issueOf([path, code, message, params]: IssueRow): Issue {
  return { path, code: code as Issue['code'], message, params: Object.fromEntries(params) };
}

function noticeOf([path, code, confirm, message]: NoticeRow): Notice {
  return { path, code: code as NoticeCode, message, confirm };
}
