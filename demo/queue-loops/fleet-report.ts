import { escapeHtml, formatDuration, formatNumber } from "../../packages/cli/src/report/format.ts";
import { REPORT_STYLE } from "../../packages/cli/src/report/style.ts";
import type { FleetHistory, FleetSample } from "./fleet-history.ts";

const [WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [1100, 220, 56, 28, 10, 26];

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
<style>${REPORT_STYLE}svg .loops{fill:none;stroke:var(--handoff);stroke-width:2}svg .level{stroke:var(--init);stroke-dasharray:4 4}svg .fault{stroke:var(--fault)}</style>
</head>
<body>
<header>
<p class="kind">Longhaul fleet</p>
<h1>queue-loops <span class="status ${verdict?.isOk ? "done" : "failed"}">${verdict?.isOk ? "done" : "failed"}</span></h1>
<p class="about">${new Date(startedAtMs).toISOString()} · a minute of alarms and schedules passes in two seconds</p>
</header>
<dl class="figures">${figures.map(([name, value]) => `<div><dt>${name}</dt><dd>${value}</dd></div>`).join("")}</dl>
${check}
<section>
<h2>Messages in the queue</h2>
<p class="legend"><i class="work"></i>waiting or being worked on <i class="init"></i>alarms</p>
${chart(samples, {
  label: "Messages in the queue over time",
  spanMs,
  most: messages,
  ticks: [...thresholds, messages],
  lines: [{ kind: "curve", height: ({ depth }) => depth, isStepped: false }],
  levels: thresholds,
  marks: [],
})}
</section>
<section>
<h2>Loops</h2>
<p class="legend"><i class="handoff"></i>tokens <i class="work"></i>loops alive <i class="fault"></i>killed, replaced</p>
${chart(samples, {
  label: "Tokens and loops over time",
  spanMs,
  most: mostLoops,
  ticks: Array.from({ length: mostLoops + 1 }, (_, at) => at),
  lines: [
    { kind: "loops", height: ({ tokens }) => tokens, isStepped: true },
    { kind: "curve", height: ({ loops }) => loops, isStepped: true },
  ],
  levels: [],
  marks,
})}
</section>
<section>
<h2>What happened</h2>
<div class="scroll"><table><thead><tr><th>at</th><th>event</th></tr></thead><tbody>
${events.map(({ atMs, text }) => `<tr><td>${formatDuration(atMs)}</td><td>${escapeHtml(text)}</td></tr>`).join("\n")}
</tbody></table></div>
</section>
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
  const x = (ms: number) => round(LEFT + (ms / spanMs) * (WIDTH - LEFT - RIGHT));
  const y = (value: number) => round(HEIGHT - BOTTOM - (value / most) * (HEIGHT - BOTTOM - TOP));
  const path = ({ height, isStepped }: Chart["lines"][number]) =>
    samples
      .map((sample, at) => {
        if (at === 0) return `M${x(sample.atMs)} ${y(height(sample))}`;
        return isStepped ? `H${x(sample.atMs)}V${y(height(sample))}` : `L${x(sample.atMs)} ${y(height(sample))}`;
      })
      .join("");
  const axis = [0, 0.25, 0.5, 0.75, 1].map(
    (share) =>
      `<text x="${x(share * spanMs)}" y="${HEIGHT - 9}" text-anchor="middle">${formatDuration(share * spanMs)}</text>`,
  );
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeHtml(label)}">
${ticks.map((tick) => `<text x="${LEFT - 8}" y="${y(tick) + 4}" text-anchor="end">${formatNumber(tick)}</text>`).join("")}
${axis.join("")}
${levels.map((level) => `<line class="level" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(level)}" y2="${y(level)}"/>`).join("")}
${marks.map((ms) => `<line class="fault" x1="${x(ms)}" x2="${x(ms)}" y1="${TOP}" y2="${HEIGHT - BOTTOM}"/>`).join("")}
${lines.map((line) => `<path class="${line.kind}" d="${path(line)}"/>`).join("")}
</svg>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
