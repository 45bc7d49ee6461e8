import { check, snapshot } from '../boundary.js';
import type { Caller, Subject } from '../caller.js';
import type { PrepareOptions, Result, SubmitOptions } from '../contract.js';
import { CardwrightError } from '../error.js';
import { newKey } from '../key.js';
import { refuse } from '../operation.js';
import { own } from '../own.js';
import type { Settings } from '../settings.js';
import { HeldIntent, type Asking } from './intent.js';
import type { Meant, StoredIntent, StoredIntents } from './storage.js';

/** The intents of a client: those it holds, and those that wait in its storage. */
export class Intents {
  /** Those under way or unknown, by what makes them the same. */
  readonly #held = new Map<string, HeldIntent>();
  /** How their operations read and speak. */
  readonly settings: Settings;
  readonly caller: Caller;
  readonly stored: StoredIntents | undefined;
  readonly #subjects: ReadonlyMap<string, Subject>;

  constructor(caller: Caller, subjects: ReadonlyMap<string, Subject>, settings: Settings, stored: StoredIntents | undefined) {
    this.caller = caller;
    this.#subjects = subjects;
    this.settings = settings;
    this.stored = stored;
  }

  /** Checks the values and gives them a key. Throws what stands against them. */
  prepare(subject: Subject, values: unknown, options: PrepareOptions): HeldIntent {
    const given = own(options);
    const text = snapshot(values);
    const { request, key, issues, notices } = check(subject.descriptor.place, text, given.idempotencyKey, this.settings);
    refuse(issues, [], [], this.settings.messages);
    // In its normal form, whichever way it was given.
    given.idempotencyKey = key ?? undefined;
    return new HeldIntent(this, subject, { text, request: request as string, notices }, given.idempotencyKey ?? newKey(), given);
  }

  /** Every intent whose end nobody has seen, oldest first. */
  async pending(): Promise<StoredIntent[]> {
    const all = [...this.#held.values(), ...(await this.#list()).filter(({ operation }) => this.#subjects.has(operation))];
    const known = new Map(all.map(({ key, operation, startedAt }) => [`${operation}\n${key}`, { key, operation, startedAt }]));
    return [...known.values()].sort((a, b) => a.startedAt - b.startedAt);
  }

  /** Asks what became of an intent. */
  async resolve(key: string, name: string | undefined, options: Pick<SubmitOptions, 'signal' | 'timeoutMs'>): Promise<Result<unknown> & { operation: string }> {
    const isMeant = (intent: StoredIntent) => intent.key === key && (name ?? intent.operation) === intent.operation;
    const held = [...this.#held.values()].find(isMeant) ?? (await this.#restored(key, name, isMeant));
    return { operation: held.operation, ...(await held.resolve(options)) };
  }

  /** The intent under way or unknown that is the same, if it was meant anew or not. */
  held(identity: string): HeldIntent | undefined {
    return [...this.#held].find(([held]) => held === identity || held.startsWith(`${identity}\n`))?.[1];
  }

  /** Holds an intent under way. One that was meant anew stands beside the one it is like; one with its key, in its place. */
  hold(identity: string, intent: HeldIntent): void {
    const isTaken = (this.#held.get(identity) ?? intent).key !== intent.key;
    this.#held.set(isTaken ? `${identity}\n${intent.key}` : identity, intent);
  }

  /** Forgets what has ended. */
  async ended(ended: Meant, forAll: boolean): Promise<void> {
    const { key, operation } = ended;
    for (const [identity, intent] of this.#held) if (intent.key === key && intent.operation === operation) this.#held.delete(identity);
    await this.stored?.drop(ended, forAll);
  }

  async #restored(key: string, name: string | undefined, isMeant: (intent: StoredIntent) => boolean): Promise<HeldIntent> {
    const list = this.#list();
    // What is named can be asked about without the storage, which says only how old it is.
    const entry = (await (name === undefined ? list : list.catch(() => []))).find(isMeant);
    const subject = this.#subjects.get(name ?? entry?.operation ?? '');
    if (subject === undefined) throw new CardwrightError('intent_not_found', 'unknown', { idempotencyKey: key });
    return new HeldIntent(this, subject, undefined, key, own({}), entry?.startedAt);
  }

  /** What is pending in the storage. */
  async #list(): Promise<readonly StoredIntent[]> {
    try {
      return (await this.stored?.list()) ?? [];
    } catch (cause) {
      // An empty list would say that nothing is pending.
      throw new CardwrightError('storage_failed', 'unknown', { cause });
    }
  }
}
