import { formatDuration, formatNumber, formatUsd } from "../report/format.ts";
import type { RunSummary } from "../report/run-history.ts";
import type { Paint } from "./terminal.ts";

/** The figures of a run as lines of a table. */
export function summaryTable(summary: RunSummary, paint: Paint): string[] {
  const isGood = summary.status === "done";
  const rows: Array<[string, string]> = [
    ["status", isGood ? paint.green(summary.status) : paint.red(summary.status)],
    ["run", summary.run],
    ["hops", `${formatNumber(summary.hops)}  (${formatNumber(summary.coldStarts)} cold)`],
    ["records", `${formatNumber(summary.records)}  (${formatNumber(Math.round(summary.recordsPerSecond))}/s)`],
    ["elapsed", formatDuration(summary.elapsedMs)],
    ["time used", `${(summary.usedShare * 100).toFixed(1)} % of what was granted`],
    ["hand-off", `${formatDuration(summary.medianHandOffMs)} median`],
    ["faults", `${summary.timeouts} timeouts, ${summary.errors} errors`],
    ["memory", `${formatNumber(Math.round(summary.maxMemoryMb))} MB at most`],
    ["cost", `${formatUsd(summary.costUsd)} estimated on AWS`],
  ];
  return rows.map(([name, value]) => `  ${paint.dim(name.padEnd(10))} ${value}`);
}
