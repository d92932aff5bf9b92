import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { RunHistory } from "../../packages/cli/src/report/run-history.ts";
import { DOCS } from "../generate/places.ts";

/** The folder of recorded histories. */
export const RECORDED = join(DOCS, "reports", "recorded");

/** A history as `longhaul run` keeps it. `record.ts` wrote it. */
export function recordedHistory(name: string): RunHistory {
  return JSON.parse(readFileSync(join(RECORDED, `${name}.json`), "utf8")) as RunHistory;
}
