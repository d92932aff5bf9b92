import { compareKeys } from "../listing/key-order.ts";
import type { KeyRange } from "../listing/key-range.ts";
import { longestStartAfter } from "../listing/start-after.ts";

/** So many keys end with this one, since the point before. */
export interface LearnedPoint {
  readonly key: string;
  readonly keys: number;
}

/** Where a walk found the keys: bounds of ranges of about equal size, for the next walk. */
export interface Hint {
  /** Keys in all. */
  readonly keys: number;
  /** In order; between two of them, and before the first and behind the last, are about equally many keys. */
  readonly bounds: readonly string[];
}

/** A sketch holds at most so many points; with more, neighbours that hold few keys become one. */
const MAX_POINTS = 256;
/** A hint has at most so many bounds. */
const MAX_BOUNDS = 255;
/** A range is worth a bound of its own from so many keys on: its last page is seldom full. */
const MIN_KEYS_BETWEEN = 16_000;
/** A bound need not be a key, and a short one makes a small record. */
const MAX_BOUND_LENGTH = 128;

/** A page's last key, as a point. */
export function pointAt(key: string, keys: number): LearnedPoint {
  return { key: shortened(key), keys };
}

/** Adds points to a sketch, and returns one that is no larger than a sketch may be. */
export function learn(sketch: readonly LearnedPoint[], more: readonly LearnedPoint[]): LearnedPoint[] {
  const points = [...sketch, ...more];
  if (points.length <= MAX_POINTS) return points;
  points.sort((a, b) => compareKeys(a.key, b.key));
  // Two neighbours that stay apart hold more than this together, so half as many points are left at most.
  const enoughKeys = points.reduce((sum, { keys }) => sum + keys, 0) / (MAX_POINTS / 4);
  const fewer: LearnedPoint[] = [];
  for (const { key, keys } of points) {
    const before = fewer.at(-1);
    if (before && before.keys + keys <= enoughKeys) fewer[fewer.length - 1] = { key, keys: before.keys + keys };
    else fewer.push({ key, keys });
  }
  return fewer;
}

/** The hint that points make for the next walk. */
export function hintOf(sketch: readonly LearnedPoint[]): Hint {
  const points = sketch.toSorted((a, b) => compareKeys(a.key, b.key));
  const keys = points.reduce((sum, point) => sum + point.keys, 0);
  const enoughKeys = Math.max(MIN_KEYS_BETWEEN, keys / (MAX_BOUNDS + 1));
  const bounds: string[] = [];
  let since = 0;
  for (const point of points.slice(0, -1)) {
    since += point.keys;
    if (since < enoughKeys || bounds.at(-1) === point.key) continue;
    bounds.push(point.key);
    since = 0;
  }
  return { keys, bounds };
}

/**
 * The key space up to and with `through`, cut at a hint's bounds, or before those that cannot be a `StartAfter`. Any
 * bounds will do; wrong ones cost requests.
 */
export function rangesOf(bounds: readonly string[], through: string | undefined): KeyRange[] {
  const inside = (bound: string) => bound !== "" && (through === undefined || compareKeys(bound, through) < 0);
  const ends = [...[...new Set(bounds.map(longestStartAfter))].filter(inside).sort(compareKeys), through ?? null];
  return ends.map((end, index) => ({ after: ends[index - 1] ?? "", through: end }));
}

function shortened(key: string): string {
  if (key.length <= MAX_BOUND_LENGTH) return key;
  return Array.from(key.slice(0, MAX_BOUND_LENGTH + 1))
    .slice(0, -1)
    .join("");
}
