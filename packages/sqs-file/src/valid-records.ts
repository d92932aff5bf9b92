import { LonghaulError } from "@longhaul/core";
import type { RecordBatch } from "@longhaul/core/records";
import { recordSchema } from "./record-schema.ts";
import type { NumberedRecord } from "./records-table.ts";

/** A record that may not be written. */
class InvalidRecordError extends LonghaulError {
  /** Its number in the file, from 0. */
  readonly record: number;

  constructor(record: number, problem: string) {
    super("INVALID_RECORD", `Record ${record} ${problem}. Correct it, and upload the file again.`);
    this.record = record;
  }
}

// An item of DynamoDB takes at most 400 KB, its keys and the names of its attributes included:
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
const MAX_JSON_BYTES = 400 * 1024 - 4 * 1024;

/**
 * The batch's records as the schema answers them, and how many it left out.
 *
 * @throws InvalidRecordError for the first that is not valid, under `onInvalid: "fail"`.
 */
export async function validRecords(
  batch: RecordBatch,
  onInvalid: "fail" | "skip",
  schema = recordSchema,
): Promise<{ readonly records: readonly NumberedRecord[]; readonly skipped: number }> {
  const records: NumberedRecord[] = [];
  let skipped = 0;
  let i = 0;
  for (const value of batch) {
    const { record } = batch.place(i++);
    const validating = schema["~standard"].validate(value);
    const answer = validating instanceof Promise ? await validating : validating;
    const { json, problem }: Written = answer.issues
      ? { problem: answer.issues.map(({ message }) => message).join("; ") }
      : written(answer.value);
    if (json !== undefined) records.push({ record, json });
    else if (onInvalid === "skip") skipped++;
    else throw new InvalidRecordError(record, problem);
  }
  return { records, skipped };
}

/** A record as it is written, or why it cannot be. */
type Written =
  | { readonly json: string; readonly problem?: never }
  | { readonly json?: never; readonly problem: string };

function written(value: unknown): Written {
  let json: string | undefined;
  try {
    json = JSON.stringify(value);
  } catch (error) {
    // A record may be nested deeper than the stack can follow; what a schema answers may hold a bigint, or itself.
    return { problem: `cannot be written as JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
  if (json === undefined) return { problem: "cannot be written as JSON" };
  if (Buffer.byteLength(json) <= MAX_JSON_BYTES) return { json };
  return { problem: `is larger than the ${MAX_JSON_BYTES} bytes that fit into an item` };
}
