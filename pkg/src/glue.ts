/** An issue as it crosses: path, the code's place, params. */
export type IssueRow = [string[], number, ParamRow[]];
/** What is said beside a code: name, value. */
export type ParamRow = [string, string | number | string[]];
/** A notice as it crosses: path, the code's place, confirm. */
export type NoticeRow = [string[], number, boolean];
/** What a check says: request, key, issues, notices. */
export type CheckRow = [string | null, string | null, IssueRow[], NoticeRow[]];
/** An issue of an answer: path, code, params, the proxy's sentence. */
export type AnsweredIssueRow = [string[], string, ParamRow[], string];
/** A notice of an answer: path, code, confirm, the proxy's sentence. */
export type AnsweredNoticeRow = [string[], string, boolean, string];
/** A call as it crosses: method, path, headers, body. */
export type CallRow = ['GET' | 'POST', string, [string, string][], string | null];
/** A failure as it crosses: code, raw code, outcome, the wait asked for, slug, field, request id, issues, notices. */
export type AnswerRow = [
  string, string | null, string, number | null, string | null, string | null, string | null, AnsweredIssueRow[], AnsweredNoticeRow[],
];

/** A row that passed: its number, its key, the request, the idempotency key in it, notices. */
export type TakenRow = [number, string | null, string, string | null, NoticeRow[]];
/** An issue that rows have, and its column. */
export type ShapeRow = [...IssueRow, string | null];
/** What many rows come to: rows, valid ones, issues, whether all was read, shapes, keys that stand twice, where the pairs are, how many. */
export type BulkRow = [number, number, number, boolean, ShapeRow[], [string, number[]][], number, number];

/** One instance of a module. Made by `createGlue`. */
export interface Instance {
  readonly imports: WebAssembly.ModuleImports;
  start(exports: WebAssembly.Exports | Record<string, unknown>): void;
  /** All of the instance's memory, as it is now. */
  memory(): Uint8Array;
}

/** What the module of rows exports. */
export interface RowsGlue extends Instance {
  bulkBegin(
    operation: number,
    format: string,
    relaxed: number,
    rowKey: string | undefined,
    columns: string,
    mostIssues: number,
    collects: boolean,
  ): boolean;
  bulkRoom(bytes: number): number;
  bulkRead(bytes: number, last: boolean): number;
  bulkReadUtf16(units: number): number;
  bulkTake(): TakenRow[];
  bulkEnd(): BulkRow;
}

/** What the module of rules exports. */
export interface Glue extends Instance {
  check(operation: number, snapshot: string, key: string | undefined, relaxed: number): CheckRow;
  checkForm(operation: number, snapshot: string, relaxed: number): [CheckRow, string, number];
  checkField(operation: number, field: number, snapshot: string, relaxed: number): IssueRow[];
  normalForm(operation: number, field: number, text: string, relaxed: number): string | undefined;
  presence(operation: number, snapshot: string, relaxed: number): string;
  typing(operation: number, field: number, snapshot: string, relaxed: number): number;
  room(): number;
  judge(operation: number, bytes: number, relaxed: number): number;
  verdict(operation: number, field: number, bytes: number, relaxed: number): number;
  explain(operation: number, word: number): IssueRow;
  build(
    operation: number,
    snapshot: string,
    key: string | undefined,
    accepted: string,
    relaxed: number,
  ): CallRow | null;
  readAnswer(
    operation: number,
    asking: boolean,
    status: number,
    contentType: string | undefined,
    retryAfter: string | undefined,
    nowMs: number,
    letters: number,
    body: string,
  ): number | null | ['over' | 'failed', AnswerRow];
  spans(): number;
  askIntent(operation: number, key: string): CallRow | null;
  readCard(snapshot: string): [string, string, string] | null;
  allowedActions(status: string, scopes?: string): [string, boolean, number | null][];
  orderState(snapshot: string): [boolean, number, boolean, number, number, number, number, boolean];
  orderAdvances(seen: string, next: string): boolean;
  pollAfter(polls: number, activeMs: number, limitMs: number, chance: number): number;
  pollAgain(code: string): boolean;
  isCredential(name: string): boolean;
  repeatAfter(
    operation: number,
    asking: boolean,
    code: string,
    status: number | undefined,
    attempts: number,
    askedMs: number | undefined,
    elapsedMs: number,
    budget: number,
    chance: number,
  ): number;
  send(request: Request): Promise<Response>;
}
