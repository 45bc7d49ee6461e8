import { CardwrightError } from '../error.js';
import { type Batch, endOf } from './batch.js';
import type { CheckManyOptions, RowFormat, RowSource } from './contract.js';
import { NO_SOURCE, UNREADABLE } from './no-source.js';
import { heed, Slices } from './slices.js';

/** How much is read at once: small enough that a slice ends in time. */
const TEXT_PIECE = 1 << 16;
const BYTES_PIECE = 1 << 18;
const FILE_PIECE = 1 << 20;
/** So far its first character is looked for. */
const BEGINNING = 1024;

/** How much of a source was read, after each piece. */
export type Pieces = AsyncGenerator<{ readonly read: number; readonly total: number | undefined }, void, void>;

/** A source whose beginning is known. */
export interface Opened {
  readonly format: RowFormat;
  /** Reads it into a batch, in slices. */
  into(batch: Batch): Pieces;
}

/** Looks how a source is written. */
export async function open(source: RowSource, format: CheckManyOptions['format'], signal: AbortSignal | undefined): Promise<Opened> {
  if (typeof source === 'string') {
    return { format: format ?? formatOf(source.slice(0, BEGINNING)), into: (batch) => fromText(source, batch, signal) };
  }
  if (source instanceof ArrayBuffer || ArrayBuffer.isView(source)) {
    // Whatever its elements are, what is read are its bytes.
    const bytes = source instanceof ArrayBuffer ? new Uint8Array(source) : new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
    return { format: format ?? formatOf(beginning(bytes)), into: (batch) => fromBytes(bytes, batch, signal) };
  }
  if (typeof Blob !== 'undefined' && source instanceof Blob) {
    const known = format ?? named(source);
    return {
      format: known ?? formatOf(beginning(await slice(source, 0, BEGINNING))),
      into: (batch) => fromFile(source, batch, signal),
    };
  }
  if (typeof (source as Partial<ReadableStream> | null)?.getReader === 'function') return openStream(source as ReadableStream<Uint8Array>, format, signal);
  throw new CardwrightError('invalid_request', 'not_sent', { message: NO_SOURCE });
}

async function openStream(stream: ReadableStream<Uint8Array>, given: RowFormat | undefined, signal: AbortSignal | undefined): Promise<Opened> {
  const chunks = chunksOf(stream, signal);
  const first: Uint8Array[] = [];
  const format = given ?? formatOf(await begun(chunks, first));
  return { format, into: (batch) => fromStream(first, chunks, batch, signal) };
}

/** Reads so many chunks that the first character is among them, if there is one. */
async function begun(chunks: Chunks, read: Uint8Array[]): Promise<string> {
  let bytes = '';
  try {
    for (let next; bytes.length < BEGINNING && significant(bytes) === ''; ) {
      next = await chunks.next();
      if (next.done) break;
      read.push(next.value);
      bytes += latin(next.value);
    }
  } catch (error) {
    await chunks.return();
    throw error;
  }
  return significant(bytes);
}

type Chunks = AsyncGenerator<Uint8Array, void, void>;

/** What a stream gives; once it is not wanted any more, it is told so, also while it is waited for. */
async function* chunksOf(stream: ReadableStream<Uint8Array>, signal: AbortSignal | undefined): Chunks {
  heed(signal);
  const reader = await readable(() => stream.getReader());
  const cancel = () => void reader.cancel().catch(() => {});
  signal?.addEventListener('abort', cancel);
  try {
    for (;;) {
      heed(signal);
      const { done, value } = await readable(() => reader.read(), signal);
      if (done) break;
      if (!ArrayBuffer.isView(value)) throw new CardwrightError('invalid_request', 'not_sent', { message: NO_SOURCE });
      // Whatever its elements are, what is read are its bytes.
      yield new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
    }
    // One that was cancelled ends as well.
    heed(signal);
  } finally {
    signal?.removeEventListener('abort', cancel);
    cancel();
    reader.releaseLock();
  }
}

async function* fromStream(first: Uint8Array[], chunks: Chunks, batch: Batch, signal: AbortSignal | undefined): Pieces {
  let read = 0;
  try {
    const slices = new Slices(signal);
    while (!batch.over) {
      const bytes = first.shift() ?? (await chunks.next()).value;
      if (!bytes) return;
      for (const part of parts(bytes)) {
        batch.bytes(part);
        yield { read: (read += part.length), total: undefined };
        await slices.next();
      }
    }
  } finally {
    await chunks.return();
  }
}

async function* fromText(text: string, batch: Batch, signal: AbortSignal | undefined): Pieces {
  const slices = new Slices(signal);
  for (let at = 0; at < text.length && !batch.over; ) {
    const end = endOf(text, at + TEXT_PIECE);
    batch.text(text.slice(at, end));
    yield { read: (at = end), total: text.length };
    await slices.next();
  }
}

async function* fromBytes(bytes: Uint8Array, batch: Batch, signal: AbortSignal | undefined): Pieces {
  const slices = new Slices(signal);
  let read = 0;
  for (const part of parts(bytes)) {
    if (batch.over) return;
    batch.bytes(part);
    yield { read: (read += part.length), total: bytes.length };
    await slices.next();
  }
}

async function* fromFile(file: Blob, batch: Batch, signal: AbortSignal | undefined): Pieces {
  for (let at = 0; at < file.size && !batch.over; at += FILE_PIECE) {
    const bytes = await slice(file, at, at + FILE_PIECE);
    for await (const { read } of fromBytes(bytes, batch, signal)) yield { read: at + read, total: file.size };
  }
}

async function slice(file: Blob, start: number, end: number): Promise<Uint8Array> {
  return new Uint8Array(await readable(() => file.slice(start, end).arrayBuffer()));
}

/** What is read, or why it cannot be. */
async function readable<T>(read: () => T | Promise<T>, signal?: AbortSignal): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    // Whoever aborts may have broken the source off as well.
    heed(signal);
    throw new CardwrightError('invalid_request', 'not_sent', { message: UNREADABLE, cause });
  }
}

function* parts(bytes: Uint8Array): Generator<Uint8Array, void, void> {
  for (let at = 0; at < bytes.length; at += BYTES_PIECE) yield bytes.subarray(at, at + BYTES_PIECE);
}

function beginning(bytes: Uint8Array): string {
  return significant(latin(bytes));
}

/** The first bytes, each as a letter. */
function latin(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes.subarray(0, BEGINNING));
}

/** What stands behind a mark, or a part of one, and white space. */
function significant(bytes: string): string {
  return bytes.replace(/^\xef(\xbb\xbf|\xbb?$)/, '').trimStart();
}

function named(file: Blob): RowFormat | undefined {
  const name = 'name' in file ? String(file.name).toLowerCase() : '';
  if (/\.(ndjson|jsonl)$/.test(name) || /ndjson|jsonl/.test(file.type)) return 'ndjson';
  if (name.endsWith('.json') || file.type === 'application/json') return 'json';
  return /\.(csv|tsv)$/.test(name) || file.type === 'text/csv' ? 'csv' : undefined;
}

function formatOf(text: string): RowFormat {
  const first = text.trimStart()[0];
  return first === '[' ? 'json' : first === '{' ? 'ndjson' : 'csv';
}
