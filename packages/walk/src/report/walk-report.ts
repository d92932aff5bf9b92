import type { ClassTotal, DatedObject, ReportSummary, SizedObject } from "./report-summary.ts";
import { binStart } from "./size-bins.ts";

/** Names a walk and the place that it is of. */
export interface WalkIdentity {
  readonly id: string;
  readonly bucket: string;
  /** Only keys that begin so; empty: all. */
  readonly prefix: string;
}

/** Objects that share something, and their bytes. */
export interface Share {
  readonly objects: number;
  readonly bytes: number;
}

/** The report, as it is written as JSON. The same objects make the same report, whatever their order and the hops. */
export interface WalkReport extends Share {
  readonly version: 1;
  readonly walk: string;
  readonly bucket: string;
  readonly prefix: string;
  /** From `fromBytes` up to, not including, `belowBytes`; what lies between the first and the last without gaps. */
  readonly sizes: readonly (Share & { readonly fromBytes: number; readonly belowBytes: number })[];
  readonly storageClasses: readonly ClassTotal[];
  /** By bytes, the most first. */
  readonly prefixes: readonly (Share & { readonly prefix: string })[];
  /** How many segments these prefixes have; less than was chosen if there were too many. */
  readonly depth: number;
  readonly chosenDepth: number;
  /** Objects in no prefix of the list. */
  readonly otherPrefixes: Share;
  readonly oldest: DatedObject | null;
  readonly newest: DatedObject | null;
  readonly largest: readonly SizedObject[];
}

/** Makes a report of a summary. */
export function reportOf(summary: ReportSummary, walk: WalkIdentity, chosenDepth: number): WalkReport {
  const { objects, bytes, sizes, classes, prefixes, oldest, newest, largest } = summary;
  const first = Math.max(
    0,
    sizes.objects.findIndex((count) => count > 0),
  );
  const [otherObjects, otherBytes] = prefixes.other;
  return {
    version: 1,
    walk: walk.id,
    bucket: walk.bucket,
    prefix: walk.prefix,
    objects,
    bytes,
    sizes: sizes.objects.slice(first).map((count, at) => ({
      fromBytes: binStart(first + at),
      belowBytes: binStart(first + at + 1),
      objects: count,
      bytes: sizes.bytes[first + at] as number,
    })),
    storageClasses: [...classes].sort((a, b) => b.bytes - a.bytes || byText(a.name, b.name)),
    prefixes: Object.entries(prefixes.totals)
      .map(([prefix, total]) => ({ prefix, objects: total[0], bytes: total[1] }))
      .sort((a, b) => b.bytes - a.bytes || byText(a.prefix, b.prefix)),
    depth: prefixes.depth,
    chosenDepth,
    otherPrefixes: { objects: otherObjects, bytes: otherBytes },
    oldest,
    newest,
    largest,
  };
}

function byText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
