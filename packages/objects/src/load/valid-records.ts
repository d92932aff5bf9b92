import { LonghaulError, type StandardSchema } from "@longhaul/core";
import type { StandardResult } from "@longhaul/core/parts";
import { type CallTuning, call } from "@longhaul/core/parts";
import type { RecordBatch } from "../records/batch.ts";
import { jsonText } from "../records/json-text.ts";
import type { StoredRecord } from "./record-store.ts";

/** A record that may not be written. */
class InvalidRecordError extends LonghaulError {
  /** Its number in the file, from 0. */
  readonly record: number;

  constructor(record: number, problem: string) {
    super("INVALID_RECORD", `Record ${record} ${problem}. Correct it, and upload the file again.`);
    this.record = record;
  }
}

/** How records are validated. */
export interface ValidationOptions {
  readonly schema: StandardSchema<object>;
  /** Largest record as JSON, in bytes. Default: no limit. */
  readonly maxBytes?: number | undefined;
  /** Longest time for the schema to answer for one record, in milliseconds. Default 60,000. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Time. Default: the machine's. */
  readonly host?: CallTuning["host"];
}

const TIMEOUT_MS = 60_000;

/**
 * The batch's records as the schema answers them, and how many it left out.
 *
 * @throws InvalidRecordError for the first that is not valid, under `onInvalid: "fail"`; CallTimeoutError if the schema does not
 * answer for one in time, which may pass.
 */
export async function validRecords(
  batch: RecordBatch,
  onInvalid: "fail" | "skip",
  { schema, maxBytes = Number.POSITIVE_INFINITY, timeoutMs, signal, host }: ValidationOptions,
): Promise<{ readonly records: readonly StoredRecord[]; readonly skipped: number }> {
  const records: StoredRecord[] = [];
  let skipped = 0;
  let i = 0;
  for (const read of batch) {
    const { record } = batch.place(i++);
    const validating = schema["~standard"].validate(read);
    const answer =
      validating instanceof Promise
        ? await call(() => validating, {
            name: `The schema of record ${record}`,
            kind: "long-operation",
            budgetMs: () => timeoutMs ?? TIMEOUT_MS,
            attempts: 1,
            signal,
            host,
          })
        : validating;
    const { value, json, problem }: Written = answer.issues
      ? { problem: problemOf(answer.issues) }
      : written(answer.value, maxBytes);
    if (json !== undefined) records.push({ record, value, json });
    else if (onInvalid === "skip") skipped++;
    else throw new InvalidRecordError(record, problem);
  }
  return { records, skipped };
}

type Issues = NonNullable<StandardResult<object>["issues"]>;

/** The issues of a schema with a record, each with its field: `items[3].price: must be above 0`. */
function problemOf(issues: Issues): string {
  const shown = issues.slice(0, MAX_ISSUES).map(({ message, path = [] }) => {
    const where = path.map(stepOf).join("").replace(/^\./, "");
    return where === "" ? message : `${where.slice(0, MAX_PATH_CHARACTERS)}: ${message}`;
  });
  const more = issues.length - shown.length;
  return `is not valid: ${[...shown, ...(more > 0 ? [`and ${more} more`] : [])].join("; ")}`;
}

const MAX_ISSUES = 5;
const MAX_PATH_CHARACTERS = 200;

function stepOf(part: PropertyKey | { readonly key: PropertyKey }): string {
  const key = typeof part === "object" ? part.key : part;
  if (typeof key === "number") return `[${key}]`;
  return typeof key === "string" && /^[\p{L}_$][\p{L}\d_$-]*$/u.test(key)
    ? `.${key}`
    : `[${JSON.stringify(String(key))}]`;
}

/** A record as it is written, or why it cannot be. */
type Written =
  | { readonly value: object; readonly json: string; readonly problem?: never }
  | { readonly value?: never; readonly json?: never; readonly problem: string };

function written(value: object, maxBytes: number): Written {
  let json: string | undefined;
  try {
    json = jsonText(value);
  } catch (error) {
    // A record may be nested deeper than the stack can follow; what a schema answers may hold a bigint, or itself.
    return { problem: `cannot be written as JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
  if (json === undefined) return { problem: "cannot be written as JSON" };
  if (maxBytes === Number.POSITIVE_INFINITY || Buffer.byteLength(json) <= maxBytes) return { value, json };
  return { problem: `is larger than the ${maxBytes} bytes that the store takes` };
}
