import { formatDuration, formatNumber } from "../../packages/cli/src/report/format.ts";
import type { RunHistory } from "../../packages/cli/src/report/run-history.ts";

/** A run as text: a line for each invocation, one for how it ended, and one for what a check of its results found. */
export function hopLines(history: RunHistory): string {
  const { hops, status, reason, check, startedAtMs, endedAtMs = startedAtMs } = history;
  const instances = [...new Set(hops.map(({ sandboxId }) => sandboxId))];
  // Columns that would be empty in every line are left out.
  const hasAttempts = hops.some(({ attempt }) => attempt > 1);
  const hasSafePoints = hops.some(({ steps }) => steps > 0);
  const lines = hops.map((hop) => {
    const columns = [
      `hop ${String(hop.hop).padStart(2)}`,
      ...(hasAttempts ? [(hop.attempt > 1 ? `attempt ${hop.attempt}` : "").padEnd(10)] : []),
      hop.status.padEnd(9),
      `after ${formatDuration(hop.startedAtMs - startedAtMs)}`.padEnd(17),
      `took ${formatDuration((hop.endedAtMs ?? endedAtMs) - hop.startedAtMs)}`.padEnd(16),
      `instance ${instances.indexOf(hop.sandboxId) + 1}`.padEnd(11),
      ...(hasSafePoints ? [`${formatNumber(hop.steps)} safe points`] : []),
    ];
    return columns.join("  ").trimEnd();
  });
  const end = `${status}${reason === undefined ? "" : `: ${reason}`} after ${formatDuration(endedAtMs - startedAtMs)}`;
  const verdict = check && `${check.isOk ? "good " : "WRONG"}  ${check.message}`;
  return [...lines, "", end, ...(verdict ? [verdict] : [])].join("\n");
}
