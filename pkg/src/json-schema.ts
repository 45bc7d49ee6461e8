import type { Constraints, Descriptor } from './contract.js';
import type { JsonValue } from './json.js';

/** A JSON Schema. */
export type JsonSchema = { [keyword: string]: JsonValue };

/** Which draft a JSON Schema is asked for in. */
export interface JsonSchemaOptions {
  /** `draft-2020-12` or `draft-07`. */
  readonly target: 'draft-2020-12' | 'draft-07' | (string & {});
}

/** Unicode White_Space, which counts as blank and is trimmed, and control characters: what `\s` and `\p{Cc}` say differs between engines. */
const SPACE = '\\t-\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';
const CONTROL = '\\u0000-\\u001f\\u007f-\\u009f';
const TRIM = `[${SPACE}]*`;
const BLANK: JsonSchema = { type: ['string', 'null'], pattern: `^${TRIM}$` };

/**
 * The rules of an operation, or of its field at `path`, as JSON Schema: of what a form may hold (`forgiving`), or of the request
 * in normal form. Both drafts have every keyword used here.
 */
export function jsonSchema(descriptor: Descriptor, path: string, { target }: JsonSchemaOptions, forgiving: boolean): JsonSchema {
  const $schema =
    target === 'draft-2020-12' ? 'https://json-schema.org/draft/2020-12/schema'
    : target === 'draft-07' ? 'http://json-schema.org/draft-07/schema#'
    : undefined;
  if ($schema === undefined) throw new RangeError(`expected the target draft-2020-12 or draft-07, found ${target}`);
  const writer = new Writer(descriptor, forgiving);
  if (path === '') return { $schema, ...writer.operation() };
  return { $schema, ...writer.field(path, writer.isRequired(path)) };
}

class Writer {
  readonly #descriptor: Descriptor;
  readonly #paths: string[];
  readonly #forgiving: boolean;

  constructor(descriptor: Descriptor, forgiving: boolean) {
    this.#descriptor = descriptor;
    this.#forgiving = forgiving;
    // A key travels in a header, so it is no part of the request.
    this.#paths = Object.keys(descriptor.fields).filter((path) => forgiving || path !== 'idempotent_key');
  }

  operation(): JsonSchema {
    const { when = {}, oneOf = [] } = this.#descriptor;
    const object = this.#object('');
    const properties = object['properties'] as JsonSchema;
    const rules: JsonSchema[] = [];
    for (const [name, [on, word, required]] of Object.entries(when)) {
      const field = this.field(name, !this.#forgiving);
      const only = (schema: JsonValue): JsonSchema => ({ properties: { [name]: schema } });
      const others = this.#constraints(on).choices!.filter((other) => other !== word);
      // A form may still hold what was entered before another word was chosen; the rules leave it out unread.
      if (required) {
        rules.push({ if: this.#has(on, [word]), then: this.#given(name) });
        if (this.#forgiving) {
          properties[name] = true;
          rules.push({ if: this.#has(on, others), else: only(field) });
          continue;
        }
      }
      rules.push({ if: this.#has(on, others), then: only(this.#forgiving ? BLANK : false) });
    }
    for (const group of oneOf) rules.push({ oneOf: group.map((name) => this.#given(name)) });
    return rules.length > 0 ? { ...object, allOf: rules } : object;
  }

  /** The schema of a field; one that is not required may be blank in a form. */
  field(path: string, required: boolean): JsonSchema {
    const { choices, pattern, maxLength, max } = this.#constraints(path);
    const forgiving = this.#forgiving;
    const text = (core: string): JsonSchema =>
      required || !forgiving
        ? { type: 'string', pattern: forgiving ? `^${TRIM}(?:${core})${TRIM}$` : `^(?:${core})$` }
        : { type: ['string', 'null'], pattern: `^${TRIM}(?:(?:${core})${TRIM})?$` };
    const orBlank = (schema: JsonSchema): JsonSchema => (required || !forgiving ? schema : { anyOf: [schema, BLANK] });
    if (choices) return forgiving ? text(eitherCase(choices)) : { type: 'string', enum: [...choices] };
    if (pattern) return text(pattern.replaceAll('\\s*', ''));
    if (maxLength) {
      const end = `[^${SPACE}${CONTROL}]`;
      return forgiving
        ? text(`${end}(?:[^${CONTROL}]{0,${maxLength - 2}}${end})?`)
        : { type: 'string', minLength: 1, maxLength, pattern: `^[^${CONTROL}]*$` };
    }
    if (max) {
      const number = { type: 'integer', minimum: 1, maximum: max };
      // Digits up to a power of ten: that power, or fewer digits.
      return forgiving ? { anyOf: [number, text(`0*(?:${max}|[1-9][0-9]{0,${String(max).length - 2}})`)] } : number;
    }
    const object = this.#object(`${path}.`);
    // What has neither limits nor children is a boolean.
    if (Object.keys(object['properties'] as JsonSchema).length === 0) return orBlank({ type: 'boolean' });
    const blanks = Object.fromEntries(Object.keys(object['properties'] as JsonSchema).map((name) => [name, BLANK]));
    const untouched = { type: 'object', properties: blanks, additionalProperties: false };
    return required || !forgiving ? object : { anyOf: [object, untouched, BLANK] };
  }

  isRequired(path: string): boolean {
    return this.#constraints(path).required || this.#descriptor.inside?.includes(path) === true;
  }

  /** The closed object of the fields directly below `parents`. */
  #object(parents: string): JsonSchema {
    const names = this.#paths.filter((path) => path.startsWith(parents)).map((path) => path.slice(parents.length));
    const direct = names.filter((name) => !name.includes('.'));
    const required = direct.filter((name) => this.isRequired(parents + name));
    const properties = Object.fromEntries(direct.map((name) => [name, this.field(parents + name, required.includes(name))]));
    const object: JsonSchema = { type: 'object', properties, additionalProperties: false };
    return required.length > 0 ? { ...object, required } : object;
  }

  /** Holds where a field is there, and in a form not blank. */
  #given(name: string): JsonSchema {
    return { required: [name], properties: { [name]: this.#forgiving ? this.field(name, true) : true } };
  }

  /** Holds where a field has one of these words. */
  #has(name: string, words: readonly string[]): JsonSchema {
    const word: JsonSchema = this.#forgiving
      ? { type: 'string', pattern: `^${TRIM}(?:${eitherCase(words)})${TRIM}$` }
      : { enum: [...words] };
    return { properties: { [name]: word }, required: [name] };
  }

  #constraints(path: string): Constraints {
    return this.#descriptor.fields[path]!.constraints;
  }
}

/** Words as a pattern; their capitals may be given small, as the codes of places are read. */
function eitherCase(words: readonly string[]): string {
  return words.map((word) => word.replace(/[A-Z]/g, (capital) => `[${capital}${capital.toLowerCase()}]`)).join('|');
}
