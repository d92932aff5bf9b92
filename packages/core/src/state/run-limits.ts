import { assertAmount } from "../config.ts";
import { ConfigError } from "../errors.ts";
import type { RunLimits, RunRecord } from "./run-store.ts";

const LIMITS: ReadonlySet<string> = new Set(["maxHops", "maxDurationMs", "maxCostUsd"] satisfies (keyof RunLimits)[]);

/** Limits as JSON carries them. */
export function finite(limits: RunLimits): RunLimits {
  const checked = Object.entries(limits).map(([name, limit]) => {
    if (!LIMITS.has(name)) throw new ConfigError(`There is no limit "${name}".`);
    assertAmount(`limits.${name}`, limit, true);
    return [name, Math.min(limit, Number.MAX_VALUE)];
  });
  return Object.fromEntries(checked) as RunLimits;
}

/** Refuses a limit at which the run would end again at once. */
export function assertHigher(record: RunRecord, limits: RunLimits, nowMs: number): void {
  const used: Required<RunLimits> = {
    maxHops: record.hop,
    maxDurationMs: nowMs - record.startedAtMs - (record.sleptMs ?? 0),
    maxCostUsd: record.stats.costUsd,
  };
  for (const name of ["maxHops", "maxDurationMs", "maxCostUsd"] as const) {
    const limit = limits[name];
    if (limit === undefined || limit > used[name]) continue;
    throw new ConfigError(
      `limits.${name} is ${limit}, and run ${record.run} is at ${used[name]} already. Limits are totals: give more.`,
    );
  }
}
