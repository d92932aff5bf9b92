import { formatDuration } from "./format.ts";
import type { RunHistory } from "./run-history.ts";

/** The time that a chart shows. */
export interface TimeSpan {
  /** Milliseconds since 1970. */
  readonly fromMs: number;
  readonly lengthMs: number;
}

/** A named place on an axis; 0 is its beginning, 1 its end. */
export interface Tick {
  readonly share: number;
  readonly text: string;
}

/** The time from a job's beginning to its end, or to now. */
export function spanOf({ hops, startedAtMs, endedAtMs }: RunHistory, nowMs: number): TimeSpan {
  const lastMs = hops.reduce((most, hop) => Math.max(most, hop.endedAtMs ?? 0), endedAtMs ?? nowMs);
  return { fromMs: startedAtMs, lengthMs: Math.max(1, lastMs - startedAtMs) };
}

/** Round steps for an axis: about `count` of them up to `max`. */
function axisStep(max: number, count: number): number {
  const raw = Math.max(max / count, Number.MIN_VALUE);
  const power = 10 ** Math.floor(Math.log10(raw));
  const factor = [1, 2, 5, 10].find((candidate) => candidate * power >= raw * 0.999) ?? 10;
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
function timeStep(lengthMs: number, count: number): number {
  const leastMs = lengthMs / count;
  if (leastMs < SECOND_MS / 2) return axisStep(lengthMs, count);
  return TIME_STEPS_MS.find((stepMs) => stepMs >= leastMs) ?? Math.ceil(leastMs / (24 * HOUR_MS)) * 24 * HOUR_MS;
}

/** Names for a time axis, at most so many and one. */
export function timeTicks(lengthMs: number, count: number): Tick[] {
  const stepMs = timeStep(lengthMs, count);
  return Array.from({ length: Math.floor(lengthMs / stepMs) + 1 }, (_, at) => ({
    share: (at * stepMs) / lengthMs,
    text: at === 0 ? "0" : formatDuration(at * stepMs).replace(/ 0 (?:s|min)$|\.0(?= s)/, ""),
  }));
}

/** Names for an axis of values, from 0 up. */
export function valueTicks(most: number, count: number, text: (value: number) => string): Tick[] {
  const step = axisStep(most, count);
  const steps = Math.floor((most / step) * 1.001);
  return Array.from({ length: steps + 1 }, (_, at) => ({ share: (at * step) / most, text: text(at * step) }));
}
