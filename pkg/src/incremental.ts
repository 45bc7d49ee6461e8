import { checkField, checkForm, normalForm, snapshot, verdict } from './boundary.js';
import type { Checked, Descriptor, Issue, Notice, Valid } from './contract.js';
import { noValues } from './generated/codes.js';
import { READERS, type Read } from './generated/readers.js';
import { REQUESTS } from './generated/requests.js';
import { Level, levelOf, objectOf } from './level.js';
import { relaxed, type Settings } from './settings.js';
import { isPlain } from './snapshot.js';

/** What the verdict on one field's text says; from 3 it is a broken rule, from {@link WITHIN} a part of the text. */
const ASK_WHOLE = 0;
const PASSES = 1;
const PASSES_CHANGED = 2;
const WITHIN = 0x80000000;

/** What a field's standing says. */
const ALONE = 'a';
const LEFT_OUT = 'l';

/** The rules refuse more bytes than this. */
const LARGEST = 16 * 1024;

/**
 * Checks the same form again and again: the whole once, then only the fields whose text changed, where the rules say that
 * they stand alone. What it gives is what a check of the whole gives.
 */
export class IncrementalCheck<Request> {
  readonly #descriptor: Descriptor;
  readonly #settings: Settings;
  readonly #relaxed: number;
  readonly #paths: readonly string[];
  readonly #read: Read;
  readonly #request: (typeof REQUESTS)[number];
  /** What was checked last; nothing if it could not be remembered. */
  #seen: Level | undefined;
  #checked: Checked<Request> | undefined;
  /** The text of the last check of the whole. */
  #text = '{}';
  #standings = '';
  /** The most bytes the whole may have now, and the most that each changed field has of them. */
  #bytes = 0;
  #bytesOf: (number | undefined)[] = [];
  /** The issues of single fields, in order, with the place of each; then the others. */
  #own: readonly Issue[] = [];
  #ownAt: readonly number[] = [];
  #others: readonly Issue[] = [];
  /** The request's values by place, if the whole passed once: where a field broke a rule since, its last good one. */
  #values: unknown[] = [];
  /** A bit for each place that is in the request; nothing if the whole did not pass yet. */
  #given: number | undefined;
  #notices: readonly Notice[] = [];
  /** The issue of each field and verdict that was met. */
  readonly #met = new Map<number, Issue>();

  constructor(descriptor: Descriptor, settings: Settings) {
    this.#descriptor = descriptor;
    this.#settings = settings;
    this.#relaxed = relaxed(settings);
    this.#paths = Object.keys(descriptor.fields);
    this.#read = READERS[descriptor.place] as Read;
    this.#request = REQUESTS[descriptor.place] as (typeof REQUESTS)[number];
  }

  /** The text of the last check of the whole: what does not depend on fields that stand alone may be asked of it. */
  get text(): string {
    return this.#text;
  }

  check(values: unknown): Checked<Request> {
    const before = this.#seen;
    const after = levelOf(values, this.#read);
    // Whatever happens below, nothing half-done is remembered.
    this.#seen = undefined;
    const isKnown = before !== undefined && after !== undefined && this.#follow(before, after);
    const known = isKnown ? this.#checked : undefined;
    const checked = known ?? this.#whole(after === undefined ? values : objectOf(after, this.#paths));
    this.#seen = after;
    return (this.#checked = checked);
  }

  /** Judges the fields whose texts changed, each alone; false if the whole has to be looked at. */
  #follow(before: Level, after: Level): boolean {
    const { values: allWere } = before;
    const { values: allAre } = after;
    for (let place = 0; place < allAre.length; place++) {
      const was = allWere[place];
      const is = allAre[place];
      if (typeof is === 'string') {
        if (is !== was && !(typeof was === 'string' && this.#change(place, was, is))) return false;
      } else if (!isSame(was, is) && !(Level.is(is) && Level.is(was) && areSame(was.others, is.others))) {
        return false;
      }
    }
    return areSame(before.others, after.others);
  }

  #change(field: number, before: string, text: string): boolean {
    const standing = this.#standings[field];
    if (standing !== ALONE && standing !== LEFT_OUT) return false;
    // A character takes six bytes at the most, as an escape, and one at the least.
    const bytes = 6 * text.length;
    this.#bytes += bytes - (this.#bytesOf[field] ?? before.length);
    this.#bytesOf[field] = bytes;
    if (this.#bytes > LARGEST) return false;
    const said = verdict(this.#descriptor.place, field, text, this.#relaxed);
    if (said === ASK_WHOLE || standing === LEFT_OUT) return said !== ASK_WHOLE;
    const at = this.#ownAt.length === 0 ? -1 : this.#ownAt.indexOf(field);
    if (said > PASSES_CHANGED && said < WITHIN) return this.#breaks(field, at, this.#issue(field, said, text));
    if (this.#given !== undefined) {
      this.#values[field] = said === PASSES ? text : this.#normal(field, said, text);
    }
    if (at < 0) return this.#checked?.ok ? this.#conclude() : true;
    this.#own = spliced(this.#own, at, 1);
    this.#ownAt = spliced(this.#ownAt, at, 1);
    return this.#conclude();
  }

  #normal(field: number, said: number, text: string): string {
    if (said >= WITHIN) return text.substring((said >>> 16) & 0x7fff, said & 0xffff);
    return normalForm(this.#descriptor.place, field, text, this.#settings);
  }

  #breaks(field: number, at: number, issue: Issue): boolean {
    if (at >= 0 && this.#own[at]?.code === issue.code) return true;
    const behind = this.#ownAt.findIndex((place) => place > field);
    const to = at >= 0 ? at : behind >= 0 ? behind : this.#own.length;
    this.#own = spliced(this.#own, to, at >= 0 ? 1 : 0, issue);
    this.#ownAt = spliced(this.#ownAt, to, at >= 0 ? 1 : 0, field);
    return this.#conclude();
  }

  #conclude(): boolean {
    if (this.#own.length + this.#others.length > 0) {
      this.#checked = { ok: false, issues: [...this.#own, ...this.#others] };
    } else if (this.#given === undefined) {
      return false;
    } else {
      this.#checked = { ok: true, request: this.#request(this.#values, this.#given) as Valid<Request>, notices: this.#notices };
    }
    return true;
  }

  #issue(field: number, said: number, text: string): Issue {
    const key = said * this.#paths.length + field;
    const met = this.#met.get(key);
    if (met !== undefined) return met;
    const [issue] = checkField(this.#descriptor.place, field, snapshot(text), this.#settings);
    this.#met.set(key, issue as Issue);
    return issue as Issue;
  }

  #whole(values: unknown): Checked<Request> {
    this.#checked = undefined;
    this.#text = snapshot(values);
    const { request, issues, notices, standings, ofFields } = checkForm(this.#descriptor.place, this.#text, this.#settings);
    this.#standings = standings;
    this.#bytes = 3 * this.#text.length;
    this.#bytesOf = [];
    this.#own = issues.slice(0, ofFields);
    this.#ownAt = this.#own.map((issue) => this.#placeOf(issue.path));
    this.#others = issues.slice(ofFields);
    this.#notices = notices;
    if (request === null) {
      this.#given = undefined;
      return { ok: false, issues };
    }
    const passed = JSON.parse(request) as Valid<Request>;
    this.#values = noValues();
    this.#read(passed as Readonly<Record<string, unknown>>, this.#values);
    this.#given = this.#values.reduce<number>((given, value, place) => given | (value === undefined ? 0 : 1 << place), 0);
    return { ok: true, request: passed, notices };
  }

  /** The place of an issue among those of the fields; an unknown name inside an object stands behind all of its fields. */
  #placeOf(path: readonly string[]): number {
    const place = this.#paths.indexOf(path.join('.'));
    if (place >= 0) return place;
    const parents = `${path[0]}.`;
    return this.#paths.findLastIndex((known) => known.startsWith(parents)) + 0.5;
  }
}

/** Whether what stands beside the known names is the same. */
function areSame(before: readonly unknown[], after: readonly unknown[]): boolean {
  return before === after || (before.length === after.length && after.every((is, at) => isSame(before[at], is)));
}

/** Of an object or a function nobody knows. */
function isSame(was: unknown, is: unknown): boolean {
  return is === was && (is === null || (typeof is !== 'object' && typeof is !== 'function'));
}

/** `toSpliced`, which browsers have since 2023 only. */
function spliced<T>(list: readonly T[], at: number, removed: number, ...added: T[]): T[] {
  return [...list.slice(0, at), ...added, ...list.slice(at + removed)];
}

/** The object with another value at a path of one or two names; what it had stays as it was. */
export function replaced(object: object, path: string, value: unknown): object {
  const dot = path.indexOf('.');
  if (dot < 0) return { ...object, [path]: value };
  const name = path.slice(0, dot);
  const below = (object as Record<string, object | undefined>)[name];
  return { ...object, [name]: replaced(isPlain(below) ? below : {}, path.slice(dot + 1), value) };
}
