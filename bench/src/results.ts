import { existsSync, readFileSync, writeFileSync } from "node:fs";
import type { Finding } from "./finding.ts";
import type { Machine } from "./machine.ts";

/** Where results are kept, from the root of the workspace. */
export const RESULTS_PATH = "bench/results.json";

/** The last result of each bench that was saved, by its name. */
export type Results = Readonly<Record<string, Result>>;

/** The saved result of a bench. */
export interface Result {
  readonly machine: Machine;
  readonly findings: readonly Finding[];
}

const file = new URL("../results.json", import.meta.url);

/** Reads the saved results. */
export function readResults(): Results {
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};
}

/** Puts a bench's result in the place of the one before, in the order of `names`; results of other benches stay. */
export function saveResult(name: string, result: Result, names: readonly string[]): void {
  const kept: Results = { ...readResults(), [name]: result };
  const results = Object.fromEntries(names.filter((each) => each in kept).map((each) => [each, kept[each]]));
  // Six digits are more than any of them is good for.
  const short = (_: string, value: unknown) => (typeof value === "number" ? Number(value.toPrecision(6)) : value);
  writeFileSync(file, `${JSON.stringify(results, short, 1)}\n`);
}
