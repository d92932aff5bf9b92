import type { BrokenReason } from "./errors.ts";

/** A fault that a scanner noticed in a record it added. */
export interface RecordFault {
  /** Index of the record in its batch. */
  readonly index: number;
  readonly reason: BrokenReason;
}

export interface BatchLimits {
  readonly maxRecords: number;
  readonly maxBatchBytes: number;
  readonly maxRecordBytes: number;
}

const slabInts = 16_384;

/**
 * The batch that is being filled: the bounds of its records, as pairs of ints relative to the batch's first byte.
 * Bounds are cut from a slab that is never written again, so that a finished batch stays what it was.
 */
export class OpenBatch {
  /** Records added so far. */
  count = 0;
  /** The offset from an index of the scanner's chunk to one of the batch. May be negative. */
  delta = 0;
  /** Relative to the batch: where reading continues after the last record added. */
  next = 0;
  /** Bounds of record i: `bounds[from + 2 * i]` to `bounds[from + 2 * i + 1]`. */
  bounds: Int32Array;
  from = 0;
  /** Relative to the batch: end of the last record, if it is too large; otherwise -1. Such a record fills its batch. */
  largeEnd = -1;
  faults: RecordFault[] = [];
  maxRecords: number;
  /** How much is kept of a record that is too large. */
  readonly shownBytes: number;
  readonly #limits: BatchLimits;

  constructor(limits: BatchLimits) {
    this.#limits = limits;
    this.shownBytes = Math.min(1_024, limits.maxRecordBytes);
    this.maxRecords = limits.maxRecords;
    this.bounds = new Int32Array(slabInts);
  }

  /**
   * Adds the record `start` to `end` (indexes of the chunk; `start` may lie before it), after which reading continues at
   * `next`. Returns whether the batch is full: by records, by bytes, or because the record is too large to go on with.
   */
  add(start: number, end: number, next: number): boolean {
    let at = this.from + (this.count << 1);
    if (at + 2 > this.bounds.length) at = this.#grow();
    const { bounds, delta } = this;
    bounds[at] = start + delta;
    bounds[at + 1] = end + delta;
    this.next = next + delta;
    this.count++;
    if (end - start > this.#limits.maxRecordBytes) {
      this.largeEnd = end + delta;
      bounds[at + 1] = start + delta + this.shownBytes;
      return true;
    }
    return this.count >= this.maxRecords || next + delta >= this.#limits.maxBatchBytes;
  }

  /** As `add`, for a record that is known to be broken. */
  addFaulty(start: number, end: number, next: number, reason: BrokenReason): boolean {
    this.faults.push({ index: this.count, reason });
    return this.add(start, end, next);
  }

  /** Begins the next batch; `delta` is relative to its first byte. */
  reset(delta: number): void {
    const used = this.count << 1;
    this.from += used;
    // The next batch is likely to be as large as this one: a slab that holds it spares copying.
    if (this.from + used > this.bounds.length) {
      this.bounds = new Int32Array(Math.max(slabInts, used));
      this.from = 0;
    }
    this.count = 0;
    this.largeEnd = -1;
    this.next = 0;
    this.delta = delta;
    if (this.faults.length > 0) this.faults = [];
  }

  #grow(): number {
    const used = this.count << 1;
    const larger = new Int32Array(Math.max(slabInts, used * 2));
    larger.set(this.bounds.subarray(this.from, this.from + used));
    this.bounds = larger;
    this.from = 0;
    return used;
  }
}
