import { type BatchParts, RecordBatch, type RejectedRecord } from "./batch.ts";
import { brokenRecord } from "./decoder.ts";
import { BrokenRecordError, RecordTooLargeError } from "./errors.ts";
import { excerptOf } from "./excerpt.ts";
import type { RecordFault } from "./open-batch.ts";
import { RecordFaultError } from "./record-fault.ts";

/** The fate of a batch once its records are judged: given in full, in part, or followed by an error. */
export interface Verdict {
  readonly batch: RecordBatch | undefined;
  readonly failure: BrokenRecordError | undefined;
}

export interface Policy {
  readonly maxRecordBytes: number;
  readonly skipsBroken: boolean;
}

type Found = Omit<BatchParts, "values" | "numbers" | "rejected">;

/**
 * Judges a batch that the scanner found. `largeEnd` is where its last record ends, relative to the batch, if that record
 * is too large; its bytes may then be there only in part.
 */
export function settle(found: Found, faults: readonly RecordFault[], largeEnd: number, policy: Policy): Verdict {
  const whole = new RecordBatch({ ...found, values: undefined, numbers: undefined, rejected: [] });
  if (!policy.skipsBroken && faults.length === 0 && largeEnd < 0) return { batch: whole, failure: undefined };

  const last = found.records - 1;
  const broken = new Map<number, BrokenRecordError>();
  for (const { index, reason } of faults) {
    if (index < last || largeEnd < 0)
      broken.set(index, brokenRecord(new RecordFaultError(reason), whole.place(index), whole.bytes(index)));
  }
  if (largeEnd >= 0) {
    const { record, byte } = whole.place(last);
    broken.set(
      last,
      recordTooLarge(
        whole.bytes(last),
        record,
        byte,
        policy.maxRecordBytes,
        policy.skipsBroken ? found.base + largeEnd : undefined,
      ),
    );
  }
  return policy.skipsBroken ? skipBroken(found, whole, broken) : failAtFirst(found, whole, broken);
}

/**
 * The error for a record that is too large; `bytes` is what is held of it. Its end is given only under "skip": otherwise
 * it was not looked for, and `endByte` is where the limit was passed.
 */
export function recordTooLarge(
  bytes: Uint8Array,
  record: number,
  byte: number,
  maxRecordBytes: number,
  endByte = byte + maxRecordBytes,
): RecordTooLargeError {
  return new RecordTooLargeError({ record, byte, endByte }, excerptOf(bytes), maxRecordBytes);
}

function failAtFirst(found: Found, whole: RecordBatch, broken: ReadonlyMap<number, BrokenRecordError>): Verdict {
  const first = Math.min(...broken.keys());
  const failure = broken.get(first);
  if (first === 0) return { batch: undefined, failure };
  const end = whole.positionOf(first);
  return {
    batch: new RecordBatch({ ...found, records: first, end, values: undefined, numbers: undefined, rejected: [] }),
    failure,
  };
}

function skipBroken(found: Found, whole: RecordBatch, broken: ReadonlyMap<number, BrokenRecordError>): Verdict {
  const values: unknown[] = [];
  const numbers: number[] = [];
  const rejected: RejectedRecord[] = [];
  const bounds: number[] = [];
  for (let i = 0; i < found.records; i++) {
    const error = broken.get(i) ?? decodeInto(values, whole, i);
    if (error === undefined) {
      numbers.push(found.start.record + i);
      bounds.push(found.bounds[found.from + 2 * i]!, found.bounds[found.from + 2 * i + 1]!);
    } else {
      const { record, byte, endByte, reason } = error;
      rejected.push({ record, byte, endByte, bytes: Buffer.from(whole.bytes(i)), reason, error });
    }
  }
  const kept =
    rejected.length === 0
      ? { ...found, numbers: undefined }
      : { ...found, bounds: Int32Array.from(bounds), from: 0, records: values.length, numbers };
  return { batch: new RecordBatch({ ...kept, values, rejected }), failure: undefined };
}

function decodeInto(values: unknown[], whole: RecordBatch, i: number): BrokenRecordError | undefined {
  try {
    values.push(whole.json(i));
    return undefined;
  } catch (error) {
    if (error instanceof BrokenRecordError) return error;
    throw error;
  }
}
