import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** A job of a million items, or another number, as `longhaul cost` takes it. */
export interface CostJob {
  readonly items: number;
  readonly itemSeconds: number;
  readonly memoryMb: number;
}

/** The answer of `longhaul cost --json`, as far as it is used. */
export interface CostAnswer {
  readonly estimates: readonly { readonly way: string; readonly usd?: number; readonly because: string }[];
  /** List prices in US dollars, by name, with the month in which each was looked up. */
  readonly prices: Readonly<Record<"durableOperation" | "tableWrite", { readonly usd: number; readonly seen: string }>>;
}

/** Asks `longhaul cost` for a job's cost by each way to do it, and for the list prices. */
export function costOf({ items, itemSeconds, memoryMb }: CostJob): CostAnswer {
  const command = fileURLToPath(new URL("../../packages/cli/bin/longhaul.mjs", import.meta.url));
  const options = { items, "item-seconds": itemSeconds, memory: memoryMb };
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
  return JSON.parse(execFileSync(process.execPath, [command, "cost", ...args, "--json"], { encoding: "utf8" }));
}
