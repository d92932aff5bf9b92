import { formatNumber } from "./format.ts";
import { across, plot, round } from "./plot.ts";
import { isFault, type RunHistory } from "./run-history.ts";
import type { RunMarks } from "./run-marks.ts";
import { spanOf } from "./time-span.ts";

const HEIGHT_PX = 140;
/** With more hops than this, each is a dot where it ended instead of a line from its beginning. */
const MAX_LINES = 400;

/**
 * The granted time of each hop as it was used up: a line from 0 % where it began to the share used where it ended. The
 * reserve is the time kept back for the hand-off.
 */
export function budgetChart(history: RunHistory, nowMs: number, marks?: RunMarks): string {
  const span = spanOf(history, nowMs);
  const y = (share: number) => round((1 - Math.min(1, share)) * HEIGHT_PX);
  const hops = history.hops.filter(({ status }) => status !== "duplicate");
  const hasLines = hops.length <= MAX_LINES;
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
    draw(`dot ${isFault(hop) ? "fault" : color}`, run, `M${to} ${used}h0`);
  }
  return plot({
    label: `Granted time used by each of ${formatNumber(hops.length)} invocations`,
    span,
    heightPx: HEIGHT_PX,
    ticks: [0, 0.5, 1].map((share) => ({ share, text: `${share * 100} %` })),
    shapes: [...paths].map(([attributes, d]) => `<path ${attributes} d="${d}"/>`).join(""),
  });
}
