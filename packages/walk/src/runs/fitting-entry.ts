import { createHash } from "node:crypto";
import type { StateRef, StateSpill } from "@longhaul/core/parts";
import type { LearnedPoint } from "./learned-partition.ts";
import type { LogEntry, PartEnding } from "./part-log.ts";
import { SummaryTooLargeError, WalkRecordError } from "./walk-errors.ts";

/** An entry as it is stored: a large summary is stored elsewhere. */
export type StoredEntry = Exclude<LogEntry, { readonly kind: "done" }> | StoredDone;

interface StoredDone {
  readonly kind: "done";
  readonly summary?: string;
  readonly summaryRef?: StateRef;
  readonly learned: readonly LearnedPoint[];
}

/**
 * Most bytes of an entry, as JSON: an item holds 400 KB, and its keys and names are in that.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
 */
export const MAX_ENTRY_BYTES = 390 * 1024;

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
  const whole = { kind: "done", summary, learned } as const;
  const bytes = Buffer.byteLength(JSON.stringify(whole));
  if (bytes <= MAX_ENTRY_BYTES) return whole;
  if (!spill) throw new SummaryTooLargeError(bytes, MAX_ENTRY_BYTES);
  return { kind: "done", summaryRef: await spill.put(`${walk}/${part}`, index, summary), learned };
}

/** The ending of a part, with its summary read back. */
export async function storedEnding(stored: StoredDone, spill: SummarySpill | undefined): Promise<PartEnding> {
  const { summary, summaryRef, learned } = stored;
  if (summaryRef === undefined) return { summary: summary ?? "null", learned };
  const text = (await spill?.get(summaryRef)) ?? "";
  if (createHash("sha256").update(text).digest("hex") !== summaryRef.sha256) {
    throw new WalkRecordError(summaryRef.uri, "summary", 0);
  }
  return { summary: text, learned };
}
