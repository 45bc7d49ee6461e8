// What stands in the entries for work with many rows: most pages never ask for it, so it is a file of its own.

import { issueOf, noticeOf } from '../boundary.js';
import { isThrottled } from '../caller.js';
import type { Descriptor } from '../contract.js';
import { CardwrightError, isCardwrightError } from '../error.js';
import { keyFrom } from '../key.js';
import { spoken } from '../messages.js';
import { own } from '../own.js';
import type { Settings } from '../settings.js';
import type { CheckedMany, CheckManyOptions, RowSource } from './contract.js';
import type { BulkRun } from './options.js';
import type { BulkProgress } from './progress.js';
import type { BulkReport } from './report.js';

/** A file beside this one that could not be loaded is an error like any other; nothing was sent. */
function loaded<File>(file: Promise<File>): Promise<File> {
  return file.catch((cause: unknown) => {
    throw new CardwrightError('network_error', 'not_sent', { cause });
  });
}

/** What that file is lent, so that there is one class of errors on a page and one catalogue of sentences. */
const lent = { CardwrightError, isCardwrightError, isThrottled, issueOf, keyFrom, loaded, noticeOf, spoken };
export type Lent = typeof lent;

/** Checks many rows of one operation. Rejects only when aborted, when the source cannot be read, or when it is none. */
export async function checkMany<Request>(
  descriptor: Descriptor,
  settings: Settings,
  source: RowSource,
  given: CheckManyOptions = {},
): Promise<CheckedMany<Request>> {
  const options = own(given);
  try {
    const { checkMany } = await loaded(import('./bulk.js'));
    return await checkMany(lent, descriptor, settings, source, options);
  } catch (error) {
    throw spoken(settings.messages, error);
  }
}

const NOT_BEGUN: BulkProgress = {
  state: 'checking', rows: 0, done: 0, replayed: 0, failed: 0, unknown: 0, left: 0, orders: 0, cards: 0, perSecond: 0, heldMs: 0,
};

/** A run from its first moment: what it is told before the file is there, it does then. */
export class LaterRun<Request> implements BulkRun<Request> {
  readonly checked: Promise<CheckedMany<Request>>;
  readonly done: Promise<BulkReport>;
  readonly #begun: Promise<BulkRun<Request>>;
  #run: BulkRun<Request> | undefined;
  #before = NOT_BEGUN;

  constructor(begin: (file: typeof import('./bulk.js'), lent: Lent) => BulkRun<Request>, messages: Settings['messages']) {
    this.#begun = loaded(import('./bulk.js')).then(
      (file) => (this.#run = begin(file, lent)),
      (error: unknown) => {
        this.#before = { ...NOT_BEGUN, state: 'ended' };
        throw spoken(messages, error);
      },
    );
    this.checked = this.#begun.then(({ checked }) => checked);
    this.done = this.#begun.then(({ done }) => done);
    // Who looks at one of the two is told; the other is no unhandled rejection.
    this.checked.catch(() => {});
  }

  get progress(): BulkProgress {
    return this.#run?.progress ?? this.#before;
  }

  pause(): void {
    this.#tell('pause');
  }

  resume(): void {
    this.#tell('resume');
  }

  stop(): void {
    this.#tell('stop');
  }

  #tell(what: 'pause' | 'resume' | 'stop'): void {
    if (this.#run) this.#run[what]();
    else this.#begun.then((run) => run[what](), () => {});
  }
}
