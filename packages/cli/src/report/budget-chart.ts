import { formatNumber } from "./format.ts";
import { across, plot, round } from "./plot.ts";
import { isFault, type RunHistory } from "./run-history.ts";
import type { RunMarks } from "./run-marks.ts";
import { spanOf } from "./time-span.ts";

const HEIGHT_PX = 140;
/** Of more hops than this, a bar in each column shows the least and the most that the hops used which ended there. */
const MAX_LINES = 400;
/** Units of a column. */
const COLUMN = 2;
/** Least height of a bar. */
const LEAST_PX = 3;

/** How the chart is to be read. */
export function budgetNote({ hops }: RunHistory): string {
  return hops.length <= MAX_LINES
    ? "Each hop's granted time as it was used up, from 0 % to where it ended."
    : "The share of its granted time that each hop used; a bar spans the hops that ended there.";
}

/**
 * The granted time of each hop as it was used up: a line from 0 % where it began to the share used where it ended. The
 * reserve is the time kept back for the hand-off.
 */
export function budgetChart(history: RunHistory, nowMs: number, marks?: RunMarks): string {
  const span = spanOf(history, nowMs);
  const y = (share: number) => round((1 - Math.min(1, share)) * HEIGHT_PX);
  const hops = history.hops.filter(({ status }) => status !== "duplicate");
  const hasLines = history.hops.length <= MAX_LINES;
  const columns = usedByColumn();
  /** Shapes that look alike and that the filter treats alike are one path. */
  const paths = new Map<string, string>();
  const draw = (kind: string, run: string, line: string) => {
    const key = `class="${kind}"${marks?.attribute(run) ?? ""}`;
    paths.set(key, `${paths.get(key) ?? ""}${line}`);
  };
  for (const hop of hops.toSorted((a, b) => Number(isFault(a)) - Number(isFault(b)))) {
    const { startedAtMs, endedAtMs = nowMs, windowMs = history.timeoutMs, reserveMs, run } = hop;
    const [from, to] = [across(span, startedAtMs), across(span, endedAtMs)];
    const used = y((endedAtMs - startedAtMs) / windowMs);
    const color = marks?.colorOf(run) ?? "work";
    if (reserveMs !== undefined)
      draw("reserve", run, `M${from} ${y(1 - reserveMs / windowMs)}H${Math.max(to, from + 1)}`);
    if (hasLines) draw(`curve ${color}`, run, `M${from} ${HEIGHT_PX}L${to} ${used}`);
    if (hasLines || isFault(hop)) draw(`dot ${isFault(hop) ? "fault" : color}`, run, `M${to} ${used}h0`);
    else columns.add(color, run, to, used);
  }
  for (const { color, run, x, from, to } of columns.bars()) draw(`curve ${color}`, run, `M${x} ${from}V${to}`);
  return plot({
    label: `Granted time used by each of ${formatNumber(hops.length)} invocations`,
    span,
    heightPx: HEIGHT_PX,
    ticks: [0, 0.5, 1].map((share) => ({ share, text: `${share * 100} %` })),
    shapes: [...paths].map(([attributes, d]) => `<path ${attributes} d="${d}"/>`).join(""),
  });
}

/** A bar of a column: heights are pixels from the upper edge. */
interface ColumnBar {
  readonly color: string;
  readonly run: string;
  readonly x: number;
  from: number;
  to: number;
}

/** Collects where hops ended, by column and run. */
function usedByColumn(): { add(color: string, run: string, x: number, y: number): void; bars(): Iterable<ColumnBar> } {
  const bars = new Map<string, ColumnBar>();
  return {
    add(color, run, at, y) {
      const x = Math.round(at / COLUMN) * COLUMN;
      const key = `${x} ${run}`;
      const bar = bars.get(key) ?? { color, run, x, from: y, to: y + LEAST_PX };
      bar.from = Math.min(bar.from, y);
      bar.to = Math.max(bar.to, y + LEAST_PX);
      bars.set(key, bar);
    },
    bars: () => bars.values(),
  };
}
