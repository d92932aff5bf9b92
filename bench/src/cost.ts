import type { BenchOptions, Finding } from "./finding.ts";
import { costOf } from "./list-prices.ts";

const MILLION = 1_000_000;
/** Jobs of a million items: as long as parsing a record, as a call to a service, as a small picture. */
const JOBS = [
  { itemSeconds: 0.001, memoryMb: 1_024 },
  { itemSeconds: 0.1, memoryMb: 512 },
  { itemSeconds: 5, memoryMb: 1_024 },
] as const;
const OURS = "Longhaul, with a store";

/** The list price of a million items by each way to do them, as `longhaul cost` counts it. Counted, not measured. */
export async function cost(_: BenchOptions): Promise<Finding[]> {
  return JOBS.map((job) => {
    const { estimates } = costOf({ items: MILLION, ...job });
    const possible = estimates.filter(({ usd }) => usd !== undefined);
    const ours = possible.find(({ way }) => way === OURS)?.usd;
    const least = Math.min(...possible.map(({ usd = 0 }) => usd));
    if (ours === undefined) throw new Error(`longhaul cost does not say what a million items cost by ${OURS}.`);
    const shown = estimates.map(({ way, usd, because }) =>
      usd === undefined ? `${way}: not possible (${because.replace(/\.$/, "")})` : `${way}: $${usd.toPrecision(3)}`,
    );
    return {
      what: `a million items of ${job.itemSeconds * 1_000} ms in ${job.memoryMb} MB`,
      figure: `${shown.join("; ")}. ${OURS}, ${(ours / least).toFixed(2)} x the cheapest`,
      values: { timesCheapest: ours / least },
      rounds: Object.fromEntries(possible.map(({ way, usd = 0 }) => [way, [usd]])),
      unit: "$",
    };
  });
}
