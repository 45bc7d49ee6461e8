import { CardwrightError } from './error.js';

/** A new idempotency key: 144 random bits. */
export function newKey(): string {
  try {
    return base64url(crypto.getRandomValues(new Uint8Array(18)));
  } catch (cause) {
    // Never `Math.random`: a key that can be guessed, or drawn twice, shows one person's card to another.
    throw unavailable(cause);
  }
}

/**
 * Makes a key of what the intent is about: `await keyFrom('onboarding', employeeId)`. The same parts always give the same key,
 * so whoever asks, from wherever, means the same card. Numbers count as their digits. Rejects if a part is missing or blank,
 * and in a page that is not a secure context (https or localhost).
 */
export async function keyFrom(...parts: readonly (string | number)[]): Promise<string> {
  const texts = parts.map((part) => (Number.isSafeInteger(part) ? String(part) : part));
  if (texts.length === 0 || !texts.every((text) => typeof text === 'string' && text.trim() !== '')) {
    throw new CardwrightError('key_missing', 'not_sent', { message: 'expected text or numbers' });
  }
  return digest(texts as string[]);
}

/** SHA-256 over a list of texts, no two lists alike: 43 characters of a key's alphabet. The platform's: sha2 in the wasm would be 2.4 kB. */
export async function digest(texts: readonly string[]): Promise<string> {
  try {
    return base64url(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(JSON.stringify(texts)))));
  } catch (cause) {
    throw unavailable(cause);
  }
}

function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes)).replace(/[+/=]/g, (sign) => ({ '+': '-', '/': '_' })[sign] ?? '');
}

function unavailable(cause: unknown): CardwrightError {
  return new CardwrightError('random_unavailable', 'not_sent', { cause });
}
