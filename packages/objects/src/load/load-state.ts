import { EventError, type StandardSchema } from "@longhaul/core";
import { parsePosition, type ReadPosition, startPosition } from "../records/position.ts";

/** The place a run has reached; travels under the event's key `position`. */
export interface LoadState {
  readonly read: ReadPosition;
  /** The version that is read, as S3 quotes it; absent until it was opened, if the message did not say. */
  readonly etag?: string;
  /** Records left out because they are not valid, or cannot be read. */
  readonly skipped: number;
}

/** The state of a run that has not begun. */
export const loadBeginning: LoadState = { read: startPosition, skipped: 0 };

/** Checks a state that came with an event or a record. A bare count is one of records, as simpler handlers pass it on. */
export const loadState: StandardSchema<LoadState> = {
  "~standard": {
    version: 1,
    vendor: "longhaul",
    validate(value) {
      try {
        return {
          value: typeof value === "number" ? { ...loadBeginning, read: parsePosition(value) } : parseState(value),
        };
      } catch (error) {
        return { issues: [{ message: error instanceof Error ? error.message : String(error) }] };
      }
    },
  },
};

function parseState(value: unknown): LoadState {
  if (typeof value !== "object" || value === null) throw new EventError("position must be an object or a number.");
  const { read, etag, skipped } = value as Readonly<Record<string, unknown>>;
  if (etag !== undefined && typeof etag !== "string") throw new EventError("position.etag must be a text.");
  if (typeof skipped !== "number" || !Number.isSafeInteger(skipped) || skipped < 0) {
    throw new EventError("position.skipped must be a whole number from 0.");
  }
  return { read: parsePosition(read), skipped, ...(etag !== undefined && { etag }) };
}
