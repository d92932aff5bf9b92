import { isKeyRange, type KeyRange } from "./key-range.ts";
import { ListingCursorError } from "./listing-error.ts";

/** A listing, and what is left of it. */
export interface ListingCursor {
  readonly bucket: string;
  readonly prefix: string;
  readonly ranges: readonly KeyRange[];
}

const VERSION = 1;

/** A cursor as a text that can be kept. */
export function cursorText(cursor: ListingCursor): string {
  return JSON.stringify({ v: VERSION, ...cursor });
}

/**
 * The ranges that a cursor has left.
 *
 * @throws ListingCursorError if it is not a cursor, or one of another bucket or prefix.
 */
export function rangesOfCursor(text: string, { bucket, prefix }: Omit<ListingCursor, "ranges">): readonly KeyRange[] {
  const cursor = parsed(text);
  const { ranges } = cursor;
  if (cursor.v !== VERSION || !Array.isArray(ranges) || !ranges.every(isKeyRange)) {
    throw new ListingCursorError("is not one that a listing gave");
  }
  if (cursor.bucket === bucket && cursor.prefix === prefix) return ranges;
  throw new ListingCursorError(`is of s3://${cursor.bucket}/${cursor.prefix}, not of s3://${bucket}/${prefix}`);
}

function parsed(text: string): Partial<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
