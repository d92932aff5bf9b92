import { formatDuration, formatNumber } from "../report/format.ts";
import { shortName } from "../report/run-files.ts";
import { type RunHistory, summarize } from "../report/run-history.ts";
import { summaryTable } from "../report/summary-table.ts";
import type { Screen } from "../terminal.ts";

/** The outcome of a job, as one line of JSON. */
export function jsonOutcome(history: RunHistory, saved: readonly string[]): string {
  const { reason, check } = history;
  return JSON.stringify({
    ...summarize(history, Date.now()),
    ...(reason && { reason }),
    ...(check && { check }),
    ...(saved.length > 0 && { results: saved }),
  });
}

/** Shows what a job came to. */
export function showOutcome(
  history: RunHistory,
  screen: Screen,
  html: string | undefined,
  saved: readonly string[],
): void {
  const { paint } = screen;
  const summary = summarize(history, Date.now());
  screen.line("");
  for (const line of summaryTable(summary, paint)) screen.line(line);
  if (history.reason) screen.line(`  ${paint.dim("because".padEnd(10))} ${paint.red(history.reason)}`);
  if (history.check) {
    const { isOk, message } = history.check;
    screen.line(`  ${paint.dim("check".padEnd(10))} ${isOk ? paint.green(message) : paint.red(message)}`);
  }
  screen.line("");
  screen.line(`Timeline: ${html ?? `longhaul report ${shortName(history.run)} --html`}`);
  for (const path of saved) screen.line(`Result:   ${path}`);
  if (summary.timeouts > 0) {
    const hops = summary.timeouts === 1 ? "1 hop was" : `${formatNumber(summary.timeouts)} hops were`;
    const limit = formatDuration(history.timeoutMs);
    screen.line(paint.yellow(`${hops} killed with their invocation at its limit of ${limit}.`));
  }
}
