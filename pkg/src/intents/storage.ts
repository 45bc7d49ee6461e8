import { limited } from '../limited.js';
import { digest } from '../key.js';

/**
 * Where intents wait for a reload: a small map of texts. Only a key, the operation, the time and a salted hash of the request
 * are ever put there, never personal data. Give each person who signs in a storage of their own: whose an intent is, only the
 * proxy knows.
 */
export interface IntentStorage {
  get(key: string): Promise<string | null | undefined>;
  /** Must not resolve before the text would survive the end of the page: nothing is sent earlier. */
  set(key: string, text: string): Promise<void>;
  delete(key: string): Promise<void>;
  /** The keys there are. */
  list(): Promise<readonly string[]>;
}

/** An intent that was sent, or was about to be, and whose end nobody has seen. */
export interface StoredIntent {
  readonly key: string;
  readonly operation: string;
  /** When it was stored, in milliseconds since 1970 by the browser's clock. */
  readonly startedAt: number;
}

interface Entry extends StoredIntent {
  /** SHA-256 of key, operation and request: the key, random and of this entry alone, is the salt. */
  readonly hash: string;
}

/** Longer than this, nobody waits for a storage. */
const LIMIT_MS = 1_000;

/**
 * The intents in a storage. A storage that fails, or takes longer than a second, stops no call: the key is in the first send
 * whatever becomes of it, and what is lost is only that a reload finds it.
 */
export class StoredIntents {
  readonly #storage: IntentStorage;
  readonly #failed: (cause: Error) => void;

  constructor(storage: IntentStorage, failed: (cause: Error) => void) {
    this.#storage = storage;
    this.#failed = failed;
  }

  /**
   * Puts an intent down. Gives the one that was pending already: with this key, or, if it `mayFind` one, with this content.
   * Nothing, if there was none or the storage failed.
   */
  put(operation: string, request: string, key: string, mayFind: boolean): Promise<StoredIntent | undefined> {
    return this.#tried(async () => {
      for (const entry of await this.#entries()) {
        if (entry.operation !== operation) continue;
        const isMeant = entry.key === key || (mayFind && entry.hash !== '' && entry.hash === (await hashOf(entry.key, operation, request)));
        if (isMeant) return entry;
      }
      const entry = { operation, startedAt: Date.now(), hash: await hashOf(key, operation, request) };
      await this.#storage.set(key, JSON.stringify(entry));
      return undefined;
    });
  }

  /** The pending intent with this key. Rejects if the storage cannot be read. */
  get(key: string): Promise<StoredIntent | undefined> {
    return bounded(async () => entryOf(key, await this.#storage.get(key)));
  }

  /** Removes an intent that has ended. */
  drop(key: string): Promise<unknown> {
    return this.#tried(() => this.#storage.delete(key));
  }

  /** Every pending intent. Rejects if the storage cannot be read. */
  list(): Promise<readonly StoredIntent[]> {
    return bounded(() => this.#entries());
  }

  async #entries(): Promise<Entry[]> {
    const entries = [];
    for (const key of await this.#storage.list()) {
      const entry = entryOf(key, await this.#storage.get(key));
      if (entry !== undefined) entries.push(entry);
    }
    return entries;
  }

  async #tried<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await bounded(work);
    } catch (cause) {
      this.#failed(cause instanceof Error ? cause : new Error(String(cause)));
      return undefined;
    }
  }
}

function bounded<T>(work: () => Promise<T>): Promise<T> {
  // Started in a promise, so that a storage that throws at once is one that rejects.
  return limited(Promise.resolve().then(work), LIMIT_MS, undefined, () => {
    throw new Error('expected an answer of the storage within a second, found none');
  });
}

/** Empty where the page cannot hash: then the content finds nothing, and the key still does. */
async function hashOf(key: string, operation: string, request: string): Promise<string> {
  return digest([key, operation, request]).catch(() => '');
}

/** Whatever a storage holds that no client put there is passed over. */
function entryOf(key: string, text: string | null | undefined): Entry | undefined {
  try {
    const { operation, startedAt, hash } = JSON.parse(text ?? '') as Partial<Entry>;
    if (typeof operation !== 'string' || typeof startedAt !== 'number' || typeof hash !== 'string') return undefined;
    return { key, operation, startedAt, hash };
  } catch {
    return undefined;
  }
}
