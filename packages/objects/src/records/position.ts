import { EventError } from "@longhaul/core";

/**
 * The place that reading has reached: all that is needed to continue later, and nothing else. It is plain JSON, so that it can be
 * (part of) a run's state. Begin at {@link startPosition}; go on from any batch's `end`.
 */
export interface ReadPosition {
  /** Records before this position, broken ones included: the number of the next record, counted from 0. */
  readonly record: number;
  /** Byte of the (decompressed) object at which the source must begin. */
  readonly byte: number;
  /** Only in the middle of tasks-JSON: what its records stand in. `lines`: it turned out to be NDJSON. */
  readonly inside?: "object" | "array" | "lines";
  /** Only for CSV whose header row was read: the column names. Absent when `csv.columns` is given. */
  readonly columns?: readonly string[];
}

/** The beginning of an object: record 0, byte 0. */
export const startPosition: ReadPosition = { record: 0, byte: 0 };

/**
 * Parses what came back in an event or a store into a {@link ReadPosition}. A bare number is taken as a count of records,
 * which is the `position` that older handlers pass on: reading then begins at byte 0 and passes over that many records.
 *
 * @throws EventError if it is neither, with the field at fault.
 */
export function parsePosition(value: unknown): ReadPosition {
  if (typeof value === "number") return { record: count(value, "position"), byte: 0 };
  if (typeof value !== "object" || value === null) {
    throw new EventError(
      `A read position is an object {record, byte} or a number of records, not ${JSON.stringify(value)}.`,
    );
  }
  const { record, byte, inside, columns } = value as Record<string, unknown>;
  if (inside !== undefined && inside !== "object" && inside !== "array" && inside !== "lines") {
    throw new EventError(`position.inside must be "object", "array" or "lines", not ${JSON.stringify(inside)}.`);
  }
  if (columns !== undefined && !(Array.isArray(columns) && columns.every((name) => typeof name === "string"))) {
    throw new EventError("position.columns must be an array of column names.");
  }
  return {
    record: count(record, "position.record"),
    byte: count(byte, "position.byte"),
    ...(inside === undefined ? {} : { inside }),
    ...(columns === undefined ? {} : { columns: columns as string[] }),
  };
}

function count(value: unknown, name: string): number {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
  throw new EventError(`${name} must be a whole number from 0, not ${JSON.stringify(value)}.`);
}
