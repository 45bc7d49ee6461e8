/** No input is longer than this; the rules refuse what is cut here. */
const LONGEST = 16 * 1024;
const DEEPEST = 32;

/**
 * Writes a value as JSON text, reading each own enumerable key once. What JSON cannot express is written as `#word`, which
 * the rules answer with an issue. Nothing of the value is called but its getters, and what they throw is caught.
 */
export function snapshot(value: unknown): string {
  const writer = { text: '', above: [] as object[] };
  write(writer, value);
  return writer.text;
}

const TEXT_OR_WORD = /("(\\.|[^"])*?")|#\w+/g;

/** The plain data of a snapshot that passed. What JSON cannot express stood where nobody judges, and is null. */
export function plainOf(text: string): unknown {
  return JSON.parse(text.replace(TEXT_OR_WORD, (_, quoted?: string) => quoted ?? 'null'));
}

interface Writer {
  text: string;
  above: object[];
}

function write(writer: Writer, value: unknown): void {
  switch (typeof value) {
    case 'string':
      writer.text += isWhole(value) ? quoted(value) : '#lone_surrogate';
      return;
    case 'boolean':
      writer.text += value ? 'true' : 'false';
      return;
    case 'number':
      writer.text += Number.isFinite(value) ? String(value) : '#non_finite';
      return;
    case 'undefined':
      writer.text += 'null';
      return;
    case 'object':
      writer.text += value === null ? 'null' : '';
      if (value !== null) writeObject(writer, value);
      return;
    default:
      writer.text += value === UNREADABLE ? '#unreadable' : `#${typeof value}`;
  }
}

function writeObject(writer: Writer, value: object): void {
  const kind = kindOf(value);
  if (kind !== 'plain' && kind !== 'list') {
    writer.text += kind;
    return;
  }
  if (writer.above.includes(value)) {
    writer.text += '#cycle';
    return;
  }
  // One level more than the rules allow, so that they are the ones who refuse it.
  if (writer.above.length > DEEPEST) {
    writer.text += 'null';
    return;
  }
  writer.above.push(value);
  if (kind === 'list') writeList(writer, value as unknown[]);
  else writeMembers(writer, value as Record<string, unknown>);
  writer.above.pop();
}

function writeMembers(writer: Writer, object: Record<string, unknown>): void {
  let names: string[];
  try {
    names = Object.keys(object);
  } catch {
    writer.text += '#unreadable';
    return;
  }
  let separator = '{';
  for (const name of names) {
    if (writer.text.length > LONGEST) break;
    const value = member(object, name);
    if (value === undefined) continue;
    writer.text += `${separator}${quoted(isWhole(name) ? name : '\ufffd')}:`;
    separator = ',';
    write(writer, value);
  }
  writer.text += separator === '{' ? '{}' : '}';
}

function writeList(writer: Writer, list: unknown[]): void {
  const items = list as unknown as Record<string, unknown>;
  const length = member(items, 'length');
  writer.text += '[';
  for (let at = 0; typeof length === 'number' && at < length && writer.text.length <= LONGEST; at++) {
    if (at > 0) writer.text += ',';
    write(writer, member(items, String(at)));
  }
  writer.text += ']';
}

const UNREADABLE = Symbol('unreadable');

function member(object: Record<string, unknown>, name: string): unknown {
  try {
    return object[name];
  } catch {
    return UNREADABLE;
  }
}

/** A plain object's prototype is null, or has none itself: also one from another realm, such as a frame or jsdom. */
function kindOf(value: object): 'plain' | 'list' | '#class_instance' | '#unreadable' {
  try {
    if (Array.isArray(value)) return 'list';
    const prototype: object | null = Object.getPrototypeOf(value);
    const isPlain = prototype === Object.prototype || prototype === null || Object.getPrototypeOf(prototype) === null;
    return isPlain ? 'plain' : '#class_instance';
  } catch {
    return '#unreadable';
  }
}

/** Whether a value is an object whose own members are all there is to it. */
export function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && kindOf(value) === 'plain';
}

/** `JSON.stringify` of a string calls nothing that a page could have replaced on a prototype. */
function quoted(text: string): string {
  return JSON.stringify(text.length > LONGEST ? text.slice(0, LONGEST) + '_' : text);
}

/** A whole pair is one character of another kind. */
const LONE = /[\ud800-\udfff]/u;

/** Whether text has no half of a surrogate pair. */
export function isWhole(text: string): boolean {
  return !LONE.test(text);
}
