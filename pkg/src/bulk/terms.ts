import type { Descriptor } from '../contract.js';
import { VERSION } from '../generated/codes.js';
import type { Settings } from '../settings.js';
import type { BatchTerms } from './batch.js';
import type { CheckManyOptions } from './contract.js';
import type { Lent } from './later.js';

/** So many issues can be counted, and no more. */
const MOST_ISSUES = 2 ** 32 - 1;

/** What each option must be, and how that is said; without the option, nothing is looked at. */
const OPTIONS: readonly (readonly [name: keyof CheckManyOptions, expected: string, is: (given: unknown) => boolean])[] = [
  ['format', 'json, ndjson or csv', (format) => ['json', 'ndjson', 'csv'].includes(format as string)],
  ['delimiter', 'a comma, a semicolon or a tab', (delimiter) => [',', ';', '\t'].includes(delimiter as string)],
  ['rowKey', 'a name', (rowKey) => typeof rowKey === 'string' && rowKey !== ''],
  ['columns', 'a path or null for each column', isColumns],
  ['maxIssues', 'a number from 0', (most) => typeof most === 'number' && most >= 0],
  ['signal', 'a signal', (signal) => typeof (signal as Partial<AbortSignal> | null)?.aborted === 'boolean'],
  ['worker', 'a worker or its address', isWorker],
  ['onProgress', 'a function', (told) => typeof told === 'function'],
];

/** What is said about the rows before the first one comes; refused, where it means nothing: read as something else, it would mislead. */
export function termsOf({ CardwrightError }: Lent, descriptor: Descriptor, settings: Settings, options: CheckManyOptions): BatchTerms {
  for (const [name, expected, is] of OPTIONS) {
    const given = options[name];
    if (given === undefined || is(given)) continue;
    throw new CardwrightError('invalid_request', 'not_sent', { message: `expected ${name} to be ${expected}` });
  }
  const { delimiter = '', rowKey, columns = {}, maxIssues = 100_000 } = options;
  const { ids, unknownFields } = settings;
  const most = Math.min(Math.floor(maxIssues), MOST_ISSUES);
  return { version: VERSION, operation: descriptor.place, delimiter, rowKey, columns: { ...columns }, maxIssues: most, ids, unknownFields };
}

function isColumns(columns: unknown): boolean {
  const isPath = (path: unknown) => path === null || typeof path === 'string';
  if (typeof columns !== 'object' || columns === null || Array.isArray(columns) || !Object.values(columns).every(isPath)) return false;
  // Half of a surrogate pair is no text, and no column has it.
  return !/\p{Cs}/u.test(Object.entries(columns).join());
}

function isWorker(worker: unknown): boolean {
  if (typeof worker === 'string' || worker instanceof URL) return true;
  const { postMessage, addEventListener } = (worker ?? {}) as Partial<Worker>;
  return typeof postMessage === 'function' && typeof addEventListener === 'function';
}
