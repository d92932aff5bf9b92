import { escapeHtml, formatDuration, formatNumber } from "../../packages/cli/src/report/format.ts";
import { across, plot, round } from "../../packages/cli/src/report/plot.ts";
import { REPORT_STYLE } from "../../packages/cli/src/report/style.ts";
import type { FleetHistory, FleetSample } from "./fleet-history.ts";

const HEIGHT_PX = 180;

/** Draws what the demo saw as one self-contained HTML page: no script, nothing loaded from anywhere. */
export function fleetReport(history: FleetHistory): string {
  const { samples, events, messages, thresholds, verdict, startedAtMs } = history;
  const spanMs = Math.max(1, samples.at(-1)?.atMs ?? 1);
  const mostLoops = Math.max(1, ...samples.map(({ tokens }) => tokens));
  const figures = [
    ["messages", formatNumber(messages)],
    ["elapsed", formatDuration(spanMs)],
    ["most loops", formatNumber(mostLoops)],
    ["loops killed and replaced", formatNumber(events.filter(({ kind }) => kind === "restarted").length)],
  ];
  const marks = events.filter(({ kind }) => kind === "killed" || kind === "restarted").map(({ atMs }) => atMs);
  const check = verdict
    ? `<p class="check ${verdict.isOk ? "ok" : "bad"}">${verdict.isOk ? "✓" : "✗"} ${escapeHtml(verdict.message)}</p>`
    : "";
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>queue-loops - Longhaul fleet</title>
<style>${REPORT_STYLE}svg .loops{stroke:var(--handoff);stroke-width:2}svg .level{stroke:var(--init);stroke-dasharray:4 4}</style>
</head>
<body>
<header>
<p class="kind">Longhaul fleet</p>
<h1>queue-loops <span class="status ${verdict?.isOk ? "done" : "failed"}">${verdict?.isOk ? "done" : "failed"}</span></h1>
<p class="about">${new Date(startedAtMs).toISOString()} · a minute of alarms and schedules passes in two seconds</p>
</header>
<main>
<dl class="figures">${figures.map(([name, value]) => `<div><dt>${name}</dt><dd>${value}</dd></div>`).join("")}</dl>
${check}
<section>
<h2>Messages in the queue</h2>
<p class="legend"><span><i class="swatch work"></i>waiting or being worked on</span> <span><i class="swatch init"></i>alarms</span></p>
${chart(samples, {
  label: "Messages in the queue over time",
  spanMs,
  most: messages,
  ticks: [...thresholds, messages],
  lines: [{ kind: "curve work", height: ({ depth }) => depth, isStepped: false }],
  levels: thresholds,
  marks: [],
})}
</section>
<section>
<h2>Loops</h2>
<p class="legend"><span><i class="swatch handoff"></i>tokens</span> <span><i class="swatch work"></i>loops alive</span> <span><i class="swatch fault"></i>killed, replaced</span></p>
${chart(samples, {
  label: "Tokens and loops over time",
  spanMs,
  most: mostLoops,
  ticks: Array.from({ length: mostLoops + 1 }, (_, at) => at),
  lines: [
    { kind: "loops", height: ({ tokens }) => tokens, isStepped: true },
    { kind: "curve work", height: ({ loops }) => loops, isStepped: true },
  ],
  levels: [],
  marks,
})}
</section>
<section>
<h2>What happened</h2>
<table><thead><tr><th scope="col">at</th><th scope="col">event</th></tr></thead><tbody>
${events.map(({ atMs, text }) => `<tr><td>${formatDuration(atMs)}</td><td>${escapeHtml(text)}</td></tr>`).join("\n")}
</tbody></table>
</section>
</main>
</body>
</html>
`;
}

interface Chart {
  /** Description for screen readers. */
  readonly label: string;
  readonly spanMs: number;
  /** The height of the chart. */
  readonly most: number;
  /** Heights that are named. */
  readonly ticks: readonly number[];
  readonly lines: readonly {
    readonly kind: string;
    readonly height: (sample: FleetSample) => number;
    /** Whether it goes from one height to the next at once. */
    readonly isStepped: boolean;
  }[];
  /** Heights across which there is a line. */
  readonly levels: readonly number[];
  /** Moments at which there is a line, in milliseconds. */
  readonly marks: readonly number[];
}

function chart(samples: readonly FleetSample[], { label, spanMs, most, ticks, lines, levels, marks }: Chart): string {
  const span = { fromMs: 0, lengthMs: spanMs };
  const x = (ms: number) => across(span, ms);
  const y = (value: number) => round((1 - value / most) * HEIGHT_PX);
  const path = ({ height, isStepped }: Chart["lines"][number]) =>
    samples
      .map((sample, at) => {
        if (at === 0) return `M${x(sample.atMs)} ${y(height(sample))}`;
        return isStepped ? `H${x(sample.atMs)}V${y(height(sample))}` : `L${x(sample.atMs)} ${y(height(sample))}`;
      })
      .join("");
  const shapes = [
    ...levels.map((level) => `<path class="level" d="M0 ${y(level)}H1000"/>`),
    ...marks.map((ms) => `<path class="fault" d="M${x(ms)} 0V${HEIGHT_PX}"/>`),
    ...lines.map((line) => `<path class="${line.kind}" d="${path(line)}"/>`),
  ];
  return plot({
    label,
    span,
    heightPx: HEIGHT_PX,
    ticks: ticks.map((tick) => ({ share: tick / most, text: formatNumber(tick) })),
    hasLines: false,
    shapes: shapes.join(""),
  });
}
