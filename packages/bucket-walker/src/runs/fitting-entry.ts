import { createHash } from "node:crypto";
import type { StateRef, StateSpill } from "@longhaul/core";
import type { LearnedPoint } from "./learned-partition.ts";
import type { LogEntry, PartEnding } from "./part-log.ts";
import { SummaryTooLargeError, WalkRecordError } from "./walk-errors.ts";

/** An entry as it is stored: a large summary stands elsewhere. */
export type StoredEntry = Exclude<LogEntry, { readonly kind: "done" }> | StoredDone;

interface StoredDone {
  readonly kind: "done";
  readonly summary?: string;
  readonly summaryRef?: StateRef;
  readonly learned: readonly LearnedPoint[];
}

/**
 * An item holds 400 KB, names included, and what was learned takes up to 100 KB of that.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
 */
const MAX_SUMMARY_BYTES = 256 * 1024;

/** Keeps what is too large for a record: a `StateSpill` does. */
export type SummarySpill = Pick<StateSpill, "put" | "get">;

/** Where an entry belongs. */
export interface EntryPlace {
  readonly walk: string;
  readonly part: string;
  readonly index: number;
  readonly spill: SummarySpill | undefined;
}

/** An entry that fits into an item. */
export async function fittingEntry(entry: LogEntry, { walk, part, index, spill }: EntryPlace): Promise<StoredEntry> {
  if (entry.kind !== "done") return entry;
  const { summary, learned } = entry.ending;
  const bytes = Buffer.byteLength(summary);
  if (bytes <= MAX_SUMMARY_BYTES) return { kind: "done", summary, learned };
  if (!spill) throw new SummaryTooLargeError(bytes, MAX_SUMMARY_BYTES);
  return { kind: "done", summaryRef: await spill.put(`${walk}/${part}`, index, summary), learned };
}

/** What a part came to, with its summary brought back. */
export async function storedEnding(stored: StoredDone, spill: SummarySpill | undefined): Promise<PartEnding> {
  const { summary, summaryRef, learned } = stored;
  if (summaryRef === undefined) return { summary: summary ?? "null", learned };
  const text = (await spill?.get(summaryRef)) ?? "";
  if (createHash("sha256").update(text).digest("hex") !== summaryRef.sha256) {
    throw new WalkRecordError(summaryRef.uri, "summary", 0);
  }
  return { summary: text, learned };
}
