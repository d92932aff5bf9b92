import { type ByteFinder, IndexOfFinder, type Needles, TableFinder } from "./byte-finder.ts";

/** The fastest finder for `needles` that this process can run. */
export function finderOf(needles: Needles): ByteFinder {
  return needles.bytes.length === 1 ? new IndexOfFinder(needles.bytes[0]!) : new TableFinder(needles);
}
