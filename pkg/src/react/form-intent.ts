import type { CardClient, CardwrightError, Intent, Result, Write } from 'cardwright';
import type { DataOf, InputOf, IntentActions, SubmitSettings, UseIntentState, WriteName } from './contract.js';

const NOTHING = { data: undefined, meta: undefined, error: undefined, notices: [] } as const;
const IDLE = { ...NOTHING, status: 'idle' } as const;
const SENDING = { ...NOTHING, status: 'sending' } as const;

/** What becomes of a key is told in docs/retries.md: after these it is held or closed, and no copy can be sent with it. */
const SPENT: ReadonlySet<string> = new Set(['key_closed', 'key_reused', 'superseded']);

/** The one intent of a form, as a store that components can subscribe to. */
export class FormIntent<Name extends WriteName> implements IntentActions<Name> {
  readonly operation: Name;
  /** With what the next intent is prepared, and what may have been sent is asked about. */
  client: CardClient;
  #intent: Intent<InputOf<Name>, object, DataOf<Name>> | undefined;
  /** The client that prepared it, and the values, as JSON. */
  #preparedBy: CardClient;
  #values = '';
  #state: UseIntentState<DataOf<Name>> = IDLE;
  #underWay: Promise<UseIntentState<DataOf<Name>>> | undefined;
  /** What the person agreed to, for the intent as it is. */
  #agreed: SubmitSettings = {};
  #left = new AbortController();
  readonly #listeners = new Set<() => void>();

  constructor(client: CardClient, operation: Name) {
    this.client = this.#preparedBy = client;
    this.operation = operation;
  }

  readonly state = (): UseIntentState<DataOf<Name>> => this.#state;

  /** Waiting ends when nobody listens any more; what was sent stays sent. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
      // Not at once: StrictMode leaves and comes back within the same task.
      queueMicrotask(() => {
        if (this.#listeners.size > 0) return;
        this.#left.abort();
        this.#left = new AbortController();
      });
    };
  };

  readonly submit = (values: InputOf<Name>, settings: SubmitSettings = {}): Promise<UseIntentState<DataOf<Name>>> => {
    const before = this.#intent;
    const { status } = this.#state;
    if (this.#underWay !== undefined) return this.#underWay;
    if (status === 'done') return Promise.resolve(this.#state);
    try {
      // What may have been done cannot be revised, and this says so in the client's language: also where another form, which
      // has the same intent, has seen more than this one shows. That nothing came of it is shown before anything is sent.
      if (before && (before.state === 'unknown' || status === 'unknown')) {
        before.revise(before.request as InputOf<Name>);
        return this.resolve();
      }
      const intent = this.#meant(values);
      this.#agreed = { ...this.#agreed, ...settings };
      return this.#wait((signal) => intent.submit({ ...this.#agreed, signal }));
    } catch (error) {
      return Promise.resolve(this.#show(failed(error as CardwrightError)));
    }
  };

  readonly accept = (): Promise<UseIntentState<DataOf<Name>>> => {
    const { error, notices } = this.#state;
    const isDuplicate = error?.code === 'possible_duplicate';
    if (this.#underWay !== undefined) return this.#underWay;
    if (this.#intent === undefined || (notices.length === 0 && !isDuplicate)) return Promise.resolve(this.#state);
    const accept = [...(this.#agreed.accept ?? []), ...notices.map(({ code }) => code)];
    return this.submit(JSON.parse(this.#values) as InputOf<Name>, { accept, ...(isDuplicate && { confirmNew: true }) });
  };

  readonly resolve = (): Promise<UseIntentState<DataOf<Name>>> => {
    const intent = this.#intent;
    if (this.#underWay !== undefined) return this.#underWay;
    if (intent === undefined || this.#state.status !== 'unknown') return Promise.resolve(this.#state);
    return this.#wait((signal) => {
      if (this.#preparedBy === this.client) return intent.resolve({ signal });
      return this.client.intents.resolve(intent.key, { operation: this.#operation, signal }) as Promise<unknown> as ReturnType<typeof intent.resolve>;
    });
  };

  readonly startNew = (): void => {
    if (this.#underWay !== undefined) return;
    this.#intent = undefined;
    this.#agreed = {};
    this.#show(IDLE);
  };

  /** The intent these values are: the one of before, or another with a key of its own. Throws what stands against them. */
  #meant(values: InputOf<Name>): Intent<InputOf<Name>, object, DataOf<Name>> {
    const before = this.#intent;
    const meant = this.client.prepare(this.#operation, values);
    const isSame = before && before.state !== 'rejected' && JSON.stringify(before.request) === JSON.stringify(meant.request);
    // What was not sent goes with the client of now. By another form it may have been.
    const isFree = before?.state === 'prepared' || before?.state === 'not_sent';
    if (isSame && (this.#preparedBy === this.client || !isFree)) return before;
    if (!isSame) this.#agreed = {};
    this.#preparedBy = this.client;
    this.#values = JSON.stringify(values);
    return (this.#intent = meant);
  }

  /** The client looks at nothing but the name, so no page gets the rules twice. */
  get #operation(): Write<InputOf<Name>, object, DataOf<Name>> {
    return { name: this.operation } as Write<InputOf<Name>, object, DataOf<Name>>;
  }

  #wait(send: (signal: AbortSignal) => Promise<Result<DataOf<Name>>>): Promise<UseIntentState<DataOf<Name>>> {
    const ended = (state: UseIntentState<DataOf<Name>>) => {
      this.#underWay = undefined;
      return this.#show(state);
    };
    // Before it is shown: whoever is told may submit again.
    this.#underWay = send(this.#left.signal).then(
      ({ data, meta }) => ended({ ...NOTHING, status: 'done', data, meta }),
      (error: CardwrightError) => {
        const isSpent = error.outcome === 'not_sent' ? SPENT.has(error.code) : error.outcome === 'rejected';
        if (isSpent) this.#intent = undefined;
        return ended(failed(error));
      },
    );
    this.#show(SENDING);
    return this.#underWay;
  }

  #show(state: UseIntentState<DataOf<Name>>): UseIntentState<DataOf<Name>> {
    this.#state = state;
    for (const listener of [...this.#listeners]) listener();
    return state;
  }
}

function failed(error: CardwrightError): UseIntentState<never> {
  const { outcome, notices = [] } = error;
  return outcome === 'not_sent' ? { ...NOTHING, status: 'idle', error, notices } : { ...NOTHING, status: outcome, error };
}
