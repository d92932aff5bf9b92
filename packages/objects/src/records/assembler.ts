import type { RecordBatch } from "./batch.ts";
import { Carry } from "./carry.ts";
import { headBytes, textStart } from "./encoding.ts";
import { PositionBeyondEndError, SourceLengthError } from "./errors.ts";
import { type BatchLimits, OpenBatch } from "./open-batch.ts";
import type { ReadPosition } from "./position.ts";
import type { OtherReader, RecordFormatReader } from "./reader.ts";
import { recordTooLarge, settle } from "./verdict.ts";

const nothing = Buffer.alloc(0);

export interface AssemblerSettings extends BatchLimits {
  readonly from: ReadPosition;
  readonly totalBytes: number | undefined;
  readonly skipsBroken: boolean;
}

/**
 * Makes batches of a stream of chunks: `feed` a chunk, `take` batches until there are none, feed the next; `end`, and
 * `take` the rest. A batch whose bytes lie in one chunk is a view of it; only one that spans chunks is copied together.
 */
export class BatchAssembler {
  readonly #settings: AssemblerSettings;
  #reader: RecordFormatReader;
  readonly #open: OpenBatch;
  readonly #carry = new Carry();
  #chunk: Buffer = nothing;
  #hasChunk = false;
  /** Byte of the object at which the chunk begins. */
  #chunkStart: number;
  /** Index of the chunk from which its bytes belong to the open batch. */
  #ownFrom = 0;
  /** Byte of the object at which the open batch's bytes begin. */
  #base: number;
  /** End of the last batch that was made. */
  #position: ReadPosition;
  /** Records still to be passed over without giving them. */
  #passOver: number;
  /** First bytes of the object, until there are enough to tell its encoding; then undefined. */
  #head: Buffer | undefined;
  /** The record in progress is too large and its bytes are no longer kept. */
  #dropping = false;
  #ended = false;
  #failure: unknown;
  /** Byte of the object at which its text begins. */
  #textStart = 0;

  constructor(settings: AssemblerSettings, reader: RecordFormatReader) {
    const { from } = settings;
    this.#settings = settings;
    this.#reader = reader;
    this.#open = new OpenBatch(settings);
    this.#chunkStart = from.byte;
    this.#base = from.byte;
    this.#passOver = from.byte === 0 ? from.record : 0;
    this.#position = from.byte === 0 ? { record: 0, byte: 0 } : from;
    this.#head = from.byte === 0 ? nothing : undefined;
    this.#limitRecords();
  }

  /** Takes the next chunk; every batch of the one before must have been taken. */
  feed(chunk: Buffer): void {
    if (this.#hasChunk) throw new Error("The batches of a chunk must all be taken before the next chunk is given.");
    if (this.#head !== undefined) {
      const head = this.#head.length === 0 ? chunk : Buffer.concat([this.#head, chunk]);
      if (head.length < headBytes) {
        // Kept until more is there: copied, because the source may reuse its buffer.
        this.#head = Buffer.from(head);
        return;
      }
      this.#begin(head);
      return;
    }
    this.#accept(chunk);
  }

  /** No chunk follows. `take` then gives what is left, and throws what the end shows to be wrong. */
  end(): void {
    if (this.#head !== undefined) this.#begin(this.#head);
    this.#ended = true;
  }

  /** The next batch, or undefined if another chunk is needed (or, after `end`, if there are no more). */
  take(): RecordBatch | undefined {
    for (;;) {
      if (this.#failure !== undefined) throw this.#failure;
      if (!this.#hasChunk) {
        if (!this.#ended) return undefined;
        this.#ended = false;
        this.#finish();
      } else if (this.#scan()) {
        // Full: close it.
      } else {
        const other = this.#reader.instead?.();
        if (other !== undefined) {
          this.#beginAgain(other);
          continue;
        }
        this.#putAside();
        if (!this.#mustClose()) continue;
      }
      const batch = this.#open.count > 0 ? this.#close() : undefined;
      if (batch !== undefined) return batch;
    }
  }

  #begin(head: Buffer): void {
    const skipped = textStart(head);
    this.#head = undefined;
    this.#textStart = skipped;
    this.#chunkStart = skipped;
    this.#base = skipped;
    this.#accept(head.subarray(skipped));
  }

  /** Reads all that was scanned, of which nothing was given yet, by another reader. */
  #beginAgain({ reader, bytes }: OtherReader): void {
    this.#reader = reader;
    this.#chunk = nothing;
    this.#chunkStart = this.#textStart;
    this.#base = this.#textStart;
    this.#carry.truncate(0);
    this.#accept(bytes);
  }

  #accept(chunk: Buffer): void {
    this.#chunkStart += this.#chunk.length;
    this.#chunk = chunk;
    this.#hasChunk = true;
    this.#ownFrom = 0;
    this.#reader.scanner.begin(chunk, this.#chunkStart);
    this.#open.delta = this.#chunkStart - this.#base;
  }

  #scan(): boolean {
    try {
      return this.#reader.scanner.scan(this.#open);
    } catch (error) {
      return this.#fail(error);
    }
  }

  /** Remembers an error until the records before it are given. */
  #fail(error: unknown): true {
    this.#failure = error;
    return true;
  }

  #finish(): void {
    this.#accept(nothing);
    this.#hasChunk = false;
    const { totalBytes } = this.#settings;
    try {
      if (totalBytes !== undefined && totalBytes !== this.#chunkStart) {
        throw new SourceLengthError(this.#chunkStart, totalBytes);
      }
      this.#reader.scanner.finish(this.#open);
    } catch (error) {
      this.#fail(error);
    }
    const left = this.#passOver - this.#open.count;
    if (left > 0 && this.#failure === undefined) {
      const asked = this.#position.record + this.#passOver;
      this.#fail(new PositionBeyondEndError(`record ${asked}`, `record ${asked - left}`));
    }
  }

  /** The chunk is used up: keeps what the open batch and the record in progress need of it. */
  #putAside(): void {
    const chunk = this.#chunk;
    const keepFrom = this.#reader.scanner.keepFrom();
    this.#hasChunk = false;
    if (this.#dropping) return;
    if (this.#open.count === 0 && keepFrom >= 0) {
      this.#carry.truncate(0);
      this.#base = this.#chunkStart + keepFrom;
      this.#open.delta = -keepFrom;
      this.#ownFrom = keepFrom;
    }
    this.#carry.append(chunk.subarray(this.#ownFrom));
    // One byte more may be the CR of a line end.
    if (chunk.length - keepFrom <= this.#settings.maxRecordBytes + 1) return;
    const start = keepFrom + this.#open.delta;
    this.#carry.truncate(Math.min(this.#carry.length, start + this.#open.shownBytes));
    this.#dropping = true;
    // Where it is no error, or not yet, it becomes one (or is passed over) once its end is found.
    if (this.#settings.skipsBroken || this.#passOver > 0 || this.#reader.header !== undefined) return;
    const record = this.#position.record + this.#open.count;
    this.#fail(
      recordTooLarge(this.#carry.peek(start), record, this.#chunkStart + keepFrom, this.#settings.maxRecordBytes),
    );
  }

  /** Whether the open batch is to be closed although it is not full: records were found, and only gaps follow. */
  #mustClose(): boolean {
    if (this.#failure !== undefined) return true;
    const { count, delta, next } = this.#open;
    const gapTo = this.#reader.scanner.keepFrom() + delta;
    return count > 0 && !this.#dropping && gapTo > next && gapTo >= this.#settings.maxBatchBytes;
  }

  #close(): RecordBatch | undefined {
    const { count, next, delta, bounds, from, faults, largeEnd } = this.#open;
    const start = this.#position;
    const base = this.#base;
    const end = this.#reader.after(start, start.record + count, base + next);
    const bytes = this.#takeBytes(next, next - delta);
    this.#base = base + next;
    this.#open.reset(this.#chunkStart - this.#base);
    this.#position = end;
    if (this.#reader.header !== undefined) {
      this.#position = this.#reader.header({
        bytes: bytes.subarray(bounds[from], bounds[from + 1]),
        byte: base + bounds[from]!,
        nextByte: base + next,
        faults,
        isTooLarge: largeEnd >= 0,
      });
      this.#limitRecords();
      return undefined;
    }
    if (this.#passOver > 0) {
      this.#passOver -= count;
      this.#limitRecords();
      return undefined;
    }
    const parts = { bytes, base, bounds, from, records: count, start, end, decoder: this.#reader.decoder };
    const verdict = settle(parts, faults, largeEnd, this.#settings);
    if (verdict.failure !== undefined) this.#failure = verdict.failure;
    return verdict.batch;
  }

  /** The bytes of the open batch up to `length`, which is index `until` of the chunk. */
  #takeBytes(length: number, until: number): Buffer {
    if (this.#dropping) {
      this.#dropping = false;
      this.#ownFrom = until;
      return this.#carry.take();
    }
    if (this.#carry.length === 0) {
      const bytes = this.#chunk.subarray(this.#ownFrom, until);
      this.#ownFrom = until;
      return bytes;
    }
    if (this.#hasChunk) {
      this.#carry.append(this.#chunk.subarray(0, until));
      this.#ownFrom = until;
      return this.#carry.take();
    }
    // The chunk was put aside already: what follows the batch stays in the carry.
    const bytes = this.#carry.take();
    this.#carry.append(bytes.subarray(length));
    return bytes.subarray(0, length);
  }

  #limitRecords(): void {
    const { maxRecords } = this.#settings;
    if (this.#reader.header !== undefined) this.#open.maxRecords = 1;
    else this.#open.maxRecords = this.#passOver > 0 ? Math.min(this.#passOver, maxRecords) : maxRecords;
  }
}
