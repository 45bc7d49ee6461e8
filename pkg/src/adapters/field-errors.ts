import type { Issue, PlainError } from '../contract.js';
import type { ErrorCode, NoticeCode } from '../generated/codes.js';

/** What to show at a field, or above the form. */
export interface FieldMessage {
  readonly code: Issue['code'] | NoticeCode | ErrorCode;
  readonly message: string;
  /** The issuer's own word, where it said no. */
  readonly slug?: string;
}

/** What a failed call means for a form. */
export interface FieldErrors {
  /** By the field's dotted path. */
  readonly fields: Readonly<Record<string, readonly FieldMessage[]>>;
  /** What is about no field. */
  readonly form: readonly FieldMessage[];
}

/**
 * Puts a failed call onto the fields of its form: broken rules the proxy found, notices to confirm, and the issuer's no where it
 * is about a field. `explain` has the sentence for an issuer's slug: `pintopay.explain`.
 */
export function toFieldErrors(
  error: Pick<PlainError, 'code' | 'message' | 'issues' | 'notices' | 'field' | 'slug'>,
  explain?: (slug: string) => { readonly message: string } | undefined,
): FieldErrors {
  const { code, message, issues = [], notices = [], field, slug } = error;
  const fields = new Map<string, FieldMessage[]>();
  const add = (path: string, found: FieldMessage) => fields.set(path, [...(fields.get(path) ?? []), found]);
  for (const found of [...issues, ...notices]) add(found.path.join('.'), { code: found.code, message: found.message });
  if (fields.size === 0) {
    const sentence = (slug !== undefined && explain?.(slug)?.message) || message;
    add(field ?? '', slug === undefined ? { code, message: sentence } : { code, message: sentence, slug });
  }
  const form = fields.get('') ?? [];
  fields.delete('');
  // Not assigned one by one: a path may be `__proto__`.
  return { fields: Object.fromEntries(fields), form };
}
