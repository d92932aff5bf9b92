import type { Bar, Play } from "./play.ts";

/** The part of a play that the timeline shows: some of its bars, and a stretch of time. */
export interface Window {
  /** Index of the first bar, and the index after the last. */
  readonly first: number;
  readonly after: number;
  readonly fromMs: number;
  readonly toMs: number;
}

/** The shortest stretch that is shown, in timeouts: the first bar grows into it. */
const LEAST_TIMEOUTS = 1.4;

/**
 * Chooses what to show at a moment: the latest bars, one a row, from when the first of them began. It costs what is shown,
 * not what has happened.
 */
export function windowAt(
  play: Play,
  atMs: number,
  { rows, timeoutMs }: { readonly rows: number; readonly timeoutMs: number },
): Window {
  const after = play.begunAt(atMs);
  const first = Math.max(0, after - rows);
  const fromMs = play.bars[first]?.fromMs ?? 0;
  return { first, after, fromMs, toMs: Math.max(atMs, fromMs + timeoutMs * LEAST_TIMEOUTS) };
}

/** Moves a window a part of the way to another, so that what is drawn glides. */
export function glide(from: Window, to: Window, part: number): Window {
  const between = (one: number, other: number) => (Math.abs(other - one) < 1 ? other : one + (other - one) * part);
  return { ...to, fromMs: between(from.fromMs, to.fromMs), toMs: between(from.toMs, to.toMs) };
}

/** Round distances between the lines of the time axis, in milliseconds. */
const ROUND_MS = [
  1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000,
  900_000, 1_800_000, 3_600_000, 7_200_000, 14_400_000, 21_600_000, 43_200_000, 86_400_000, 172_800_000, 604_800_000,
];

/** The moments that get a line: round ones, at most so many. */
export function gridOf(fromMs: number, toMs: number, most: number): number[] {
  const roundMs = ROUND_MS.find((ms) => (toMs - fromMs) / ms <= most) ?? (toMs - fromMs) / most;
  const lines: number[] = [];
  for (let at = Math.ceil(fromMs / roundMs) * roundMs; at <= toMs; at += roundMs) lines.push(at);
  return lines;
}

/** A column of the overview: how it is filled. */
export interface Column {
  /** Share of its time in which an invocation ran, from 0 to 1. */
  work: number;
  hasFault: boolean;
  hasRefusal: boolean;
}

/** Sums a whole play up in so many columns. */
export function overviewOf(play: Play, endMs: number, columns: number): Column[] {
  const all = Array.from({ length: columns }, (): Column => ({ work: 0, hasFault: false, hasRefusal: false }));
  const perMs = columns / Math.max(1, endMs);
  const columnAt = (ms: number) => Math.max(0, Math.min(columns - 1, Math.floor(ms * perMs)));
  for (const bar of play.bars) {
    const toMs = Math.min(bar.toMs, play.toldMs, endMs);
    const last = columnAt(toMs);
    for (let index = columnAt(bar.fromMs); index <= last; index++) {
      const overlap = Math.min(toMs * perMs, index + 1) - Math.max(bar.fromMs * perMs, index);
      if (overlap > 0) all[index]!.work = Math.min(1, all[index]!.work + overlap);
    }
    if (isFault(bar)) all[last]!.hasFault = true;
    if (bar.end === "duplicate") all[last]!.hasRefusal = true;
  }
  return all;
}

/** Whether an invocation ended by something that went wrong. */
export function isFault({ end }: Bar): boolean {
  return end === "killed" || end === "timeout" || end === "threw" || end === "failed";
}
