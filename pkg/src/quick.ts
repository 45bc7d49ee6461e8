import { BROKEN, explain, judge, judged } from './boundary.js';
import type { Checked, Descriptor, Issue, Valid } from './contract.js';
import { READERS, type Read } from './generated/readers.js';
import { REQUESTS } from './generated/requests.js';
import { levelOf, type Level } from './level.js';
import { relaxed, type Settings } from './settings.js';
import { isWhole } from './snapshot.js';

/** Lengths and names are endless: no more issues than this are kept. */
const MOST_MET = 1000;

/** Of a name nobody knows, the rules look at the name alone if its value is no larger than this, nor are there more. */
const LARGEST_STRANGER = 64;
const MOST_STRANGERS = 8;

/**
 * Checks plain values the short way: texts are copied into the wasm and judged there, by the same rules; nothing is written
 * as JSON, and nothing read. What it cannot tell (other kinds of value, another normal form, advice) it leaves.
 */
export class QuickCheck<Request> {
  readonly #descriptor: Descriptor;
  readonly #settings: Settings;
  readonly #read: Read;
  readonly #relaxed: number;
  readonly #request: (typeof REQUESTS)[number];
  /** The issues that were met, by the wasm's word for them. */
  readonly #met = new Map<number, Issue>();
  /** What the rules have said of names they do not know: an issue, or nothing. */
  readonly #strangers = new Map<string, Issue | undefined>();

  constructor(descriptor: Descriptor, settings: Settings) {
    this.#descriptor = descriptor;
    this.#settings = settings;
    this.#read = READERS[descriptor.place] as Read;
    this.#request = REQUESTS[descriptor.place] as (typeof REQUESTS)[number];
    this.#relaxed = relaxed(settings);
  }

  /** Reads values, each once; nothing if they are no plain object, or cannot be read. */
  read(values: unknown): Level | undefined {
    return levelOf(values, this.#read);
  }

  /** What a check of the whole gives; nothing where it has to be asked. */
  check({ values, others }: Level): Checked<Request> | undefined {
    try {
      const said = this.#knows(others) ? judge(this.#descriptor.place, values, this.#relaxed) : 0;
      if (said === 0) return undefined;
      const issues: Issue[] = [];
      if (said >= BROKEN && !this.#takeBroken(said - BROKEN, issues)) return undefined;
      this.#takeStrange(others, issues);
      if (issues.length > 0) return { ok: false, issues };
      return { ok: true, request: this.#request(values, said) as Valid<Request>, notices: [] };
    } catch {
      return undefined;
    }
  }

  /** Remembers what a check of the whole has said of names that are unknown. */
  learn({ others }: Level, checked: Checked<Request>): void {
    // What cannot be read at all says nothing of names.
    if (this.#strangers.size > MOST_MET || (!checked.ok && checked.issues.some(({ path }) => path.length === 0))) return;
    for (let at = 0; at < others.length; at += 2) {
      const name = others[at] as string;
      if (!isSmall(name) || others[at + 1] === undefined) continue;
      const said = checked.ok ? [] : checked.issues.filter(({ path }) => path.length === 1 && path[0] === name);
      // Of a credential the whole tells each time.
      if (said.every(({ code }) => code === 'unknown_field')) this.#strangers.set(name, said[0]);
    }
  }

  #knows(others: readonly unknown[]): boolean {
    if (others.length > 2 * MOST_STRANGERS) return false;
    for (let at = 0; at < others.length; at += 2) {
      const value = others[at + 1];
      if (value !== undefined && !(this.#strangers.has(others[at] as string) && isSmall(value))) return false;
    }
    return true;
  }

  /** Takes the issues of what was just judged; not all, where the memory has grown since. */
  #takeBroken(count: number, issues: Issue[]): boolean {
    const words = judged();
    for (let nth = 0; nth < count; nth++) {
      const word = words[nth];
      if (word === undefined) return false;
      issues.push(this.#issue(word));
    }
    return true;
  }

  #takeStrange(others: readonly unknown[], issues: Issue[]): void {
    for (let at = 0; at < others.length; at += 2) {
      const issue = others[at + 1] === undefined ? undefined : this.#strangers.get(others[at] as string);
      if (issue !== undefined) issues.push(issue);
    }
  }

  #issue(word: number): Issue {
    let met = this.#met.get(word);
    if (met === undefined) {
      met = explain(this.#descriptor.place, word, this.#settings);
      if (this.#met.size < MOST_MET) this.#met.set(word, met);
    }
    return met;
  }
}

/** Whether it cannot make the whole too large: with what fits into the wasm's room it stays below the rules' 16 kB. */
function isSmall(value: unknown): boolean {
  if (typeof value === 'string') return value.length <= LARGEST_STRANGER && isWhole(value);
  return value === null || typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value));
}
