import type { Issue } from '../contract.js';
import type { FormIssue, StandardSchema } from '../standard-schema.js';

/** The errors of react-hook-form, nested as its values are: the code as `type`, so that it is not lost. */
export type RHFErrors = {
  [name: string]: { type: Issue['code']; message: string } | RHFErrors | undefined;
};

/** Issues as react-hook-form's nested errors. Of several at one field the first is shown. */
export function toRHFErrors(issues: readonly FormIssue[]): RHFErrors {
  // Without a prototype no name of a path can reach one.
  const level = () => Object.create(null) as RHFErrors;
  const errors = level();
  for (const { path, code: type, message } of issues) {
    let at = errors;
    for (const name of path) at = (at[name] ??= level()) as RHFErrors;
    if (!('type' in at)) Object.assign(at, { type, message });
  }
  return errors;
}

/** What a resolver gives to react-hook-form; where there are errors, nothing can be read as values. */
export type RHFResult<Output> = { values: Output; errors: {} } | { values: never; errors: RHFErrors };

/**
 * A resolver for react-hook-form: `useForm({ resolver: rhfResolver(ingo.issueCard) })`. The one of @hookform/resolvers works too,
 * and loses the codes.
 */
export function rhfResolver<Input, Output>(schema: StandardSchema<Input, Output>): (values: Input) => RHFResult<Output> {
  return (values) => {
    const result = schema['~standard'].validate(values);
    if (result.issues === undefined) return { values: result.value, errors: {} };
    return { values: {} as never, errors: toRHFErrors(result.issues) };
  };
}
