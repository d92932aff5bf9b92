import { faultNote } from "./fault-note.ts";
import { escapeHtml, formatDuration, formatNumber } from "./format.ts";
import { type HopHistory, isFault, type RunHistory } from "./run-history.ts";
import type { RunMarks } from "./run-marks.ts";

/** More runs are shown when the reader asks for them. */
const SHOWN = 12;

/** The runs of a job, such as files or parts of a walk: those with errors first. */
export function runTable(history: RunHistory, marks: RunMarks, counter: string | undefined, nowMs: number): string {
  const byRun = Map.groupBy(history.hops, ({ run }) => run);
  const rows = marks.runs
    .map((run) => ({ run, hops: byRun.get(run) ?? [] }))
    .map((each) => ({ ...each, faults: each.hops.filter(isFault).length }))
    .toSorted((a, b) => b.faults - a.faults)
    .map(({ run, hops }) => {
      const value = counter === undefined ? undefined : lastValue(history, run, counter);
      const invocations = `${formatNumber(hops.length)} ${hops.length === 1 ? "invocation" : "invocations"}`;
      return `<tr${marks.attribute(run)}><td><i class="swatch ${marks.colorOf(run)}"></i><bdi>${escapeHtml(marks.nameOf(run))}</bdi></td><td>${value === undefined ? "" : formatNumber(value)}</td><td><span class="status ${endOf(hops)}">${endOf(hops)}</span>${faultNote(hops)} <small>${invocations} in ${formatDuration(lengthOf(hops, nowMs))}</small></td></tr>`;
    });
  const table = (some: readonly string[]) =>
    `<table class="runs"><thead><tr><th scope="col">name</th><th scope="col">${escapeHtml(counter ?? "progress")}</th><th scope="col">ended</th></tr></thead><tbody>${some.join("\n")}</tbody></table>`;
  if (rows.length <= SHOWN * 1.5) return table(rows);
  return `${table(rows.slice(0, SHOWN))}<details><summary>${formatNumber(rows.length - SHOWN)} more</summary>${table(rows.slice(SHOWN))}</details>`;
}

function lastValue({ samples }: RunHistory, run: string, counter: string): number | undefined {
  return samples.findLast((sample) => sample.run === run)?.runProgress?.[counter];
}

/** How a run ended, as its last invocation that did something says. */
function endOf(hops: readonly HopHistory[]): string {
  const isDone = hops.some(({ status }) => status === "done");
  if (isDone) return "done";
  return hops.findLast(({ status }) => status !== "duplicate")?.status ?? "unknown";
}

function lengthOf(hops: readonly HopHistory[], nowMs: number): number {
  const from = hops.reduce((least, { startedAtMs }) => Math.min(least, startedAtMs), Number.POSITIVE_INFINITY);
  const to = hops.reduce((most, { endedAtMs = nowMs }) => Math.max(most, endedAtMs), 0);
  return Math.max(0, to - from);
}
