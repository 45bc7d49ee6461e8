import type { Checked, Descriptor, Issue } from './contract.js';
import type { Presence } from './generated/codes.js';
import { IncrementalCheck, replaced } from './incremental.js';
import type { ValueAt } from './operation.js';
import { dotted } from './path.js';
import type { Settings } from './settings.js';
import { isPlain } from './snapshot.js';

/** A form being filled in: it remembers the values it was last given, so that a keystroke costs one field. */
export interface Form<Input, Request, Path extends string> {
  /** The values as they are now. */
  readonly values: Input;
  /** What the check says of them; the same object as long as that stays the same. */
  readonly checked: Checked<Request>;
  /** Takes other values, and checks them. Never throws. */
  check(values: Input): Checked<Request>;
  /** Takes another value for one field, and checks. */
  set<At extends Path>(path: At, value: ValueAt<Input, At>): Checked<Request>;
  /** The issues of one field, or with `''` those that stand on no field. */
  issuesFor(path: Path | ''): readonly Issue[];
  /** The same, once the field was touched: what a form shows. Issues on no field always show. */
  shownFor(path: Path | ''): readonly Issue[];
  /** Says that a person left a field, or without a path that all is to be shown, as after a submit. */
  touch(path?: Path): void;
  /** Which fields are needed now, which may be given, and which have no place. */
  presence(): Readonly<Record<Path, Presence>>;
}

/** What an operation lends to its forms. */
export interface Lent {
  readonly descriptor: Descriptor;
  readonly settings: Settings;
  /** The issue instead of an exception. */
  failed(cause: unknown): Issue;
  /** The places of the fields in a snapshot; never throws. */
  presence(text: string): Readonly<Record<string, Presence>>;
}

/** Makes a form. */
export function form<Input, Request, Path extends string>(
  { descriptor, settings, failed, presence }: Lent,
  initial: Input,
): Form<Input, Request, Path> {
  const paths = Object.keys(descriptor.fields);
  const again = new IncrementalCheck<Request>(descriptor, settings);
  const touched = new Set<string>();
  let values = initial;
  let checked: Checked<Request> | undefined;
  let places: { readonly text: string; readonly of: Readonly<Record<string, Presence>> } | undefined;

  const check = (given: Input): Checked<Request> => {
    values = given;
    try {
      return (checked = again.check(given));
    } catch (cause) {
      return (checked = { ok: false, issues: [failed(cause)] });
    }
  };
  const now = (): Checked<Request> => checked ?? check(values);
  const issuesFor = (path: string): readonly Issue[] => {
    const current = now();
    if (current.ok) return [];
    return current.issues.filter((issue) => {
      const at = dotted(issue.path);
      return path === '' ? !paths.includes(at) : at === path;
    });
  };

  return {
    get values() {
      return values;
    },
    get checked() {
      return now();
    },
    check,
    set: (path, value) => {
      let next = values;
      try {
        next = replaced(isPlain(values) ? values : {}, path, value) as Input;
      } catch {
        // A value beside it cannot be read, which is what the check will say.
      }
      return check(next);
    },
    issuesFor,
    shownFor: (path) => (path === '' || touched.has(path) ? issuesFor(path) : []),
    touch: (path) => {
      for (const one of path === undefined ? paths : [path]) touched.add(one);
    },
    presence: () => {
      now();
      if (places?.text !== again.text) places = { text: again.text, of: presence(again.text) };
      return places.of as Readonly<Record<Path, Presence>>;
    },
  };
}
