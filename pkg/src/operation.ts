import { build, check, checkField, head, isCredential, readAnswer, snapshot } from './boundary.js';
import type { Call, Checked, Constraints, Descriptor, Issue, Meta, Notice, Read, Reply, Valid } from './contract.js';
import { CardwrightError, isCardwrightError } from './error.js';
import { ERRORS, KEY_HEADER, type NoticeCode } from './generated/codes.js';
import { own } from './own.js';
import { fieldSchemaOf, schemaOf, type StandardSchema } from './standard-schema.js';

/** One field of an operation. */
export interface OperationField<Value> extends StandardSchema<Value, Value> {
  /** What people call it, as it stands in the middle of a sentence. */
  readonly label: string;
  /** What a form control can be told about it. */
  readonly constraints: Constraints;
  /** Checks the field alone, as a person types it; rules that look at other fields do not apply. */
  check(value: unknown): readonly Issue[];
}

/** What may be said when a call is built by hand. */
export interface BuildOptions {
  /** The intent's key; writes need one, here or in the values. */
  idempotencyKey?: string;
  /** The notices the person accepted. */
  accept?: readonly NoticeCode[];
}

/** What a form holds at a dotted path. */
export type ValueAt<Input, Path extends string> = Path extends `${infer Parent}.${infer Child}`
  ? ValueAt<NonNullable<Input[Parent & keyof Input]>, Child>
  : Input[Path & keyof Input];

/** One thing that can be asked of an issuer. */
export interface Operation<Input, Request, Data, Path extends string> extends StandardSchema<Input, Valid<Request>> {
  /** Its name: `ingo.issueCard`. */
  readonly name: string;
  /** Every field by its dotted path. */
  readonly fields: { readonly [At in Path]: OperationField<ValueAt<Input, At>> };
  /** Checks values against every rule. Synchronous; never throws. */
  check(values: Input): Checked<Request>;
  /** Builds the request to the proxy, for a transport of your own. Throws a `CardwrightError` if a rule is broken. */
  build(values: Input, options?: BuildOptions): Call;
  /** Reads the proxy's answer, from a transport of your own. */
  read(reply: Reply): Read<Data>;
  /** The values without the names this operation does not know. Names of credentials stay, so that the check refuses them. */
  pick(values: Readonly<Record<string, unknown>>): Partial<Input>;
}

/** Makes the JavaScript face of a descriptor; `dataOf` turns its envelope into the data that callers get. */
export function operation<Input, Request, Data, const D extends Descriptor>(
  descriptor: D,
  dataOf: (body: string) => Data,
): Operation<Input, Request, Data, Extract<keyof D['fields'], string>> {
  type Fields = Operation<Input, Request, Data, Extract<keyof D['fields'], string>>['fields'];
  const { name } = descriptor;
  const fields = Object.entries(descriptor.fields).map(([path, { label, constraints }]) => {
    const judge = (text: string): readonly Issue[] => guarded(() => checkField(name, path, text));
    const checkOne = (value: unknown) => judge(snapshot(value));
    return [path, { label, constraints, check: checkOne, ...fieldSchemaOf(descriptor, path, judge) }] as const;
  });
  const checkAll = (values: unknown): Checked<Request> => {
    let checked: ReturnType<typeof check> | undefined;
    const issues = guarded(() => (checked = check(name, snapshot(values), undefined)).issues);
    return checked?.request != null
      ? { ok: true, request: JSON.parse(checked.request) as Valid<Request>, notices: checked.notices }
      : { ok: false, issues };
  };
  return {
    ...schemaOf<Input, Request>(descriptor, checkAll),
    name,
    fields: Object.fromEntries(fields) as unknown as Fields,
    check: checkAll,
    build: (values, options = {}) => {
      const { idempotencyKey, accept = [] } = own(options);
      const text = snapshot(values);
      const checked = check(name, text, idempotencyKey);
      refuse(checked.issues, checked.notices, accept);
      const { method, path, headers, body } = build(name, text, idempotencyKey, accept);
      if (descriptor.safety !== 'read' && !headers.some(([header]) => header === KEY_HEADER)) {
        throw new CardwrightError('key_missing', 'not_sent');
      }
      return { operation: name, method, path, headers: Object.fromEntries(headers), body };
    },
    read: (reply) => {
      const error = readAnswer(name, reply);
      if (error !== null) return { ok: false, error };
      const meta: Meta = { status: reply.status, attempts: 1, ...head(reply.headers) };
      return { ok: true, data: dataOf(reply.body), meta };
    },
    pick: (values) => {
      const known = Object.keys(descriptor.fields);
      return pickBelow(values, known, '') as Partial<Input>;
    },
  };
}

/** Throws what stands against sending: broken rules first, then notices the person has not accepted. */
export function refuse(issues: readonly Issue[], notices: readonly Notice[], accept: readonly NoticeCode[]): void {
  if (issues.length > 0) throw new CardwrightError('invalid_request', 'not_sent', { issues });
  const open = notices.filter((notice) => notice.confirm && !accept.includes(notice.code));
  if (open.length > 0) throw new CardwrightError('confirmation_required', 'not_sent', { notices: open });
}

/** Issues instead of an exception: what goes wrong inside never looks like a valid input. */
function guarded(issues: () => readonly Issue[]): readonly Issue[] {
  try {
    return issues();
  } catch (cause) {
    const code = isCardwrightError(cause) && cause.code === 'wasm_unavailable' ? cause.code : 'internal_error';
    return [{ path: [], code, message: ERRORS[code][0], params: {} }];
  }
}

function pickBelow(values: object, known: readonly string[], parents: string): Record<string, unknown> {
  const picked: Record<string, unknown> = {};
  for (const name of Object.keys(values)) {
    const path = parents + name;
    const value = (values as Record<string, unknown>)[name];
    const children = known.some((field) => field.startsWith(`${path}.`));
    if (known.includes(path)) {
      define(picked, name, children && isObject(value) ? pickBelow(value, known, `${path}.`) : value);
    } else if (isCredential(name) || holdsCredential(value, [])) {
      define(picked, name, value);
    }
  }
  return picked;
}

/** An own property, whatever somebody put on `Object.prototype`. */
function define(object: object, name: string, value: unknown): void {
  Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
}

function holdsCredential(value: unknown, above: readonly object[]): boolean {
  if (!isObject(value) || above.includes(value) || above.length > 32) return false;
  return Object.entries(value).some(([name, below]) => isCredential(name) || holdsCredential(below, [...above, value]));
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
