import { escapeHtml, formatDuration, formatNumber } from "./format.ts";
import { type HopHistory, hopName, type RunHistory } from "./run-history.ts";

const WIDTH = 1100;
const LEFT = 74;
const RIGHT = 16;
const TOP = 10;
const AXIS = 26;

/** Round steps for an axis: about `count` of them up to `max`. */
function axisStep(max: number, count: number): number {
  const raw = Math.max(max / count, Number.MIN_VALUE);
  const power = 10 ** Math.floor(Math.log10(raw));
  const factor = [1, 2, 5, 10].find((candidate) => candidate * power >= raw) ?? 10;
  return factor * power;
}

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
/** Steps that people count time in, from a second up. */
const TIME_STEPS_MS = [
  ...[1, 2, 5, 10, 15, 30].map((count) => count * SECOND_MS),
  ...[1, 2, 5, 10, 15, 30].map((count) => count * MINUTE_MS),
  ...[1, 2, 3, 6, 12, 24].map((count) => count * HOUR_MS),
];

/** The same for a time axis: whole seconds, minutes or hours where it is long enough. */
function timeStep(spanMs: number, count: number): number {
  const leastMs = spanMs / count;
  if (leastMs < SECOND_MS / 2) return axisStep(spanMs, count);
  return TIME_STEPS_MS.find((stepMs) => stepMs >= leastMs) ?? Math.ceil(leastMs / (24 * HOUR_MS)) * 24 * HOUR_MS;
}

/** Least widths of the parts of a bar. An invocation of milliseconds in a run of hours is to be seen, and an error first of all. */
const LEAST_PX = { init: 0.6, work: 1.5, handoff: 0.6, fault: 3 };

/** How a chart is drawn. */
export interface ChartOptions {
  /** Width of the drawing, in CSS pixels at which its text has its full size. Default 1,100. */
  readonly widthPx?: number;
}

interface Scale {
  readonly x: (ms: number) => number;
  readonly spanMs: number;
  readonly widthPx: number;
}

function timeScale(history: RunHistory, nowMs: number, { widthPx = WIDTH }: ChartOptions = {}): Scale {
  const last = history.hops.reduce((most, hop) => Math.max(most, hop.endedAtMs ?? 0), history.endedAtMs ?? nowMs);
  const spanMs = Math.max(1, last - history.startedAtMs);
  return { spanMs, widthPx, x: (ms) => LEFT + (ms / spanMs) * (widthPx - LEFT - RIGHT) };
}

function timeAxis({ x, spanMs, widthPx }: Scale, height: number): string {
  const step = timeStep(spanMs, Math.min(8, Math.floor((widthPx - LEFT) / 80)));
  const lines: string[] = [];
  for (let ms = 0; ms <= spanMs; ms += step) {
    lines.push(
      `<line class="grid" x1="${round(x(ms))}" x2="${round(x(ms))}" y1="${TOP}" y2="${height - AXIS}"/>`,
      `<text x="${round(x(ms))}" y="${height - 9}" text-anchor="middle">${formatDuration(ms).replace(/ 0 (?:s|min)$/, "")}</text>`,
    );
  }
  return lines.join("");
}

/** Each invocation as a bar on the time axis, a lane per function instance: cold start, work, hand-off. */
export function timelineChart(history: RunHistory, nowMs: number, options: ChartOptions = {}): string {
  const scale = timeScale(history, nowMs, options);
  const lanes = [...new Set(history.hops.map(({ sandboxId }) => sandboxId))];
  const laneHeight = lanes.length > 40 ? 9 : 22;
  const height = TOP + Math.max(1, lanes.length) * laneHeight + AXIS;
  const bars = history.hops.map((hop) =>
    bar(history, hop, scale, TOP + lanes.indexOf(hop.sandboxId) * laneHeight, laneHeight - 4, nowMs),
  );
  const labels =
    lanes.length > 40
      ? ""
      : lanes
          .map((_, i) => `<text x="6" y="${TOP + i * laneHeight + laneHeight / 2 + 2}">instance ${i + 1}</text>`)
          .join("");
  return `<svg viewBox="0 0 ${scale.widthPx} ${height}" role="img" aria-label="Timeline of ${history.hops.length} invocations">${timeAxis(scale, height)}${labels}${bars.join("")}</svg>`;
}

function bar(history: RunHistory, hop: HopHistory, { x }: Scale, y: number, height: number, nowMs: number): string {
  const begin = hop.startedAtMs - history.startedAtMs;
  const end = (hop.endedAtMs ?? nowMs) - history.startedAtMs;
  const isFault = hop.status === "timeout" || hop.status === "error" || hop.status === "exit";
  const handOff = Math.min(hop.handOffMs ?? 0, end - begin);
  const main = isFault ? "fault" : "work";
  const rect = (kind: keyof typeof LEAST_PX, from: number, to: number) =>
    to > from || kind === main
      ? `<rect class="${kind}" x="${round(x(from))}" y="${y}" width="${Math.max(LEAST_PX[kind], round(x(to) - x(from) - 0.4))}" height="${height}" rx="1.5"/>`
      : "";
  const title = `hop ${hopName(history, hop)}${hop.attempt > 1 ? `, attempt ${hop.attempt}` : ""}: ${hop.status}${hop.cause ? ` (${hop.cause})` : ""}, ${formatDuration(end - begin)}, ${formatNumber(hop.steps)} safe points, ${hop.cold ? "cold" : "warm"}${hop.error ? `, ${hop.error}` : ""}`;
  return `<g><title>${escapeHtml(title)}</title>${rect("init", begin - (hop.initMs ?? 0), begin)}${rect(main, begin, end - handOff)}${rect("handoff", end - handOff, end)}</g>`;
}

/** Records over time, with a mark at each hand-off. */
export function progressChart(history: RunHistory, nowMs: number): string {
  const scale = timeScale(history, nowMs);
  const height = 240;
  const points = history.samples
    .filter(({ progress }) => progress.records !== undefined)
    .map(({ atMs, progress }) => ({ ms: atMs - history.startedAtMs, records: progress.records ?? 0 }));
  const most = points.reduce((max, { records }) => Math.max(max, records), 1);
  const y = (records: number) => height - AXIS - (records / most) * (height - AXIS - TOP - 8);
  const step = axisStep(most, 4);
  const grid: string[] = [];
  for (let records = 0; records <= most; records += step) {
    grid.push(
      `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${round(y(records))}" y2="${round(y(records))}"/>`,
      `<text x="${LEFT - 6}" y="${round(y(records) + 4)}" text-anchor="end">${shortNumber(records)}</text>`,
    );
  }
  const marks = history.hops
    .filter(({ status, endedAtMs }) => status === "continued" && endedAtMs !== undefined)
    .map(({ endedAtMs = 0 }) => {
      const at = round(scale.x(endedAtMs - history.startedAtMs));
      return `<line class="mark" x1="${at}" x2="${at}" y1="${TOP}" y2="${height - AXIS}"/>`;
    });
  const line = [{ ms: 0, records: 0 }, ...points].map(
    ({ ms, records }) => `${round(scale.x(ms))},${round(y(records))}`,
  );
  const base = height - AXIS;
  const last = points.at(-1)?.ms ?? 0;
  const area = `<polygon class="area" points="${LEFT},${base} ${line.join(" ")} ${round(scale.x(last))},${base}"/>`;
  return `<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="Records over time">${timeAxis(scale, height)}${grid.join("")}${marks.join("")}${area}<polyline class="curve" points="${line.join(" ")}"/></svg>`;
}

function shortNumber(value: number): string {
  if (value >= 1e6) return `${value / 1e6} M`;
  return value >= 1e4 ? `${value / 1e3} k` : String(value);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
