import { progressChart, timelineChart } from "./charts.ts";
import { escapeHtml, formatBytes, formatDuration, formatNumber, formatUsd } from "./format.ts";
import { hopName, type RunHistory, summarize } from "./run-history.ts";
import { REPORT_STYLE } from "./style.ts";

/** Draws a run as one self-contained HTML page: no script, nothing loaded from anywhere. */
export function htmlReport(history: RunHistory, nowMs: number): string {
  const summary = summarize(history, nowMs);
  const figures: Array<[string, string]> = [
    ["records", formatNumber(summary.records)],
    ["hops", formatNumber(summary.hops)],
    ["elapsed", formatDuration(summary.elapsedMs)],
    ["records/s", formatNumber(Math.round(summary.recordsPerSecond))],
    ["granted time used", `${(summary.usedShare * 100).toFixed(1)} %`],
    ["median hand-off", formatDuration(summary.medianHandOffMs)],
    ["estimated cost", formatUsd(summary.costUsd)],
    ["peak memory", `${formatNumber(Math.round(summary.maxMemoryMb))} MB`],
  ];
  const title = `${history.app}: ${history.input.name}`;
  const check = history.check
    ? `<p class="check ${history.check.isOk ? "ok" : "bad"}">${history.check.isOk ? "✓" : "✗"} ${escapeHtml(history.check.message)}</p>`
    : "";
  const reason = history.reason ? `<p class="check bad">${escapeHtml(history.reason)}</p>` : "";
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} - Longhaul run</title>
<style>${REPORT_STYLE}</style>
</head>
<body>
<header>
<p class="kind">Longhaul run</p>
<h1>${escapeHtml(title)} <span class="status ${summary.status}">${summary.status}</span></h1>
<p class="about">${escapeHtml(summary.run)} · ${formatBytes(history.input.bytes)} · timeout ${formatDuration(history.timeoutMs)} · ${new Date(history.startedAtMs).toISOString()}</p>
</header>
<dl class="figures">${figures.map(([name, value]) => `<div><dt>${name}</dt><dd>${value}</dd></div>`).join("")}</dl>
${check}${reason}
<section>
<h2>Hops</h2>
<p class="legend"><i class="init"></i>cold start <i class="work"></i>work <i class="handoff"></i>hand-off <i class="fault"></i>timeout or error</p>
${timelineChart(history, nowMs)}
</section>
<section>
<h2>Progress</h2>
${progressChart(history, nowMs)}
</section>
<section>
<h2>Each hop</h2>
${hopTable(history)}
</section>
</body>
</html>
`;
}

function hopTable(history: RunHistory): string {
  const rows = history.hops.map((hop) => {
    const cells = [
      escapeHtml(hopName(history, hop)),
      String(hop.attempt),
      `<span class="status ${hop.status}">${hop.status}</span>`,
      hop.cause ?? "",
      `+${formatDuration(hop.startedAtMs - history.startedAtMs)}`,
      hop.endedAtMs === undefined ? "" : formatDuration(hop.endedAtMs - hop.startedAtMs),
      hop.cold ? `cold ${formatDuration(hop.initMs ?? 0)}` : "warm",
      formatNumber(hop.steps),
      hop.reserveMs === undefined ? "" : formatDuration(hop.reserveMs),
      hop.handOffMs === undefined ? "" : formatDuration(hop.handOffMs),
      hop.unusedMs === undefined ? "" : formatDuration(hop.unusedMs),
      escapeHtml(hop.error ?? ""),
    ];
    return `<tr>${cells.map((cell) => `<td>${cell}</td>`).join("")}</tr>`;
  });
  const heads = [
    "hop",
    "attempt",
    "ended",
    "because",
    "began",
    "took",
    "function instance",
    "safe points",
    "reserve",
    "hand-off",
    "left over",
    "error",
  ];
  return `<div class="scroll"><table><thead><tr>${heads.map((head) => `<th>${head}</th>`).join("")}</tr></thead><tbody>${rows.join("\n")}</tbody></table></div>`;
}
