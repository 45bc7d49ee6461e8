import type { Issue, Valid } from '../contract.js';
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

/**
 * A resolver for react-hook-form: `useForm({ resolver: rhfResolver(ingo.issueCard) })`. The one of @hookform/resolvers works too,
 * and loses the codes.
 */
export function rhfResolver<Input, Output>(schema: StandardSchema<Input, Output>) {
  return (values: Input): { values: Output; errors: {} } | { values: {}; errors: RHFErrors } => {
    const { value, issues } = schema['~standard'].validate(values) as { value?: Output; issues?: readonly FormIssue[] };
    return issues === undefined ? { values: value as Output, errors: {} } : { values: {}, errors: toRHFErrors(issues) };
  };
}
