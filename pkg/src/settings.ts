import type { Descriptor } from './contract.js';
import { CONTROL, EDGE } from './json-schema.js';
import { en, type Messages } from './messages.js';
import { own } from './own.js';

/** How an operation reads and speaks. */
export interface OperationSettings {
  /** The language of every sentence. Default: English. */
  messages?: Messages | undefined;
  /** What becomes of names an operation does not know: an issue each, or dropped. Credentials are refused either way. Default `refuse`. */
  unknownFields?: 'refuse' | 'drop' | undefined;
  /** How much of an id is looked at: prefix and hex digits, or the prefix alone. The proxy has to be set the same. Default `hex`. */
  ids?: 'hex' | 'prefix' | undefined;
}

/** Settings with nothing left open. */
export type Settings = { readonly [Name in keyof OperationSettings]-?: NonNullable<OperationSettings[Name]> };

/** English, nothing unknown, whole ids. */
export const DEFAULTS: Settings = { messages: en, unknownFields: 'refuse', ids: 'hex' };

/** What is not looked at, as the wasm takes it: 1 for the digits of ids, 2 for unknown names. */
export function relaxed({ ids, unknownFields }: Pick<Settings, 'ids' | 'unknownFields'>): number {
  return +(ids === 'prefix') + 2 * +(unknownFields === 'drop');
}

/** These settings, changed where something else is given. */
export function changed(settings: Settings, options: OperationSettings): Settings {
  const given = own(options);
  return {
    messages: given.messages ?? settings.messages,
    unknownFields: given.unknownFields ?? settings.unknownFields,
    ids: given.ids ?? settings.ids,
  };
}

/** The descriptor as these settings leave it: an id of which only the prefix is looked at has another pattern. */
export function under(settings: Settings, descriptor: Descriptor): Descriptor {
  const open = settings.unknownFields === 'drop';
  if (settings.ids === 'hex') return open ? { ...descriptor, open } : descriptor;
  const fields = Object.entries(descriptor.fields).map(([path, field]) => {
    const { constraints, prefix } = field;
    if (!Object.hasOwn(field, 'prefix')) return [path, field];
    const between = constraints.maxLength! - prefix!.length - 1;
    return [path, { ...field, constraints: { ...constraints, pattern: `\\s*${prefix}[^${CONTROL}]{0,${between}}${EDGE}\\s*` } }];
  });
  return { ...descriptor, open, fields: Object.fromEntries(fields) as Descriptor['fields'] };
}
