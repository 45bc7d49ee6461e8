import { explain, judge } from './boundary.js';
import type { Checked, Descriptor, Issue, Valid } from './contract.js';
import type { Level } from './level.js';
import { define } from './own.js';
import { placesOf, retaken, take, type Places } from './packed.js';
import { relaxed, type Settings } from './settings.js';
import { isPlain } from './snapshot.js';

/** Lengths are endless: no more issues than this are kept. */
const MOST_MET = 1000;

/** A request's members in their order, without values: a copy of it takes values without asking a prototype. */
interface Mould {
  readonly empty: object;
  readonly members: readonly { readonly name: string; readonly place: number; readonly inside?: Mould }[];
}

/**
 * Checks plain values the short way: texts are copied into the wasm and judged there, by the same rules; nothing is written
 * as JSON, and nothing read. What it cannot tell (other kinds of value, unknown names, another normal form, advice) it leaves.
 */
export class QuickCheck<Request> {
  readonly #descriptor: Descriptor;
  readonly #settings: Settings;
  readonly #paths: readonly string[];
  readonly #places: Places;
  readonly #relaxed: number;
  /** What was given, by place. A getter of the page's may check something else meanwhile. */
  readonly #values: unknown[];
  #isTaking = false;
  /** The moulds that were needed, by the places that are in them. */
  readonly #moulds = new Map<number, Mould>();
  /** The issues that were met, by the wasm's word for them. */
  readonly #met = new Map<number, Issue>();

  constructor(descriptor: Descriptor, settings: Settings) {
    this.#descriptor = descriptor;
    this.#settings = settings;
    this.#paths = Object.keys(descriptor.fields);
    this.#places = placesOf(this.#paths);
    this.#relaxed = relaxed(settings);
    this.#values = this.#paths.map(() => undefined);
  }

  /** What a check of the whole would give; or what was read of the values, for the long way; or nothing, if they were not read. */
  check(given: unknown): Checked<Request> | Level | undefined {
    if (this.#isTaking || !isPlain(given)) return undefined;
    const values = this.#values;
    this.#isTaking = true;
    try {
      return take(given, this.#places, values) ?? this.#judged(given, values);
    } catch {
      return undefined;
    } finally {
      // Nothing personal stays behind.
      values.fill(undefined);
      this.#isTaking = false;
    }
  }

  #judged(given: Record<string, unknown>, values: readonly unknown[]): Checked<Request> | Level {
    const judged = judge(this.#descriptor.place, values, this.#relaxed);
    if (judged === undefined) return retaken(given, this.#places, values);
    if (typeof judged === 'number') return { ok: true, request: cast(this.#mould(judged), values) as Valid<Request>, notices: [] };
    return { ok: false, issues: judged.map((word) => this.#issue(word)) };
  }

  #issue(word: number): Issue {
    let met = this.#met.get(word);
    if (met === undefined) {
      met = explain(this.#descriptor.place, word, this.#settings);
      if (this.#met.size < MOST_MET) this.#met.set(word, met);
    }
    const { path, code, message, params } = met;
    return { path: [...path], code, message, params };
  }

  #mould(mask: number): Mould {
    let mould = this.#moulds.get(mask);
    if (mould === undefined) this.#moulds.set(mask, (mould = mouldOf(this.#paths, mask, '')));
    return mould;
  }
}

function mouldOf(paths: readonly string[], mask: number, parents: string): Mould {
  const empty = {};
  const members: { name: string; place: number; inside?: Mould }[] = [];
  paths.forEach((path, place) => {
    const name = path.slice(parents.length);
    if (!(mask & (1 << place)) || !path.startsWith(parents) || name.includes('.')) return;
    const isObject = paths.some((below) => below.startsWith(`${path}.`));
    define(empty, name, undefined);
    members.push(isObject ? { name, place, inside: mouldOf(paths, mask, `${path}.`) } : { name, place });
  });
  return { empty, members };
}

function cast({ empty, members }: Mould, values: readonly unknown[]): object {
  const request = { ...empty } as Record<string, unknown>;
  for (let at = 0; at < members.length; at++) {
    const { name, place, inside } = members[at] as Mould['members'][number];
    request[name] = inside === undefined ? values[place] : cast(inside, values);
  }
  return request;
}
