import { escapeHtml } from "./format.ts";
import { type Tick, type TimeSpan, timeTicks } from "./time-span.ts";

/** Units of a drawing from left to right. A browser stretches them to the width there is; lines and texts keep their size. */
const WIDTH = 1_000;

/** A drawing over time with its axes. */
export interface Plot {
  /** The description for people who do not see it. */
  readonly label: string;
  readonly span: TimeSpan;
  readonly heightPx: number;
  /** Names beside it; 0 is its lower edge, 1 its upper one. */
  readonly ticks: readonly Tick[];
  /** Whether a line crosses the drawing at each name. Default `true`. */
  readonly hasLines?: boolean;
  /** Markup of SVG. Places come from {@link across}; heights are pixels from the upper edge. */
  readonly shapes: string;
}

/** Most names of the time axis on a wide and on a narrow page. A style sheet shows one of both. */
const TIMES = { wide: 8, narrow: 4 };

/**
 * Draws a plot that fits any width: its shapes are stretched, its texts are not. Its style sheet is part of
 * `REPORT_STYLE`.
 */
export function plot({ label, span, heightPx, ticks, hasLines = true, shapes }: Plot): string {
  const times = (["wide", "narrow"] as const).map((width) => ({
    width,
    ticks: timeTicks(span.lengthMs, TIMES[width]),
  }));
  const upright = times.map(
    ({ width, ticks }) =>
      `<path class="grid ${width}" d="${ticks.map(({ share }) => `M${round(share * WIDTH)} 0V${heightPx}`).join("")}"/>`,
  );
  const level = hasLines
    ? `<path class="grid" d="${ticks.map(({ share }) => `M0 ${round((1 - share) * heightPx)}H${WIDTH}`).join("")}"/>`
    : "";
  const names = ticks.map(
    ({ share, text }) => `<span style="top:${round((1 - share) * heightPx)}px">${escapeHtml(text)}</span>`,
  );
  const moments = times.map(
    ({ width, ticks }) =>
      `<div class="xs ${width}">${ticks.map(({ share, text }) => `<span style="left:${round(share * 100)}%">${text}</span>`).join("")}</div>`,
  );
  return `<div class="plot" role="img" aria-label="${escapeHtml(label)}"><div class="ys" style="height:${heightPx}px">${names.join("")}</div><div class="field"><svg viewBox="0 0 ${WIDTH} ${heightPx}" preserveAspectRatio="none" style="height:${heightPx}px">${upright.join("")}${level}${shapes}</svg>${moments.join("")}</div></div>`;
}

/** A moment's place from left to right, in units of a drawing. */
export function across({ fromMs, lengthMs }: TimeSpan, atMs: number): number {
  return round(((atMs - fromMs) / lengthMs) * WIDTH);
}

/** A number as drawings write it: hundredths are enough. */
export function round(value: number): number {
  return Math.round(value * 100) / 100;
}
