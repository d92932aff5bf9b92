import { EventError, type StandardSchema } from "@longhaul/core";
import { parsePosition, type ReadPosition } from "@longhaul/core/records";
import { type OutputMark, type OutputState, parseOutputState } from "@longhaul/core/s3";

/** Where one of the two result objects stands: a mark within a hop, a state once it was saved. */
export type OutputPlace = OutputMark | OutputState;

/** Where a run stands; travels under the event's key `position`. */
export interface BatchState {
  readonly bucket: string;
  readonly key: string;
  /** The version of the object that is read; absent until it was opened. */
  readonly etag?: string;
  /** `false` once the decompressed object was too large for `/tmp`, so that no later hop tries again. */
  readonly keepsDecoded?: boolean;
  readonly read: ReadPosition;
  /** Records written so far. */
  readonly written: number;
  /** Records set aside so far. */
  readonly rejected: number;
  readonly result?: OutputPlace;
  readonly rejects?: OutputPlace;
}

/** The state a run begins with; `position` may be a bare count of records, as simpler handlers pass it on. */
export type EntryState = BatchState | number;

/** Checks a state that came with an event or a record. */
export const batchState: StandardSchema<EntryState> = {
  "~standard": {
    version: 1,
    vendor: "s3-batch",
    validate(value) {
      try {
        return { value: typeof value === "number" ? parsePosition(value).record : parseState(value) };
      } catch (error) {
        return { issues: [{ message: error instanceof Error ? error.message : String(error) }] };
      }
    },
  },
};

function parseState(value: unknown): BatchState {
  const { bucket, key, etag, keepsDecoded, read, written, rejected, result, rejects } = record(value, "position");
  if (typeof bucket !== "string" || typeof key !== "string")
    throw new EventError("position must name a bucket and a key.");
  if (etag !== undefined && typeof etag !== "string") throw new EventError("position.etag must be a text.");
  return {
    bucket,
    key,
    ...(etag !== undefined && { etag }),
    ...(keepsDecoded === false && { keepsDecoded }),
    read: parsePosition(read),
    written: count(written, "position.written"),
    rejected: count(rejected, "position.rejected"),
    ...(result !== undefined && { result: parseOutputState(result, "position.result") }),
    ...(rejects !== undefined && { rejects: parseOutputState(rejects, "position.rejects") }),
  };
}

function record(value: unknown, path: string): Readonly<Record<string, unknown>> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new EventError(`${path} must be an object.`);
}

function count(value: unknown, path: string): number {
  if (Number.isSafeInteger(value) && (value as number) >= 0) return value as number;
  throw new EventError(`${path} must be a whole number from 0.`);
}
