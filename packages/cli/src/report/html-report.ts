import { budgetChart, budgetNote } from "./budget-chart.ts";
import { costChart, hasCosts } from "./cost-chart.ts";
import { errorList } from "./error-list.ts";
import { FILTER_SCRIPT, filterForm } from "./filter.ts";
import { escapeHtml, formatBytes, formatDuration, formatNumber, formatUsd } from "./format.ts";
import { hopTable } from "./hop-table.ts";
import { htmlPage } from "./page.ts";
import { counterOf, progressChart } from "./progress-chart.ts";
import { isFault, type RunHistory, type RunSummary, summarize } from "./run-history.ts";
import { marksOf, type RunMarks } from "./run-marks.ts";
import { readableRun } from "./run-names.ts";
import { runTable } from "./run-table.ts";
import { timelineChart } from "./timeline-chart.ts";

/** So many runs are named beside the first chart. */
const NAMED_RUNS = 6;

/**
 * Draws a run as one self-contained HTML page: nothing is loaded from anywhere. It can be read without its script, which
 * is for the filter alone.
 */
export function htmlReport(history: RunHistory, nowMs: number): string {
  const summary = summarize(history, nowMs);
  const marks = marksOf(history);
  const counter = counterOf(history);
  const title = `${history.app}: ${history.input.name}`;
  const { check, reason, hops } = history;
  const verdicts = [
    ...(reason ? [`<p class="check bad">✗ <bdi>${escapeHtml(reason)}</bdi></p>`] : []),
    ...(check
      ? [`<p class="check ${check.isOk ? "ok" : "bad"}">${check.isOk ? "✓" : "✗"} ${escapeHtml(check.message)}</p>`]
      : []),
  ];
  const header = `<h1><bdi>${escapeHtml(title)}</bdi> <span class="status ${summary.status}">${summary.status}</span></h1>
<p class="about">${marks ? `${formatNumber(marks.runs.length)} runs` : `<bdi>${escapeHtml(readableRun(summary.run))}</bdi>`} · ${formatBytes(history.input.bytes)} · timeout ${formatDuration(history.timeoutMs)} · ${new Date(history.startedAtMs).toISOString().replace("T", " ").slice(0, 19)} UTC</p>`;
  const main = `${verdicts.join("\n")}
${figures(summary)}
${errorList(history, marks)}
${filterForm(marks, history)}
<section>
<h2>Invocations over time</h2>
${legend(
  [
    ...(hops.some(({ initMs = 0 }) => initMs > 0) ? [["init", "cold start"] as const] : []),
    ...(marks ? namedRuns(marks) : [["work", "work"] as const]),
    ["handoff", "hand-off"],
    ...(hops.some(isFault) ? [["fault", "timeout, crash or error"] as const] : []),
  ],
  marks ? "Work has the colour of its run, as the list of runs names it. " : "",
)}
${timelineChart(history, nowMs, marks)}
<p class="note">A lane is a function instance.</p>
</section>
${counter === undefined ? "" : progressSection(history, nowMs, counter, marks)}
<section>
<h2>Time budget</h2>
${legend([["reserve", "reserve"]], `${budgetNote(history)} `)}
${budgetChart(history, nowMs, marks)}
</section>
${hasCosts(history) ? `<section>\n<h2>Cost</h2>\n<p class="note">As the runs estimate it themselves when a hop ends, from list prices. Invocations that were killed are not in it.</p>\n${costChart(history, nowMs)}\n</section>` : ""}
${marks ? `<section>\n<h2>Runs</h2>\n${runTable(history, marks, counter, nowMs)}\n</section>` : ""}
<section class="each">
<h2>Each invocation</h2>
${hopTable(history, marks)}
</section>`;
  return htmlPage({ kind: "Longhaul run", title, header, main, script: FILTER_SCRIPT });
}

function figures(summary: RunSummary): string {
  const shown: readonly (readonly [string, string])[] = [
    ["records", formatNumber(summary.records)],
    ["hops", formatNumber(summary.hops)],
    ["records/s while at work", formatRate(summary.workRecordsPerSecond)],
    ["records/s overall", formatRate(summary.recordsPerSecond)],
    ["elapsed", formatDuration(summary.elapsedMs)],
    ["of it at work", formatDuration(summary.workMs)],
    ["granted time used", `${(summary.usedShare * 100).toFixed(1)} %`],
    ["median hand-off", formatDuration(summary.medianHandOffMs)],
    ["estimated cost", formatUsd(summary.costUsd)],
    ...(summary.maxMemoryMb > 0
      ? [["peak memory", `${formatNumber(Math.round(summary.maxMemoryMb))} MB`] as const]
      : []),
  ];
  return `<dl class="figures">${shown.map(([name, value]) => `<div><dt>${name}</dt><dd>${value}</dd></div>`).join("")}</dl>`;
}

function formatRate(perSecond: number): string {
  return perSecond > 0 && perSecond < 10
    ? String(Number(perSecond.toPrecision(2)))
    : formatNumber(Math.round(perSecond));
}

function progressSection(history: RunHistory, nowMs: number, counter: string, marks: RunMarks | undefined): string {
  const kinds = [
    ["total", marks ? "all runs" : counter],
    ["idle", "nothing ran"],
    ...(history.hops.some(isFault) ? [["lost", "lost with a killed hop"] as const] : []),
  ] as const;
  return `<section>
<h2>Progress <small>${escapeHtml(counter)}</small></h2>
${legend(kinds)}
${progressChart(history, nowMs, counter, marks)}
</section>`;
}

/** The runs and their colours, as long as there are few; the list of runs has all of them. */
function namedRuns({ runs, colorOf, nameOf }: RunMarks): [string, string][] {
  return runs.length > NAMED_RUNS ? [] : runs.map((run) => [colorOf(run), nameOf(run)]);
}

function legend(kinds: readonly (readonly [string, string])[], note = ""): string {
  return `<p class="legend">${note}${kinds.map(([kind, name]) => `<span><i class="swatch ${kind}"></i><bdi>${escapeHtml(name)}</bdi></span>`).join(" ")}</p>`;
}
