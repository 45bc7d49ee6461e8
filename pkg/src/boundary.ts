// What crosses into the wasm, and what is made of the rows that come out. Nothing else in this package calls it.

import type { Issue, Notice, OrderState, Reply } from './contract.js';
import { rules } from './engine.js';
import { CardwrightError, type ErrorDetails } from './error.js';
import {
  ENDINGS,
  PRESENCES,
  REPLAYED_HEADER,
  REQUEST_ID_HEADER,
  TYPINGS,
  type ErrorCode,
  type NoticeCode,
  type Outcome,
  type Presence,
  type ReasonCode,
  type StageCode,
  type Typing,
} from './generated/codes.js';
import type { AnsweredIssueRow, AnsweredNoticeRow, AnswerRow, CallRow, CheckRow, Glue, IssueRow, NoticeRow, ParamRow } from './glue.js';
import { en, issueSentence, nth, sentence, type Messages } from './messages.js';
import { Room } from './packed.js';
import { relaxed, type Settings } from './settings.js';
import { snapshot } from './snapshot.js';
import { envelopeOf } from './spans.js';

export { snapshot };

/** A checked snapshot: the request's text and the key found in it, or the broken rules. */
export interface CheckedSnapshot {
  readonly request: string | null;
  readonly key: string | null;
  readonly issues: readonly Issue[];
  readonly notices: readonly Notice[];
}

export function check(operation: number, text: string, key: string | undefined, settings: Settings): CheckedSnapshot {
  // A key that is no text is one that breaks its rule.
  const given = key == null || typeof key === 'string' ? key : '#';
  return checkedOf(rules.pure((glue) => glue.check(operation, text, given, relaxed(settings))), settings.messages);
}

export function checkField(operation: number, field: number, text: string, settings: Settings): Issue[] {
  const rows = rules.pure((glue) => glue.checkField(operation, field, text, relaxed(settings)));
  return rows.map((row) => issueOf(row, settings.messages));
}

/** Set in what `judge` says where rules are broken; the rest counts them. */
export const BROKEN = 0x80000000;

/**
 * Judges values by place. Which places are the request, as bits; {@link BROKEN} and how many rules are broken, each a word of
 * {@link judged}; or 0, where the whole has to be looked at.
 */
export function judge(operation: number, values: readonly unknown[], relaxed: number): number {
  const bytes = room().pack(values);
  let said = 0;
  try {
    if (bytes !== 0) said = rules.glue.judge(operation, bytes, relaxed);
  } catch {
    // Nobody else watches. What trapped says nothing, and the whole is asked.
    rules.trapped();
  }
  return said;
}

/** Where the words stand of what `judge` has just found broken. They are gone once the memory grows, and then there are none. */
export function judged(): Int32Array {
  return room().words;
}

/** Where values are packed: another place once the memory has grown, or with a fresh instance. */
let current: Room | undefined;

function room(): Room {
  const { glue } = rules;
  const memory = glue.memory();
  return current?.memory === memory ? current : (current = new Room(memory, glue.room()));
}

/** The issue that a word of `judge` stands for. */
export function explain(operation: number, word: number, settings: Settings): Issue {
  return issueOf(rules.pure((glue) => glue.explain(operation, word)), settings.messages);
}

/** A form that was checked as a whole. */
export interface CheckedForm extends CheckedSnapshot {
  /** A letter for the standing of each field: `a`lone, `l`eft out, or bound to others. */
  readonly standings: string;
  /** How many of the issues, from the first, are those of single fields. */
  readonly ofFields: number;
}

export function checkForm(operation: number, text: string, settings: Settings): CheckedForm {
  const [row, standings, ofFields] = rules.pure((glue) => glue.checkForm(operation, text, relaxed(settings)));
  return { ...checkedOf(row, settings.messages), standings, ofFields };
}

/** What is to be said of new text in a field that stands alone, as a number, or 0 to ask about the whole; both places are those of the descriptors. */
export function verdict(operation: number, field: number, text: string, relaxed: number): number {
  const bytes = room().write(0, text);
  try {
    return bytes < 0 ? 0 : rules.glue.verdict(operation, field, bytes, relaxed);
  } catch {
    rules.trapped();
    return 0;
  }
}

/** The normal form of text that passes. */
export function normalForm(operation: number, field: number, text: string, settings: Settings): string {
  return rules.pure((glue) => glue.normalForm(operation, field, text, relaxed(settings))) ?? text;
}

/** The place of each field in a form, in the order of the descriptor. */
export function presence(operation: number, text: string, settings: Settings): Presence[] {
  const digits = rules.pure((glue) => glue.presence(operation, text, relaxed(settings)));
  return Array.from(digits, (digit) => PRESENCES[Number(digit)] as Presence);
}

/** How far a person is with a field. */
export function typing(operation: number, field: number, text: string, settings: Settings): Typing {
  return TYPINGS[rules.pure((glue) => glue.typing(operation, field, text, relaxed(settings)))] as Typing;
}

/** The call of a snapshot that passed its check; headers still as pairs. */
export interface BuiltCall {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers: [string, string][];
  readonly body?: string;
}

export function build(
  operation: number,
  text: string,
  key: string | undefined,
  accept: readonly NoticeCode[],
  settings: Settings,
): BuiltCall {
  const row = rules.pure((glue) => glue.build(operation, text, key, [accept].flat().join(' '), relaxed(settings)));
  if (row === null) throw new CardwrightError('internal_error', 'not_sent');
  return callOf(row);
}

function callOf([method, path, headers, body]: CallRow): BuiltCall {
  return { method, path, headers, ...(body && { body }) };
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

/** The call that asks what became of an intent; nothing, if no intent can have this key. */
export function askIntent(operation: number, key: string): BuiltCall | undefined {
  const row = rules.pure((glue) => glue.askIntent(operation, key));
  return row === null ? undefined : callOf(row);
}

/** What an answer says; `over` only where it was asked about an intent. */
export type ReadAnswer =
  | { readonly state: 'done'; readonly envelope: object }
  | { readonly state: 'over' | 'failed'; readonly error: CardwrightError };

/** Reads the answer to an operation. */
export function readAnswer(operation: number, reply: Reply, messages: Messages): ReadAnswer {
  // Nothing else can be under way.
  return read(operation, false, reply, messages) as ReadAnswer;
}

/** Reads the answer about an intent; nothing, if it is under way. */
export function readAsked(operation: number, reply: Reply, messages: Messages): ReadAnswer | undefined {
  return read(operation, true, reply, messages);
}

function read(operation: number, asking: boolean, reply: Reply, messages: Messages): ReadAnswer | undefined {
  const { status, headers } = reply;
  // What a transport of the page's has parsed already is text again: nothing else gets into the wasm.
  const body = typeof reply.body === 'string' ? reply.body : (JSON.stringify(reply.body) ?? '');
  const said = rules.pure((glue) => {
    const contentType = header(headers, 'content-type');
    const retryAfter = header(headers, 'retry-after');
    const said = glue.readAnswer(operation, asking, status, contentType, retryAfter, Date.now(), body.length, body);
    return typeof said === 'number' && said > 0 ? new Int32Array(glue.memory().buffer, glue.spans(), said) : said;
  });
  if (said === null) return undefined;
  if (said === 0) {
    const envelope = JSON.parse(body) as { answer: object };
    return { state: 'done', envelope: asking ? envelope.answer : envelope };
  }
  if (said instanceof Int32Array) return { state: 'done', envelope: envelopeOf(body, said) };
  const [state, row] = said as Exclude<typeof said, number>;
  return { state, error: errorOf(row, reply, messages) };
}

function errorOf(row: AnswerRow, { status, headers }: Reply, messages: Messages): CardwrightError {
  const [code, rawCode, outcome, retryAfterMs, slug, field, requestId, issues, notices] = row;
  const details: ErrorDetails = {
    status,
    message: sentence(messages, 'errors', code),
    rawCode: rawCode ?? undefined,
    retryAfterMs: retryAfterMs ?? undefined,
    slug: slug ?? undefined,
    field: field ?? undefined,
    requestId: requestId ?? head(headers).requestId,
    issues: issues.length > 0 ? issues.map((row) => answeredIssue(row, messages)) : undefined,
    notices: notices.length > 0 ? notices.map((row) => answeredNotice(row, messages)) : undefined,
  };
  return new CardwrightError(code as ErrorCode, outcome as Outcome, details);
}

/** What stands against a card: its field, what was expected and what was found. */
export function readCard(text: string): [field: string, expected: string, found: string] | null {
  return rules.pure((glue) => glue.readCard(text));
}

/** What is legal for a card: each action, whether it is, and why not. */
export function allowedActions(status: string, scopes: string | undefined): [string, boolean, ReasonCode | undefined][] {
  const rows = rules.pure((glue) => glue.allowedActions(status, scopes));
  return rows.map(([action, allowed, code]) => [action, allowed, code === null ? undefined : nth('reasons', code)]);
}

export function isCredential(name: string): boolean {
  return rules.pure((glue) => glue.isCredential(name));
}

/** What an order says: how it ended, and how far it is. */
export function orderState(text: string, messages: Messages): OrderState {
  const row = rules.pure((glue) => glue.orderState(text));
  const [final, ending, usable, step, of, percent, stage, retrying] = row;
  const code: StageCode = nth('stages', stage);
  const progress = { step, of, percent, code, label: sentence(messages, 'stages', code) ?? '', retrying };
  return { final, result: ENDINGS[ending] as OrderState['result'], usable, progress };
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

/** What is known when an attempt has failed. */
export interface FailedAttempt {
  readonly operation: number;
  /** Whether the proxy was only asked about the intent. */
  readonly asking: boolean;
  readonly error: CardwrightError;
  /** How many attempts of the call have failed. */
  readonly failures: number;
  readonly elapsedMs: number;
  /** What is left of the client's budget. */
  readonly budget: number;
}

/** What follows: 0 to stop, so many milliseconds until it is sent again, or, negative, until the proxy is asked. */
export function repeatAfter({ operation, asking, error, failures, elapsedMs, budget }: FailedAttempt): number {
  const { code, status, retryAfterMs } = error;
  return rules.pure((glue) =>
    glue.repeatAfter(operation, asking, code, status, failures, retryAfterMs, elapsedMs, budget, Math.random()),
  );
}

function header(headers: Reply['headers'], name: string): string | undefined {
  // By what it can do: in jsdom the answer's headers are of another realm than the page's `Headers`.
  if (typeof headers.get === 'function') return (headers as Headers).get(name) ?? undefined;
  const found = Object.keys(headers).find((known) => known.length === name.length && known.toLowerCase() === name);
  const value = found === undefined ? undefined : (headers as Record<string, unknown>)[found];
  return typeof value === 'string' ? value : undefined;
}

function checkedOf([request, key, issues, notices]: CheckRow, messages: Messages): CheckedSnapshot {
  return { request, key, issues: issues.map((row) => issueOf(row, messages)), notices: notices.map((row) => noticeOf(row, messages)) };
}

export function issueOf([path, code, params]: IssueRow, messages: Messages): Issue {
  return issue(path, nth('issues', code), params, messages);
}

function issue(path: string[], code: string, pairs: ParamRow[], messages: Messages): Issue {
  const params = Object.fromEntries(pairs);
  const message = issueSentence(messages, path, code, params) ?? '';
  return Object.freeze({ path: Object.freeze(path), code: code as Issue['code'], message, params: Object.freeze(params) });
}

export function noticeOf([path, code, confirm]: NoticeRow, messages: Messages): Notice {
  return notice(path, nth('notices', code), confirm, messages);
}

function notice(path: string[], code: string, confirm: boolean, messages: Messages): Notice {
  return { path, code: code as NoticeCode, message: sentence(messages, 'notices', code) ?? '', confirm };
}

/** The proxy's own sentence stands, unless another language is asked for. */
function answeredIssue([path, code, params, message]: AnsweredIssueRow, messages: Messages): Issue {
  const known = issue(path, code, params, messages);
  return messages === en || known.message === '' ? { ...known, message } : known;
}

function answeredNotice([path, code, confirm, message]: AnsweredNoticeRow, messages: Messages): Notice {
  const known = notice(path, code, confirm, messages);
  return messages === en || known.message === '' ? { ...known, message } : known;
}
