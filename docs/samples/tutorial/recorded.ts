import { readFileSync } from "node:fs";
import type { RunHistory } from "../../../packages/cli/src/report/run-history.ts";

/**
 * A history that `longhaul run` or the demo wrote to `.longhaul/runs`, on the embedded AWS, without the progress over time and the ids of requests. It was
 * copied here, since such a run takes a minute: the chapter names the command.
 *
 * @param file - path below this folder
 */
export function recorded(file: string): RunHistory {
  return JSON.parse(readFileSync(new URL(file, import.meta.url), "utf8"));
}
