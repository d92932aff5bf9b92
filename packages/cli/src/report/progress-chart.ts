import { type Activity, activityOf, type Stretch } from "./activity.ts";
import { escapeHtml, formatDuration, formatNumber, shortNumber } from "./format.ts";
import { across, plot, round } from "./plot.ts";
import type { RunHistory } from "./run-history.ts";
import type { RunMarks } from "./run-marks.ts";
import { spanOf, type TimeSpan, valueTicks } from "./time-span.ts";

const HEIGHT_PX = 200;
/** Shorter gaps than this share of the time are not drawn: they would look like lines. */
const SHORTEST_GAP = 1 / 250;

/** A value at a moment. */
interface Point {
  readonly atMs: number;
  readonly value: number;
}

/** The counter that a job's progress is drawn by: `records`, else the first that its work reported. */
export function counterOf({ samples }: RunHistory): string | undefined {
  const names = new Set(samples.flatMap(({ progress }) => Object.keys(progress)));
  names.delete("pausedMs");
  return names.has("records") ? "records" : [...names][0];
}

/**
 * Progress over time, from one report of the work to the next: a line where hops ran, none where nothing ran or where a
 * hop died after its last report. Several runs have a line each, and one for their sum.
 */
export function progressChart(history: RunHistory, nowMs: number, counter: string, marks?: RunMarks): string {
  const span = spanOf(history, nowMs);
  const points = history.samples.flatMap(({ atMs, progress }) => pointOf(atMs, progress[counter]));
  const most = points.reduce((max, { value }) => Math.max(max, value), 1);
  const y = (value: number) => round((1 - value / most) * HEIGHT_PX);
  const activity = activityOf(history, span.fromMs + span.lengthMs);
  const line = (known: readonly Stretch[], of: readonly Point[], kind: string, attribute = "") => {
    const pieces = linesOf(known, of, span).map((piece) => piece.map(({ x, value }) => `${x} ${y(value)}`));
    return pieces.length === 0
      ? ""
      : `<path class="${kind}"${attribute} d="${pieces.map((piece) => `M${piece.join("L")}`).join("")}"/>`;
  };
  const lines = (marks?.runs ?? []).map((run) => {
    const own = history.samples.flatMap((sample) =>
      sample.run === run ? pointOf(sample.atMs, sample.runProgress?.[counter]) : [],
    );
    const ofRun = { ...history, hops: history.hops.filter((hop) => hop.run === run) };
    const { known } = activityOf(ofRun, span.fromMs + span.lengthMs);
    return line(known, own, `curve ${marks?.colorOf(run)}`, marks?.attribute(run));
  });
  return plot({
    label: `${counter} over time: ${formatNumber(points.at(-1)?.value ?? 0)} at the end`,
    span,
    heightPx: HEIGHT_PX,
    ticks: valueTicks(most, 4, shortNumber),
    shapes: [bands(activity, span), ...lines, line(activity.known, points, "curve total")].join(""),
  });
}

function pointOf(atMs: number, value: number | undefined): Point[] {
  return value === undefined ? [] : [{ atMs, value }];
}

/** Lines through the points of each stretch; a stretch begins and ends with what was known then. */
function linesOf(
  known: readonly Stretch[],
  points: readonly Point[],
  span: TimeSpan,
): { readonly x: number; readonly value: number }[][] {
  let next = 0;
  let value = 0;
  return known.map(({ fromMs, toMs }) => {
    for (; points[next] !== undefined && points[next]!.atMs < fromMs; next++) value = points[next]!.value;
    const line = [{ x: across(span, fromMs), value }];
    for (; points[next] !== undefined && points[next]!.atMs <= toMs; next++) {
      value = points[next]!.value;
      const x = across(span, points[next]!.atMs);
      // Of many points in one place the last is enough.
      if (line.length > 1 && x - line.at(-1)!.x < 0.3) line.pop();
      line.push({ x, value });
    }
    line.push({ x: across(span, toMs), value });
    return line;
  });
}

/** Where nothing ran, and where what was done is lost. */
function bands({ idle, lost }: Activity, span: TimeSpan): string {
  const band = (kind: string, what: string, stretches: readonly Stretch[]) =>
    stretches
      .filter(({ fromMs, toMs }) => toMs - fromMs >= span.lengthMs * SHORTEST_GAP)
      .map(({ fromMs, toMs }) => {
        const [from, to] = [across(span, fromMs), across(span, toMs)];
        const title = escapeHtml(`${what} for ${formatDuration(toMs - fromMs)}`);
        return `<rect class="${kind}" x="${from}" y="0" width="${round(to - from)}" height="${HEIGHT_PX}"><title>${title}</title></rect>`;
      })
      .join("");
  return band("idle", "nothing ran", idle) + band("lost", "work after the last checkpoint was lost", lost);
}
