import { type Fields, sqsFields } from "./request-fields.ts";
import { SqsError, sqsErrors } from "./sqs-error.ts";

/** One entry of a batch that did not go through; the others did. */
interface BatchFailure {
  readonly Id: string;
  readonly SenderFault: boolean;
  readonly Code: string;
  readonly Message: string;
}

/** The answer of every batch operation. */
export interface BatchResult {
  readonly Successful: readonly Readonly<Record<string, unknown>>[];
  /** Not there if there is none. */
  readonly Failed?: readonly BatchFailure[];
}

/**
 * The entries of a batch request: 1 to 10, with ids that differ.
 *
 * @throws {SqsError} for the batch as a whole.
 */
export function batchEntries(fields: Fields): readonly Fields[] {
  const entries = sqsFields.recordList(fields, "Entries");
  if (entries.length === 0) {
    throw new SqsError(
      "EmptyBatchRequest",
      "There should be at least one entry in the request.",
      query("EmptyBatchRequest"),
    );
  }
  if (entries.length > 10) {
    const message = `Maximum number of entries per request are 10. You have sent ${entries.length}.`;
    throw new SqsError("TooManyEntriesInBatchRequest", message, query("TooManyEntriesInBatchRequest"));
  }
  const ids = new Set<string>();
  for (const entry of entries) {
    const id = sqsFields.optionalText(entry, "Id");
    if (id === undefined) throw sqsErrors.missingParameter("Id");
    if (!/^[A-Za-z0-9_-]{1,80}$/.test(id)) {
      const message =
        "A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.";
      throw new SqsError("InvalidBatchEntryId", message, query("InvalidBatchEntryId"));
    }
    if (ids.has(id)) {
      throw new SqsError("BatchEntryIdsNotDistinct", `Id ${id} repeated.`, query("BatchEntryIdsNotDistinct"));
    }
    ids.add(id);
  }
  return entries;
}

/** Runs each entry on its own; an entry that is refused does not touch the others. */
export function runBatch(entries: readonly Fields[], run: (entry: Fields) => Record<string, unknown>): BatchResult {
  const successful: Record<string, unknown>[] = [];
  const failed: BatchFailure[] = [];
  for (const entry of entries) {
    const id = sqsFields.text(entry, "Id");
    try {
      successful.push({ Id: id, ...run(entry) });
    } catch (error) {
      if (!(error instanceof SqsError)) throw error;
      failed.push({ Id: id, SenderFault: true, Code: error.queryCode, Message: error.message });
    }
  }
  return { Successful: successful, ...(failed.length > 0 && { Failed: failed }) };
}

function query(code: string): string {
  return `AWS.SimpleQueueService.${code}`;
}
