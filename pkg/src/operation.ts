import { askIntent, build, check, checkField, head, isCredential, presence, readAnswer, readAsked, snapshot, typing } from './boundary.js';
import type { Asked, Call, Checked, Constraints, Descriptor, Issue, Meta, Notice, Read, Reply, Valid } from './contract.js';
import { checkMany } from './bulk/later.js';
import type { CheckedMany, CheckManyOptions, RowSource } from './bulk/contract.js';
import { CardwrightError, isCardwrightError, type ErrorDetails } from './error.js';
import { valuesOf, type FormEntries } from './form-data.js';
import { form, type Form } from './form.js';
import { KEY_HEADER, type ErrorCode, type NoticeCode, type Presence, type Typing } from './generated/codes.js';
import { objectOf } from './level.js';
import { sentence, type Messages } from './messages.js';
import { define, own } from './own.js';
import { dotted } from './path.js';
import { QuickCheck } from './quick.js';
import { DEFAULTS, changed, under, type OperationSettings, type Settings } from './settings.js';
import { isPlain } from './snapshot.js';
import { fieldSchemaOf, schemaOf, type StandardSchema } from './standard-schema.js';

/** One field of an operation. */
export interface OperationField<Value> extends StandardSchema<Value, Value> {
  /** What people call it, as it stands in the middle of a sentence. */
  readonly label: string;
  /** What a form control can be told about it. */
  readonly constraints: Constraints;
  /** Checks the field alone, as a person types it; rules that look at other fields do not apply. */
  check(value: unknown): readonly Issue[];
  /**
   * How far a person is with the field: `empty`, `incomplete` (it passes once the right characters are appended), `invalid`
   * (whatever is appended) or `valid`. Rules that look at other fields do not apply.
   */
  typing(value: unknown): Typing;
}

/** What may be said when a call is built by hand. */
export interface BuildOptions {
  /** The intent's key; writes need one, here or in the values. */
  idempotencyKey?: string | undefined;
  /** The notices the person accepted. */
  accept?: readonly NoticeCode[] | undefined;
}

/** What a form holds at a dotted path. */
export type ValueAt<Input, Path extends string> = Path extends `${infer Parent}.${infer Child}`
  ? ValueAt<NonNullable<Input[Parent & keyof Input]>, Child>
  : Input[Path & keyof Input];

/** One thing that can be asked of an issuer. */
export interface Operation<Input, Request, Data, Path extends string> extends StandardSchema<Input, Valid<Request>> {
  /** Its name: `ingo.issueCard`. */
  readonly name: string;
  /** What may be done when an answer is lost. */
  readonly safety: Descriptor['safety'];
  /** Every field by its dotted path. */
  readonly fields: { readonly [At in Path]: OperationField<ValueAt<Input, At>> };
  /** Checks values against every rule. Synchronous; never throws. */
  check(values: Input): Checked<Request>;
  /**
   * Checks many rows: text, bytes, a file or a stream of JSON, NDJSON or CSV. In slices, so that the page goes on, or in a worker.
   * Rejects only when aborted, or when the source is none or cannot be read.
   */
  checkMany(source: RowSource, options?: CheckManyOptions<Path>): Promise<CheckedMany<Request>>;
  /** Builds the request to the proxy, for a transport of your own. Throws a `CardwrightError` if a rule is broken. */
  build(values: Input, options?: BuildOptions): Call;
  /** Reads the proxy's answer, from a transport of your own. */
  read(reply: Reply): Read<Data>;
  /** Builds the request that asks the proxy what became of an intent. Throws a `CardwrightError` if no intent can have this key. */
  ask(key: string): Call;
  /** Reads the answer to it. */
  readAsked(reply: Reply): Asked<Data>;
  /** The values without the names this operation does not know. Names of credentials stay, so that the check refuses them. */
  pick(values: object): Input;
  /**
   * The values of a submitted form: dotted names become nested, a checkbox a boolean, and what a framework added by itself is
   * left out. What cannot be used (a file, a name given twice) is kept for the check to refuse; it never throws.
   */
  fromFormData(entries: FormEntries): Input;
  /** Which fields are needed now, which may be given, and which have no place. Never throws. */
  presence(values: Partial<Input>): Readonly<Record<Path, Presence>>;
  /** A form that remembers its values, so that a keystroke costs one field. */
  form(initial?: Partial<Input>): Form<Input, Request, Path>;
  /** How it reads and speaks. */
  readonly settings: Settings;
  /** The same operation under other settings; what is not given stays as it is. */
  with(settings: OperationSettings): this;
}

/** Of a write that is sent again: the issuer knows its key, it ends in the same state, or it is sent only once. */
export type WriteSafety = 'keyed' | 'convergent' | 'once';

/** An operation that changes something, and so is meant once. */
export type Write<Input, Request, Data, Path extends string = never, Safety extends WriteSafety = WriteSafety> = Operation<Input, Request, Data, Path> & {
  readonly safety: Safety;
};

/** Makes the JavaScript face of a descriptor; `dataOf` turns its envelope into the data that callers get. */
export function operation<Input, Request, Data, const D extends Descriptor>(
  plain: D,
  dataOf: (envelope: object) => Data,
  settings: Settings = DEFAULTS,
): Operation<Input, Request, Data, Extract<keyof D['fields'], string>> & { readonly safety: D['safety'] } {
  type Fields = Operation<Input, Request, Data, Extract<keyof D['fields'], string>>['fields'];
  const descriptor: Descriptor = under(settings, plain);
  const { name, place, safety } = descriptor;
  const { messages } = settings;
  const fields = Object.entries(descriptor.fields).map(([path, { constraints }], at) => {
    const label = sentence(messages, 'labels', path) ?? path;
    const judge = (text: string) => guarded(messages, () => checkField(place, at, text, settings));
    const checkOne = (value: unknown) => judge(snapshot(value));
    const typed = (value: unknown): Typing => orElse('invalid', () => typing(place, at, snapshot(value), settings));
    return [path, { label, constraints, check: checkOne, typing: typed, ...fieldSchemaOf(descriptor, path, judge) }] as const;
  });
  const paths = Object.keys(descriptor.fields);
  const quick = new QuickCheck<Request>(descriptor, settings);
  const checkAll = (given: unknown): Checked<Request> => {
    const level = quick.read(given);
    const known = level && quick.check(level);
    if (known !== undefined) return known;
    // What was read is not read again: a getter may tell.
    const all = checkWhole(level === undefined ? given : objectOf(level, paths));
    if (level !== undefined) quick.learn(level, all);
    return all;
  };
  const checkWhole = (values: unknown): Checked<Request> => {
    let checked: ReturnType<typeof check> | undefined;
    const issues = guarded(messages, () => (checked = check(place, snapshot(values), undefined, settings)).issues);
    return checked?.request != null
      ? { ok: true, request: JSON.parse(checked.request) as Valid<Request>, notices: checked.notices }
      : { ok: false, issues };
  };
  const places = (text: string): Record<string, Presence> => {
    const always = Object.values(descriptor.fields).map(({ constraints }) => (constraints.required ? 'required' : 'optional'));
    const now = orElse(always, () => presence(place, text, settings));
    return Object.fromEntries(paths.map((path, at) => [path, now[at] as Presence]));
  };
  return {
    ...schemaOf<Input, Request>(descriptor, checkAll),
    name,
    safety,
    settings,
    fields: Object.fromEntries(fields) as unknown as Fields,
    check: checkAll,
    checkMany: (source: RowSource, options?: CheckManyOptions) => checkMany<Request>(descriptor, settings, source, options),
    build: (values, options = {}) => {
      const { idempotencyKey, accept = [] } = own(options);
      const text = snapshot(values);
      const checked = check(place, text, idempotencyKey, settings);
      refuse(checked.issues, checked.notices, accept, messages);
      const call = build(place, text, idempotencyKey, accept, settings);
      if (safety !== 'read' && !call.headers.some(([header]) => header === KEY_HEADER)) {
        throw new CardwrightError('key_missing', 'not_sent', { message: sentence(messages, 'errors', 'key_missing') });
      }
      return { ...call, operation: name, headers: Object.fromEntries(call.headers) };
    },
    read: (reply) => {
      const answer = readAnswer(place, reply, messages);
      if (answer.state !== 'done') return { ok: false, error: answer.error };
      const meta: Meta = { status: reply.status, attempts: 1, ...head(reply.headers) };
      return { ok: true, data: dataOf(answer.envelope), meta };
    },
    ask: (key) => {
      const call = askIntent(place, key);
      if (call === undefined) {
        throw new CardwrightError('intent_not_found', 'unknown', { message: sentence(messages, 'errors', 'intent_not_found') });
      }
      return { ...call, operation: name, headers: Object.fromEntries(call.headers) };
    },
    readAsked: (reply) => {
      const answer = readAsked(place, reply, messages);
      if (answer === undefined) return { state: 'running' };
      if (answer.state !== 'done') return answer;
      const meta: Meta = { status: reply.status, attempts: 1, ...head(reply.headers), replayed: true };
      return { state: 'done', data: dataOf(answer.envelope), meta };
    },
    pick: (values) => pickBelow(values, paths, '') as Input,
    fromFormData: (entries) => valuesOf(descriptor, entries) as Input,
    presence: (values) => places(snapshot(values)) as Record<Extract<keyof D['fields'], string>, Presence>,
    form: (initial = {}) =>
      form({ descriptor, settings, failed: (cause) => failed(messages, cause), presence: places }, initial as Input),
    with: (given: OperationSettings) => operation<Input, Request, Data, D>(plain, dataOf, changed(settings, given)),
  } as Operation<Input, Request, Data, Extract<keyof D['fields'], string>> & { readonly safety: D['safety'] };
}

/** Throws what stands against sending: broken rules first, then notices the person has not accepted. */
export function refuse(
  issues: readonly Issue[],
  notices: readonly Notice[],
  accept: readonly NoticeCode[],
  messages: Messages,
): void {
  const refusal = (code: ErrorCode, what: ErrorDetails) =>
    new CardwrightError(code, 'not_sent', { ...what, message: sentence(messages, 'errors', code) });
  if (issues.length > 0) throw refusal('invalid_request', { issues });
  const open = notices.filter((notice) => notice.confirm && !accept.includes(notice.code));
  if (open.length > 0) throw refusal('confirmation_required', { notices: open });
}

/** Issues instead of an exception: what goes wrong inside never looks like a valid input. */
function guarded(messages: Messages, issues: () => readonly Issue[]): readonly Issue[] {
  try {
    return issues();
  } catch (cause) {
    return [failed(messages, cause)];
  }
}

function failed(messages: Messages, cause: unknown): Issue {
  const known = isCardwrightError(cause) && (cause.code === 'wasm_unavailable' || cause.code === 'wasm_missing');
  const code = known ? cause.code : 'internal_error';
  return { path: [], code, message: sentence(messages, 'errors', code) ?? '', params: {} };
}

/** Something else instead of an exception. */
function orElse<T>(otherwise: T, say: () => T): T {
  try {
    return say();
  } catch {
    return otherwise;
  }
}

function pickBelow(values: object, known: readonly string[], parents: string): Record<string, unknown> {
  const picked: Record<string, unknown> = {};
  for (const name of Object.keys(values)) {
    const path = parents + dotted([name]);
    const value = (values as Record<string, unknown>)[name];
    const children = known.some((field) => field.startsWith(`${path}.`));
    if (known.includes(path)) {
      define(picked, name, children && isPlain(value) ? pickBelow(value, known, `${path}.`) : value);
    } else if (isCredential(name) || holdsCredential(value, [])) {
      define(picked, name, value);
    }
  }
  return picked;
}

function holdsCredential(value: unknown, above: readonly object[]): boolean {
  if (!isObject(value) || above.includes(value) || above.length > 32) return false;
  return Object.entries(value).some(([name, below]) => isCredential(name) || holdsCredential(below, [...above, value]));
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
