// Standard Schema v1 and Standard JSON Schema, spelled out here so that the package depends on nothing: https://standardschema.dev

import type { Checked, Descriptor, Issue, Valid } from './contract.js';
import { snapshot } from './boundary.js';
import { jsonSchema, type JsonSchema, type JsonSchemaOptions } from './json-schema.js';
import { dotted } from './path.js';
import { plainOf } from './snapshot.js';

/** An issue that stands on a field the form has: form libraries lose an issue without one, and submit. */
export interface FormIssue extends Issue {
  /** The names of a field of the operation, never empty. */
  readonly path: readonly [string, ...string[]];
}

/** What validation gives: the value, or at least one issue. */
export type Validated<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly [FormIssue, ...FormIssue[]] };

/** A schema as form libraries, routers and AI tools take one: Standard Schema v1 with Standard JSON Schema. */
export interface StandardSchema<Input, Output> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: 'cardwright';
    /** Judges a value of any kind. Synchronous; never throws. */
    readonly validate: (value: unknown) => Validated<Output>;
    /** For the compiler only; never set. */
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
    /** The same rules as JSON Schema, as far as it can say them; throws for a target it does not know. */
    readonly jsonSchema: {
      readonly input: (options: JsonSchemaOptions) => JsonSchema;
      readonly output: (options: JsonSchemaOptions) => JsonSchema;
    };
  };
}

/** The schema of an operation: forgiving values in, the request in normal form out. */
export function schemaOf<Input, Request>(
  descriptor: Descriptor,
  check: (values: unknown) => Checked<Request>,
): StandardSchema<Input, Valid<Request>> {
  const paths = Object.keys(descriptor.fields);
  return standard(descriptor, '', (values) => {
    const checked = check(values);
    return checked.ok ? { value: checked.request } : { issues: onFields(checked.issues, paths, descriptor.whole) };
  });
}

/** The schema of one field: a value of the form in, the same value out, as the plain data that was judged. */
export function fieldSchemaOf<Value>(
  descriptor: Descriptor,
  path: string,
  judge: (text: string) => readonly Issue[],
): StandardSchema<Value, Value> {
  return standard(descriptor, path, (value) => {
    const text = snapshot(value);
    const issues = judge(text);
    if (issues.length > 0) return { issues: onFields(issues, Object.keys(descriptor.fields), path) };
    return { value: plainOf(text) as Value };
  });
}

function standard<Input, Output>(
  descriptor: Descriptor,
  path: string,
  validate: (value: unknown) => Validated<Output>,
): StandardSchema<Input, Output> {
  return {
    '~standard': {
      version: 1,
      vendor: 'cardwright',
      validate,
      jsonSchema: {
        input: (options) => jsonSchema(descriptor, path, options, true),
        output: (options) => jsonSchema(descriptor, path, options, path !== ''),
      },
    },
  };
}

/**
 * Moves each issue to a field that the form has. A name it has not (`root`, `__proto__`, an empty one) is a place that some
 * form libraries reserve or drop, and a dropped issue looks like a valid form; the name is kept in `params.name`.
 */
function onFields(issues: readonly Issue[], paths: readonly string[], whole: string): [FormIssue, ...FormIssue[]] {
  return issues.map((issue) => {
    let { path } = issue;
    while (path[0] && !paths.includes(dotted(path))) path = path.slice(0, -1);
    if (path[0] && path === issue.path) return issue;
    const name = issue.path.join('.');
    return { ...issue, path: path[0] ? path : whole.split('.'), params: name ? { ...issue.params, name } : issue.params };
  }) as [FormIssue, ...FormIssue[]];
}
