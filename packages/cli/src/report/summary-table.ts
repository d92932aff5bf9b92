import type { Paint } from "../terminal.ts";
import { formatDuration, formatNumber, formatUsd } from "./format.ts";
import type { RunSummary } from "./run-history.ts";

const perSecond = (rate: number) => `${formatNumber(Math.round(rate))}/s`;

/** The figures of a run as lines of a table. */
export function summaryTable(summary: RunSummary, paint: Paint): string[] {
  const isGood = summary.status === "done";
  const rows: Array<[string, string]> = [
    ["status", isGood ? paint.green(summary.status) : paint.red(summary.status)],
    ["run", summary.run],
    ["hops", `${formatNumber(summary.hops)}  (${formatNumber(summary.coldStarts)} cold)`],
    ["records", `${formatNumber(summary.records)}  (${perSecond(summary.workRecordsPerSecond)} while at work)`],
    ["elapsed", `${formatDuration(summary.elapsedMs)}, ${formatDuration(summary.workMs)} of it at work`],
    ["time used", `${(summary.usedShare * 100).toFixed(1)} % of what was granted`],
    ["hand-off", `${formatDuration(summary.medianHandOffMs)} median`],
    ["faults", `${summary.timeouts} timeouts, ${summary.errors} errors`],
    ["memory", `${formatNumber(Math.round(summary.maxMemoryMb))} MB at most`],
    ["cost", `${formatUsd(summary.costUsd)} estimated on AWS`],
  ];
  return rows.map(([name, value]) => `  ${paint.dim(name.padEnd(10))} ${value}`);
}
