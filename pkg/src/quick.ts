import { explain, judge } from './boundary.js';
import type { Checked, Descriptor, Issue, Valid } from './contract.js';
import { type Level } from './level.js';
import { define } from './own.js';
import { inPlaces, placesOf, type Places } from './packed.js';
import type { Settings } from './settings.js';

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
  /** The moulds that were needed, by the places that are in them. */
  readonly #moulds = new Map<number, Mould>();
  /** The issues that were met, by the wasm's word for them. */
  readonly #met = new Map<number, Issue>();

  constructor(descriptor: Descriptor, settings: Settings) {
    this.#descriptor = descriptor;
    this.#settings = settings;
    this.#paths = Object.keys(descriptor.fields);
    this.#places = placesOf(this.#paths);
  }

  /** What a check of the whole would give, or nothing. */
  check(level: Level): Checked<Request> | undefined {
    const values = inPlaces(level, this.#places, this.#paths.length);
    if (values === undefined) return undefined;
    const judged = judge(this.#descriptor.place, values, this.#settings);
    if (judged === undefined) return undefined;
    if (typeof judged === 'number') return { ok: true, request: cast(this.#mould(judged), values) as Valid<Request>, notices: [] };
    return { ok: false, issues: judged.map((word) => this.#issue(word)) };
  }

  #issue(word: number): Issue {
    let met = this.#met.get(word);
    if (met === undefined) {
      met = explain(this.#descriptor.place, word, this.#settings);
      // Lengths are endless.
      if (word < 0x10000) this.#met.set(word, met);
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
