import type { Progress } from "../observe/progress.ts";
import { utf8Bytes } from "./json.ts";

/** Most bytes of a report that a record keeps, as JSON. */
const MAX_BYTES = 2_000;

/**
 * The report of the work as its record keeps it: its numbers, the first ones where there are too many. `undefined` if there
 * are none, so that the record keeps the report of the hop before.
 */
export function recordedProgress(progress: Progress): Progress | undefined {
  const kept: Record<string, number> = {};
  let bytes = 0;
  for (const [name, count] of Object.entries(progress)) {
    if (!Number.isFinite(count)) continue;
    bytes += utf8Bytes(JSON.stringify({ [name]: count }));
    if (bytes > MAX_BYTES) break;
    kept[name] = count;
  }
  return bytes === 0 ? undefined : kept;
}
