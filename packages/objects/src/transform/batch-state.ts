import { EventError, type StandardSchema } from "@longhaul/core";
import type { OutputMark } from "../object/output-mark.ts";
import { type OutputState, parseOutputState } from "../object/output-state.ts";
import { parsePosition, type ReadPosition } from "../records/position.ts";
import type { Caution } from "./caution.ts";

/** The place that one of the two result objects has reached: a mark within a hop, a state once it was saved. */
export type ResultPlace = OutputMark | OutputState;

/** The place a run has reached; travels under the event's key `position`. */
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
  readonly result?: ResultPlace;
  readonly rejects?: ResultPlace;
  /** How often the run began anew, on another version of the object; absent until the first time. */
  readonly restarts?: number;
  /** Set while a data record is looked for that kills its hops. */
  readonly caution?: Caution;
  /** Data records that were set aside because they killed their hops; absent until the first. */
  readonly killers?: number;
  /** Outputs that were given up, to be deleted once this state is saved. */
  readonly discard?: readonly DiscardedOutputs[];
}

/** The two objects that a run writes. */
export type OutputName = "result" | "rejects";

/** Multipart uploads, by the output they belong to. */
export type UploadIds = { readonly [Name in OutputName]?: string };

/** The outputs of a run from before it began anew. Their keys follow from the run. */
export interface DiscardedOutputs {
  /** How often the run had begun anew by then. */
  readonly restarts: number;
  readonly uploads: UploadIds;
}

/** The state a run begins with; `position` may be a bare count of records, as simpler handlers pass it on. */
export type EntryState = BatchState | number;

/** Checks a state that came with an event or a record. */
export const batchState: StandardSchema<EntryState> = {
  "~standard": {
    version: 1,
    vendor: "longhaul",
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
  const state = record(value, "position");
  const {
    bucket,
    key,
    etag,
    keepsDecoded,
    read,
    written,
    rejected,
    result,
    rejects,
    restarts,
    caution,
    killers,
    discard,
  } = state;
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
    ...(restarts !== undefined && { restarts: count(restarts, "position.restarts") }),
    ...(killers !== undefined && { killers: count(killers, "position.killers") }),
    ...(caution !== undefined && { caution: cautionOf(caution) }),
    ...(discard !== undefined && { discard: discards(discard) }),
  };
}

function cautionOf(value: unknown): Caution {
  const { records, steps } = record(value, "position.caution");
  return {
    records: Math.max(1, count(records, "position.caution.records")),
    steps: count(steps, "position.caution.steps"),
  };
}

function discards(value: unknown): readonly DiscardedOutputs[] {
  if (!Array.isArray(value)) throw new EventError("position.discard must be a list.");
  return value.map((item: unknown, i) => {
    const path = `position.discard[${i}]`;
    const { restarts, uploads } = record(item, path);
    const { result, rejects } = record(uploads, `${path}.uploads`);
    for (const id of [result, rejects]) {
      if (id !== undefined && typeof id !== "string") throw new EventError(`${path}.uploads must hold texts.`);
    }
    return {
      restarts: count(restarts, `${path}.restarts`),
      uploads: { ...(typeof result === "string" && { result }), ...(typeof rejects === "string" && { rejects }) },
    };
  });
}

function record(value: unknown, path: string): Readonly<Record<string, unknown>> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new EventError(`${path} must be an object.`);
}

function count(value: unknown, path: string): number {
  if (Number.isSafeInteger(value) && (value as number) >= 0) return value as number;
  throw new EventError(`${path} must be a whole number from 0.`);
}
