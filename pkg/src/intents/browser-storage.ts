import type { IntentStorage } from './storage.js';

/**
 * Keeps intents in IndexedDB, under a name: all tabs of the origin share it, and what was written survives a page that is
 * killed, which `localStorage` does not promise. Give each person who signs in a name of their own, one that says nothing
 * about them.
 */
export function browserStorage(name = 'cardwright'): IntentStorage {
  const run = <T>(mode: IDBTransactionMode, use: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      const opening = indexedDB.open(name, 1);
      opening.onupgradeneeded = () => opening.result.createObjectStore('intents');
      opening.onerror = () => reject(opening.error);
      opening.onsuccess = () => {
        // Opened for each use: an open connection would hold up whoever wants to delete the database.
        const database = opening.result;
        try {
          const transaction = database.transaction('intents', mode, { durability: 'strict' });
          const request = use(transaction.objectStore('intents'));
          transaction.oncomplete = () => resolve(request.result);
          transaction.onabort = () => reject(transaction.error);
        } catch (cause) {
          reject(cause as Error);
        } finally {
          database.close();
        }
      };
    });
  return {
    get: (key) => run<string | undefined>('readonly', (store) => store.get(key)),
    set: (key, text) => run('readwrite', (store) => store.put(text, key)) as Promise<unknown> as Promise<void>,
    delete: (key) => run('readwrite', (store) => store.delete(key)),
    list: () => run('readonly', (store) => store.getAllKeys()) as Promise<string[]>,
  };
}
