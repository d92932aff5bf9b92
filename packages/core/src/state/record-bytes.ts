import { utf8Bytes } from "./json.ts";
import type { RunRecord } from "./run-store.ts";

/**
 * Kept free in each record for the small fields that are written later (why it ended, how it failed, statistics that
 * grow), in bytes.
 */
export const KEPT_BACK_BYTES = 16_384;

/** The most that a number takes; most take less. */
const NUMBER_BYTES = 21;

/**
 * The size of a record in bytes, as DynamoDB measures an item: the names of its attributes, and its texts in UTF-8.
 * Structures are stored as JSON.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
 */
export function recordBytes(record: Partial<RunRecord>): number {
  let bytes = 0;
  for (const [name, value] of Object.entries(record)) {
    if (value !== undefined) bytes += name.length + valueBytes(value);
  }
  return bytes;
}

function valueBytes(value: string | number | object): number {
  if (typeof value === "number") return NUMBER_BYTES;
  return utf8Bytes(typeof value === "string" ? value : JSON.stringify(value));
}
