import { limited } from '../limited.js';
import { digest, newKey } from '../key.js';

/**
 * Where intents wait for a reload: a small map of texts. Only a key, the operation, the time, a salted hash of the request and
 * a random name of the page are ever put there, never personal data. Give each person who signs in a storage of their own: whose an intent is, only the
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
  /** When it was first submitted, in milliseconds since 1970 by the browser's clock. */
  readonly startedAt: number;
}

/** Which intent is meant. */
export type Meant = Pick<StoredIntent, 'key' | 'operation'>;

/** An intent that is put down. */
export interface Put extends StoredIntent {
  /** Where it was, if it was. */
  place: string | undefined;
}

interface Entry extends StoredIntent {
  /** The page's name, the operation and the key: where it stands. */
  readonly place: string;
  /** SHA-256 of key, operation and request: the key, random and of this intent alone, is the salt. */
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
  /** What its entries begin with: each page has entries of its own, so that none takes away another's. */
  #page: string | undefined;

  constructor(storage: IntentStorage, failed: (cause: Error) => void) {
    this.#storage = storage;
    this.#failed = failed;
  }

  /**
   * Puts an intent down. Gives the one that was pending already: with this key, or, if it `mayFind` one, else with this
   * content. Nothing, if there was none or the storage failed. A storage that was not waited for may write when the intent
   * `isOver`: then it is taken away again.
   */
  put(intent: Put, request: string, mayFind: boolean, isOver: () => boolean): Promise<StoredIntent | undefined> {
    const { operation } = intent;
    return this.#tried(async () => {
      // What an earlier try of this very intent has put down, and was left before it sent, says nothing of a send.
      const entries = (await this.#entries()).filter((entry) => entry.operation === operation && entry.place !== intent.place);
      let known = entries.find((entry) => entry.key === intent.key);
      for (const entry of mayFind ? entries : []) {
        if (entry.hash !== '' && entry.hash === (await hashOf(entry.key, operation, request))) known ??= entry;
      }
      const { key, startedAt } = known ?? intent;
      this.#page ??= newKey();
      const place = this.#page + endOf({ key, operation });
      // Where another intent of this page stands is not this one's to pass over, nor to take away.
      const isOurs = !entries.some((entry) => entry.place === place);
      if (isOurs) intent.place = place;
      const text = JSON.stringify({ startedAt, hash: await hashOf(key, operation, request) });
      if (!isOver()) await this.#storage.set(place, text);
      if (isOver() && isOurs) await this.#storage.delete(place);
      return known;
    });
  }

  /** Removes an intent that has ended. What other pages put down of it, where it has ended for all, nobody waits for. */
  async drop(intent: Meant, forAll: boolean): Promise<void> {
    const end = endOf(intent);
    const others = async () => {
      for (const place of await this.#storage.list()) if (place.endsWith(end)) await this.#storage.delete(place);
    };
    await this.#tried(() => this.#storage.delete(this.#page + end));
    if (forAll) void this.#tried(others);
  }

  /** Every pending intent. Rejects if the storage cannot be read. */
  list(): Promise<readonly StoredIntent[]> {
    return bounded(() => this.#entries());
  }

  async #entries(): Promise<Entry[]> {
    const entries = [];
    for (const place of await this.#storage.list()) {
      const entry = entryOf(place, await this.#storage.get(place));
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
    throw new Error('expected the storage to answer within a second');
  });
}

/** Empty where the page cannot hash: then the content finds nothing, and the key still does. */
async function hashOf(key: string, operation: string, request: string): Promise<string> {
  return digest([key, operation, request]).catch(() => '');
}

/** What an intent's entries end with, on all pages. */
function endOf({ key, operation }: Meant): string {
  return ` ${operation} ${key}`;
}

/** Whatever a storage holds that no client put there is passed over. */
function entryOf(place: string, text: string | null | undefined): Entry | undefined {
  try {
    const [, operation, key] = place.split(' ');
    const { startedAt, hash } = JSON.parse(text ?? '') as Partial<Entry>;
    if (operation === undefined || key === undefined || typeof startedAt !== 'number' || typeof hash !== 'string') return undefined;
    return { place, key, operation, startedAt, hash };
  } catch {
    return undefined;
  }
}
