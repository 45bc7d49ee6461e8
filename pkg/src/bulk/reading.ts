import type { TakenRow } from '../glue.js';
import { tell } from '../tell.js';
import { Batch, type BatchReport, type BatchTerms } from './batch.js';
import type { CheckManyOptions, CheckManyProgress, RowSource } from './contract.js';
import { open } from './source.js';

/** Reads a source to its end, and tells what its rows come to. */
export async function readAll(
  source: RowSource,
  format: CheckManyOptions['format'],
  terms: BatchTerms,
  signal: AbortSignal | undefined,
  onProgress: ((progress: CheckManyProgress) => void) | undefined,
): Promise<BatchReport> {
  const opened = await open(source, format, signal);
  const batch = new Batch(terms, opened.format, false);
  for await (const piece of opened.into(batch)) tell(() => onProgress?.({ rows: batch.rows, ...piece }));
  return batch.end();
}

/** Reads a source for the rows that pass. A piece is read when the rows before it are gone, so that no more than one is held. */
export async function* takeAll(
  source: RowSource,
  format: CheckManyOptions['format'],
  terms: BatchTerms,
): AsyncGenerator<TakenRow[], void, void> {
  const opened = await open(source, format, undefined);
  const batch = new Batch(terms, opened.format, true);
  for await (const _ of opened.into(batch)) yield batch.take();
  batch.last();
  yield batch.take();
}
