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
export const CONTROL = '\\u0000-\\u001f\\u007f-\\u009f';
const TRIM = `[${SPACE}]*`;
/** A character that may stand first or last. */
export const EDGE = `[^${SPACE}${CONTROL}]`;
const BLANK: JsonSchema = { type: ['string', 'null'], pattern: `^${TRIM}$` };

const DRAFTS = [
  ['draft-2020-12', 'https://json-schema.org/draft/2020-12/schema'],
  ['draft-07', 'http://json-schema.org/draft-07/schema#'],
] as const;

/**
 * The rules of an operation, or of its field at `path`, as JSON Schema: of what a form may hold (`forgiving`), or of the request
 * in normal form. Both drafts have every keyword used here.
 */
export function jsonSchema(descriptor: Descriptor, path: string, { target }: JsonSchemaOptions, forgiving: boolean): JsonSchema {
  const { fields, inside = [], when = {}, oneOf = [] } = descriptor;
  // A key travels in a header, so it is no part of the request.
  const paths = Object.keys(fields).filter((at) => forgiving || at !== 'idempotent_key');
  const limits = (at: string): Constraints => fields[at]!.constraints;
  const isRequired = (at: string): boolean => limits(at).required || inside.includes(at);

  /** The closed object of the fields directly below `parents`. */
  const object = (parents: string): JsonSchema & { properties: JsonSchema } => {
    const names = paths.filter((at) => at.startsWith(parents)).map((at) => at.slice(parents.length));
    const direct = names.filter((name) => !name.includes('.'));
    const required = direct.filter((name) => isRequired(parents + name));
    const properties = Object.fromEntries(direct.map((name) => [name, field(parents + name, required.includes(name))]));
    const closed = { type: 'object', properties, additionalProperties: forgiving && descriptor.open === true };
    return required[0] ? { ...closed, required } : closed;
  };

  /** A field; one that is not required may be blank in a form. */
  const field = (at: string, required: boolean): JsonSchema => {
    const { choices, pattern, maxLength, max } = limits(at);
    const always = required || !forgiving;
    const text = (core: string): JsonSchema => {
      if (!forgiving) return { type: 'string', pattern: `^(?:${core})$` };
      return required ? padded(core) : { type: ['string', 'null'], pattern: `^${TRIM}(?:(?:${core})${TRIM})?$` };
    };
    if (choices) return forgiving ? text(eitherCase(choices)) : { type: 'string', enum: [...choices] };
    if (pattern) return text(pattern.replaceAll('\\s*', ''));
    if (maxLength) {
      return forgiving
        ? text(`${EDGE}(?:[^${CONTROL}]{0,${maxLength - 2}}${EDGE})?`)
        : { type: 'string', minLength: 1, maxLength, pattern: `^${EDGE}(?:[^${CONTROL}]*${EDGE})?$` };
    }
    if (max) {
      const number = { type: 'integer', minimum: 1, maximum: max };
      // Digits up to a power of ten: that power, or fewer digits.
      return forgiving ? { anyOf: [number, text(`0*(?:${max}|[1-9][0-9]{0,${String(max).length - 2}})`)] } : number;
    }
    const below = object(`${at}.`);
    const names = Object.keys(below.properties);
    // What has neither limits nor children is a boolean.
    if (!names[0]) return always ? { type: 'boolean' } : { anyOf: [{ type: 'boolean' }, BLANK] };
    const untouched = { ...below, properties: Object.fromEntries(names.map((name) => [name, BLANK])), required: [] };
    return always ? below : { anyOf: [below, untouched, BLANK] };
  };

  /** Holds where a field is there, and in a form not blank. */
  const given = (name: string): JsonSchema => ({ required: [name], properties: { [name]: !forgiving || field(name, true) } });

  /** Holds where a field has one of these words. */
  const has = (name: string, words: readonly string[]): JsonSchema => ({
    required: [name],
    properties: { [name]: forgiving ? padded(eitherCase(words)) : { enum: [...words] } },
  });

  const operation = (): JsonSchema => {
    const whole = object('');
    const rules: JsonSchema[] = oneOf.map((group) => ({ oneOf: group.map(given) }));
    for (const [name, [on, word, required]] of Object.entries(when)) {
      const others = has(on, limits(on).choices!.filter((other) => other !== word));
      if (required) rules.push({ if: has(on, [word]), then: given(name) });
      if (required && forgiving) {
        // A form may still hold what was entered before another word was chosen; the rules leave it out unread.
        rules.push({ if: others, else: { properties: { [name]: whole.properties[name] } } });
        whole.properties[name] = true;
      } else {
        rules.push({ if: others, then: { properties: { [name]: forgiving && BLANK } } });
      }
    }
    return rules[0] ? { ...whole, allOf: rules } : whole;
  };

  const $schema = DRAFTS.find(([draft]) => draft === target)?.[1];
  if (!$schema) throw new RangeError(`expected the target draft-2020-12 or draft-07, found ${target}`);
  return { $schema, ...(path ? field(path, isRequired(path)) : operation()) };
}

/** Text that holds this and, around it, what is trimmed. */
function padded(core: string): JsonSchema {
  return { type: 'string', pattern: `^${TRIM}(?:${core})${TRIM}$` };
}

/** Words as a pattern; their capitals may be given small, as the codes of places are read. */
function eitherCase(words: readonly string[]): string {
  return words.map((word) => word.replace(/[A-Z]/g, (capital) => `[${capital}${capital.toLowerCase()}]`)).join('|');
}
