import type { OpenBatch } from "./open-batch.ts";

/**
 * Finds where records begin and end in a stream of chunks, byte by byte and once only, whatever the chunking. It keeps its
 * state between chunks and holds no bytes: a record that began in an earlier chunk has a negative start.
 */
export interface RecordScanner {
  /** Takes the next chunk, which begins at `byte` of the object. The one before must have been scanned to its end. */
  begin(chunk: Buffer, byte: number): void;
  /** Adds records to `open` until it is full (true; call again after `open.reset`) or the chunk is used up (false). */
  scan(open: OpenBatch): boolean;
  /** The first byte that is still needed, as an index of the current chunk: the start of the record in progress. */
  keepFrom(): number;
  /** The stream has ended, after an empty chunk: adds the record in progress, if any. */
  finish(open: OpenBatch): void;
}
