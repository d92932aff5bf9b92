import { formatNumber } from "./format.ts";
import { type HopHistory, isFault } from "./run-history.ts";

/** The number of invocations that ended badly, as a note with a space before it. Empty if there are none. */
export function faultNote(hops: readonly HopHistory[]): string {
  const faults = hops.filter(isFault).length;
  return faults === 0 ? "" : ` <b class="bad">${formatNumber(faults)} with an error</b>`;
}
