/** Any value JSON can express. */
export type JsonValue = string | number | boolean | null | JsonValue[] | { [name: string]: JsonValue | undefined };

declare const unrecognized: unique symbol;

/**
 * A word the issuer uses and we do not know. It is a plain string; the brand only keeps it apart from the known words, so
 * that a `switch` over them stays exhaustive.
 */
export type Unrecognized = string & { readonly [unrecognized]: true };
