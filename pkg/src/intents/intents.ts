import { build, check, snapshot } from '../boundary.js';
import type { Caller, Subject } from '../caller.js';
import type { PrepareOptions, Result, SubmitOptions } from '../contract.js';
import { CardwrightError } from '../error.js';
import { TOTAL_MS } from '../generated/codes.js';
import { newKey } from '../key.js';
import { limited } from '../limited.js';
import { refuse } from '../operation.js';
import { own } from '../own.js';
import type { Settings } from '../settings.js';
import { HeldIntent, type Asking } from './intent.js';
import type { StoredIntent, StoredIntents } from './storage.js';
import { alone } from './tabs.js';

/** What is to be done for an intent. */
export interface IntentErrand {
  readonly subject: Subject;
  /** What to send; without it, the proxy is only asked. */
  readonly asking: Asking | undefined;
  readonly key: string;
  /** Whether a pending intent with the same content is this one. */
  readonly mayFind: boolean;
  /** Whether a copy may have been sent before. */
  readonly open: boolean;
  readonly signal: AbortSignal;
  readonly options: SubmitOptions;
  /** Told of the pending intent that this one turned out to be. */
  found(pending: StoredIntent): void;
}

/** The intents of a client: those it holds, and those that wait in its storage. */
export class Intents {
  /** Those under way or unknown, by what makes them the same. */
  readonly #held = new Map<string, HeldIntent>();
  /** How their operations read and speak. */
  readonly settings: Settings;
  readonly #caller: Caller;
  readonly #subjects: ReadonlyMap<string, Subject>;
  readonly #stored: StoredIntents | undefined;

  constructor(caller: Caller, subjects: ReadonlyMap<string, Subject>, settings: Settings, stored: StoredIntents | undefined) {
    this.#caller = caller;
    this.#subjects = subjects;
    this.settings = settings;
    this.#stored = stored;
  }

  /** Checks the values and gives them a key. Throws what stands against them. */
  prepare(subject: Subject, values: unknown, options: PrepareOptions): HeldIntent {
    const given = own(options);
    const text = snapshot(values);
    const { request, key, issues, notices } = check(subject.descriptor.place, text, given.idempotencyKey, this.settings);
    refuse(issues, [], [], this.settings.messages);
    const idempotencyKey = given.idempotencyKey ?? key ?? undefined;
    return new HeldIntent(this, subject, { text, request: request as string, notices }, idempotencyKey ?? newKey(), { ...given, idempotencyKey });
  }

  /** Every intent whose end nobody has seen, oldest first. */
  async pending(): Promise<StoredIntent[]> {
    const stored = await this.#read((intents) => intents.list(), []);
    const all = [...this.#held.values(), ...stored.filter(({ operation }) => this.#subjects.has(operation))];
    const byKey = new Map(all.map(({ key, operation, startedAt }) => [key, { key, operation, startedAt }]));
    return [...byKey.values()].sort((a, b) => a.startedAt - b.startedAt);
  }

  /** Asks what became of an intent. */
  async resolve(key: string, name: string | undefined, options: Pick<SubmitOptions, 'signal' | 'timeoutMs'>): Promise<Result<unknown> & { operation: string }> {
    const held = [...this.#held.values()].find((intent) => intent.key === key) ?? (await this.#restored(key, name));
    return { operation: held.operation, ...(await held.resolve(options)) };
  }

  /** Sends or asks, stored before and alone among the tabs. */
  async run({ subject, asking, mayFind, signal, options, found, ...errand }: IntentErrand): Promise<Result<unknown>> {
    const { name, place, safety } = subject.descriptor;
    const stored = this.#stored;
    let { key, open } = errand;
    if (stored !== undefined && asking !== undefined) {
      const put = alone('cardwright', signal, open ? 'unknown' : 'not_sent', () => stored.put(name, asking.request, key, mayFind));
      const pending = await limited(put, TOTAL_MS, signal, () => {
        throw new CardwrightError('aborted', open ? 'unknown' : 'not_sent');
      });
      if (pending !== undefined) {
        found(pending);
        ({ key } = pending);
        open = true;
      }
    }
    // A `once` that may have been sent is only asked about: see src/retry.rs.
    const sends = asking !== undefined && !(open && safety === 'once');
    const call = sends ? build(place, asking.text, key, options.accept ?? [], this.settings) : undefined;
    if (options.confirmNew) call?.headers.push(['confirm-new', 'true']);
    const work = () => this.#caller.run(subject, { call, key, open, signal, timeoutMs: options.timeoutMs });
    return stored === undefined ? work() : alone(`cardwright ${key}`, signal, open ? 'unknown' : 'not_sent', work);
  }

  /** The intent under way or unknown that is the same. */
  held(identity: string): HeldIntent | undefined {
    return this.#held.get(identity);
  }

  /** Holds an intent under way. One that was meant anew stands beside the one it is like. */
  hold(identity: string, intent: HeldIntent): void {
    const isTaken = (this.#held.get(identity) ?? intent) !== intent;
    this.#held.set(isTaken ? `${identity}\n${intent.key}` : identity, intent);
  }

  /** Forgets what has ended. */
  async ended(key: string): Promise<void> {
    for (const [identity, intent] of this.#held) if (intent.key === key) this.#held.delete(identity);
    await this.#stored?.drop(key);
  }

  async #restored(key: string, name: string | undefined): Promise<HeldIntent> {
    const entry = name === undefined ? await this.#read((intents) => intents.get(key), undefined) : undefined;
    const subject = this.#subjects.get(name ?? entry?.operation ?? '');
    if (subject === undefined) throw new CardwrightError('intent_not_found', 'unknown', { idempotencyKey: key });
    return new HeldIntent(this, subject, undefined, key, {}, entry?.startedAt);
  }

  async #read<T>(read: (intents: StoredIntents) => Promise<T>, without: T): Promise<T> {
    try {
      return this.#stored === undefined ? without : await read(this.#stored);
    } catch (cause) {
      // An empty list would say that nothing is pending.
      throw new CardwrightError('storage_failed', 'unknown', { cause: cause as Error });
    }
  }
}
