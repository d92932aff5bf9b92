import { isAscii } from "node:buffer";
import { assertNoNul, brokenRecord, type RecordDecoder, textOf } from "./decoder.ts";
import type { BrokenReason, BrokenRecordError, RecordPlace } from "./errors.ts";
import type { ReadPosition } from "./position.ts";
import { SuspectNumbers } from "./suspect-numbers.ts";

const notAscii = /[^\0-\x7f]/g;

/** A record that was set aside, under `onBrokenRecord: "skip"`. */
export interface RejectedRecord {
  /** Number of the record in the object, counted from 0. */
  readonly record: number;
  /** First byte of the record in the (decompressed) object. */
  readonly byte: number;
  /** Byte after its last one. */
  readonly endByte: number;
  /** The bytes of the record. Of one larger than `maxRecordBytes` only the beginning. */
  readonly bytes: Uint8Array;
  readonly reason: BrokenReason;
  /** The error that `onBrokenRecord: "fail"` would have thrown. */
  readonly error: BrokenRecordError;
}

/** The parts of a batch; the assembler builds them. */
export interface BatchParts {
  readonly bytes: Buffer;
  /** Byte of the object at which `bytes` begins. */
  readonly base: number;
  readonly bounds: Int32Array;
  /** The index of the first pair in `bounds`. */
  readonly from: number;
  readonly records: number;
  readonly start: ReadPosition;
  readonly end: ReadPosition;
  readonly decoder: RecordDecoder;
  /** Values that were already decoded, if every record was looked at. */
  readonly values: readonly unknown[] | undefined;
  /** Numbers of the records, if some between them were rejected. */
  readonly numbers: readonly number[] | undefined;
  readonly rejected: readonly RejectedRecord[];
}

/**
 * Some records that stand one after the other, with the position after them. Nothing is decoded until it is asked for.
 *
 * `bytes(i)` is a view into the chunk the source gave: it costs nothing, keeps that whole chunk in memory while it is
 * held, and is overwritten if the source reuses its buffers. Use it before the next batch is asked for, or copy it.
 * `text(i)` and `json(i)` are copies and may be kept.
 *
 * @example
 * ```ts
 * for await (const batch of readBatches(source, { format: "ndjson", from: state.position })) {
 *   for (const record of batch) await handle(record);
 *   yield { ...state, position: batch.end };
 * }
 * ```
 */
export class RecordBatch implements Iterable<unknown> {
  /** How many records the batch holds. May be 0 when all of its records were rejected. */
  readonly records: number;
  /** Position before the first record. */
  readonly start: ReadPosition;
  /** Position after the last record: reading from here gives exactly the records that follow. */
  readonly end: ReadPosition;
  /** Broken records between `start` and `end` that were set aside, in order. Empty unless `onBrokenRecord` is `"skip"`. */
  readonly rejected: readonly RejectedRecord[];
  readonly #parts: BatchParts;
  readonly #bounds: Int32Array;
  readonly #from: number;
  /** The whole batch, a character for each byte, and a stretch of it that is known to be ASCII. */
  #latin1: string | undefined;
  #asciiFrom = 0;
  #asciiTo = -1;
  #hasNul: boolean | undefined;
  #suspects: SuspectNumbers | undefined;

  /** Batches come from {@link readBatches} and {@link LineSplitter}. */
  constructor(parts: BatchParts) {
    this.records = parts.records;
    this.start = parts.start;
    this.end = parts.end;
    this.rejected = parts.rejected;
    this.#parts = parts;
    this.#bounds = parts.bounds;
    this.#from = parts.from;
  }

  /** Size of record `i` in bytes, without its line end or comma. */
  byteLength(i: number): number {
    const at = this.#from + 2 * i;
    return this.#bounds[at + 1]! - this.#bounds[at]!;
  }

  /** Record `i` as a view of the source's bytes; see the class for how long it is good. */
  bytes(i: number): Uint8Array {
    this.#check(i);
    const at = this.#from + 2 * i;
    return this.#parts.bytes.subarray(this.#bounds[at], this.#bounds[at + 1]);
  }

  /**
   * Record `i` as text.
   * @throws BrokenRecordError if it is not UTF-8, or has a NUL byte.
   */
  text(i: number): string {
    this.#check(i);
    const at = this.#from + 2 * i;
    const start = this.#bounds[at]!;
    const end = this.#bounds[at + 1]!;
    try {
      if (this.#mayHoldNul()) assertNoNul(this.#parts.bytes, start, end);
      return textOf(this.#parts.bytes, start, end);
    } catch (fault) {
      throw brokenRecord(fault, this.place(i), this.bytes(i));
    }
  }

  /**
   * Record `i` as a value: NDJSON and tasks-JSON parsed; CSV an object by column name (an array of strings if there are
   * no names); a text line itself.
   * @throws BrokenRecordError if it cannot be decoded.
   */
  json(i: number): unknown {
    this.#check(i);
    const { values, decoder, bytes } = this.#parts;
    if (values !== undefined) return values[i];
    const at = this.#from + 2 * i;
    const start = this.#bounds[at]!;
    const end = this.#bounds[at + 1]!;
    try {
      if (this.#mayHoldNul()) assertNoNul(bytes, start, end);
      const text = this.#isAscii(start, end) ? this.#latin1!.slice(start, end) : textOf(bytes, start, end);
      if (decoder.exactValueOf === undefined) return decoder.valueOf(text);
      this.#suspects ??= new SuspectNumbers(bytes, this.#latin1!);
      return this.#suspects.isIn(start, end) ? decoder.exactValueOf(text) : decoder.valueOf(text);
    } catch (fault) {
      throw brokenRecord(fault, this.place(i), this.bytes(i));
    }
  }

  /** The place of record `i` in the object. */
  place(i: number): RecordPlace {
    this.#check(i);
    const at = this.#from + 2 * i;
    const { base, numbers } = this.#parts;
    return {
      record: numbers?.[i] ?? this.start.record + i,
      byte: base + this.#bounds[at]!,
      endByte: base + this.#bounds[at + 1]!,
    };
  }

  /** Position before record `i`, for stopping in the middle of a batch; `positionOf(records)` is `end`. */
  positionOf(i: number): ReadPosition {
    if (i === 0) return this.start;
    if (i === this.records) return this.end;
    return this.#parts.decoder.positionBetween(this.place(i - 1), this.place(i), this.end);
  }

  /** The values of all records, in order. */
  *[Symbol.iterator](): Iterator<unknown> {
    for (let i = 0; i < this.records; i++) yield this.json(i);
  }

  /** Whether there is a NUL byte in the batch: one search for all of its records. */
  #mayHoldNul(): boolean {
    this.#hasNul ??= this.#parts.bytes.includes(0);
    return this.#hasNul;
  }

  /**
   * Whether a record is ASCII, so that it can be cut from the batch decoded as a whole, which costs far less than decoding
   * each record. Reading in order, every byte is looked at once.
   */
  #isAscii(start: number, end: number): boolean {
    if (this.#latin1 === undefined) {
      const { bytes } = this.#parts;
      this.#latin1 = bytes.toString("latin1");
      if (isAscii(bytes)) this.#asciiTo = bytes.length;
    }
    if (start < this.#asciiFrom || start > this.#asciiTo) {
      notAscii.lastIndex = start;
      this.#asciiFrom = start;
      this.#asciiTo = notAscii.test(this.#latin1) ? notAscii.lastIndex - 1 : this.#latin1.length;
    }
    return end <= this.#asciiTo;
  }

  #check(i: number): void {
    if (!(i >= 0 && i < this.records))
      throw new RangeError(`The batch holds records 0 to ${this.records - 1}; asked for ${i}.`);
  }
}
