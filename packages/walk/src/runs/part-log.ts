import type { KeyRange } from "../listing/key-range.ts";
import type { LearnedPoint } from "./learned-partition.ts";

/**
 * An entry of a part's log. The log is the truth about a part: it is written at its end only, each entry by a conditional
 * write that succeeds once, so a writer has read all entries before its own.
 */
export type LogEntry =
  /**
   * A hop of the part began, under this fencing token; entries of before there were tokens have none. Whatever hop was at
   * work before cannot add anything any more.
   */
  | { readonly kind: "began"; readonly token?: number }
  /** Some ranges are no longer this part's: they are the child's whose number is the entry's index. */
  | { readonly kind: "gave"; readonly ranges: readonly KeyRange[] }
  /** The part is over. */
  | { readonly kind: "done"; readonly ending: PartEnding };

/** Result of a part. */
export interface PartEnding {
  /** The action's summary, as JSON. */
  readonly summary: string;
  readonly learned: readonly LearnedPoint[];
}

/** The kinds of the entries, from index 0: they show how far a part is. */
export type LogOutline = readonly LogEntry["kind"][];

/** Id of the first part. */
export const FIRST_PART = "0";

/** Id of the child to which the entry at an index gives ranges. */
export function childOf(part: string, index: number): string {
  return `${part}.${index}`;
}

/** Which entry of which log a part's ranges stand in; nothing for the first part. */
export function originOf(part: string): { readonly parent: string; readonly index: number } | undefined {
  const dot = part.lastIndexOf(".");
  return dot === -1 ? undefined : { parent: part.slice(0, dot), index: Number(part.slice(dot + 1)) };
}

/** Ids of the children that a log speaks of. */
export function childrenOf(part: string, outline: LogOutline): string[] {
  return outline.flatMap((kind, index) => (kind === "gave" ? [childOf(part, index)] : []));
}

/** Ids that a child would have had, had not something else been written in its place. */
export function neverBorn(part: string, outline: LogOutline): string[] {
  return outline.flatMap((kind, index) => (kind === "gave" ? [] : [childOf(part, index)]));
}

/**
 * The parts of a walk, if all of them are over; nothing while one is not. Logs read at different times will do: an entry
 * never changes, and a log that ends with `done` is complete, so all children are known.
 */
export function partsIfAllDone(outlines: ReadonlyMap<string, LogOutline>): string[] | undefined {
  const parts = [FIRST_PART];
  for (const part of parts) {
    const outline = outlines.get(part) ?? [];
    if (outline.at(-1) !== "done") return undefined;
    parts.push(...childrenOf(part, outline));
  }
  return parts;
}
