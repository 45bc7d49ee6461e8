import { CardwrightError } from '../error.js';
import { type Batch, endOf } from './batch.js';
import type { CheckManyOptions, RowFormat, RowSource } from './contract.js';
import { NO_SOURCE, UNREADABLE } from './no-source.js';
import { Slices } from './slices.js';

/** How much is read at once: small enough that a slice ends in time. */
const TEXT_PIECE = 1 << 16;
const BYTES_PIECE = 1 << 18;
const FILE_PIECE = 1 << 20;

/** How much of a source was read, after each piece. */
export type Pieces = AsyncGenerator<{ readonly read: number; readonly total: number | undefined }, void, void>;

/** A source whose beginning is known. */
export interface Opened {
  readonly format: RowFormat;
  /** Reads it into a batch, in slices. */
  into(batch: Batch, signal: AbortSignal | undefined): Pieces;
}

/** Looks how a source is written. */
export async function open(source: RowSource, format: CheckManyOptions['format']): Promise<Opened> {
  if (typeof source === 'string') {
    return { format: format ?? formatOf(source.slice(0, 1024)), into: (batch, signal) => fromText(source, batch, signal) };
  }
  if (source instanceof ArrayBuffer || ArrayBuffer.isView(source)) {
    // Whatever its elements are, what is read are its bytes.
    const bytes = source instanceof ArrayBuffer ? new Uint8Array(source) : new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
    return { format: format ?? formatOf(beginning(bytes)), into: (batch, signal) => fromBytes(bytes, batch, signal) };
  }
  if (typeof Blob !== 'undefined' && source instanceof Blob) {
    const known = format ?? named(source);
    return {
      format: known ?? formatOf(beginning(await slice(source, 0, 1024))),
      into: (batch, signal) => fromFile(source, batch, signal),
    };
  }
  if (typeof (source as Partial<ReadableStream> | null)?.getReader === 'function') return openStream(source as ReadableStream<Uint8Array>, format);
  throw new CardwrightError('invalid_request', 'not_sent', { message: NO_SOURCE });
}

async function openStream(stream: ReadableStream<Uint8Array>, format: RowFormat | undefined): Promise<Opened> {
  const reader = await readable(() => stream.getReader());
  const first = await readable(() => reader.read());
  return {
    format: format ?? formatOf(first.done ? '' : beginning(first.value)),
    into: (batch, signal) => fromStream(reader, first, batch, signal),
  };
}

async function* fromStream(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  first: ReadableStreamReadResult<Uint8Array>,
  batch: Batch,
  signal: AbortSignal | undefined,
): Pieces {
  const slices = new Slices(signal);
  let read = 0;
  try {
    for (let next = first; !next.done && !batch.over; next = await readable(() => reader.read())) {
      for (const part of parts(next.value)) {
        batch.bytes(part);
        yield { read: (read += part.length), total: undefined };
        await slices.next();
      }
    }
  } finally {
    // What is not wanted need not be sent.
    await reader.cancel().catch(() => {});
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
async function readable<T>(read: () => T | Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    throw new CardwrightError('invalid_request', 'not_sent', { message: UNREADABLE, cause: cause as Error });
  }
}

function* parts(bytes: Uint8Array): Generator<Uint8Array, void, void> {
  for (let at = 0; at < bytes.length; at += BYTES_PIECE) yield bytes.subarray(at, at + BYTES_PIECE);
}

function beginning(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes.subarray(0, 1024)).replace(/^\xef\xbb\xbf/, '');
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
