import { isSafePoint } from "./start-after.ts";

const DIGITS = span("0", "9");
const LETTERS = [
  { all: span("a", "z"), hex: span("a", "f") },
  { all: span("A", "Z"), hex: span("A", "F") },
];

/** What else names may begin with: the first that sorts behind digits, hexadecimal digits and capitals. */
const NEXT: ReadonlyMap<number, number> = new Map(
  ["9A", "FG", "Za", "fg"].map((pair) => [pair.charCodeAt(0), pair.charCodeAt(1)]),
);

/** Characters beyond ASCII are expected in groups: those whose UTF-8 differs in the last byte only. */
const GROUP = 64;
/** With more than that, what was seen is choice enough. */
const MAX_GROUPED = 32;

/**
 * Guesses the characters of a position from those seen there, as sorted code points. Each one not seen is such that a listing may
 * begin behind it.
 *
 * A digit makes all digits plausible; digits and letters up to F, the hexadecimal ones; two letters, the alphabet. One
 * letter alone is taken for part of a name that all keys share, and so is what stood there alone often enough
 * (`mayVary` is false). Behind a sign such as `/`, the character after it is plausible too: no key has it there, but
 * whatever is named otherwise begins behind it.
 */
export function plausiblePoints(seen: ReadonlySet<number>, mayVary: boolean): readonly number[] {
  const plausible = new Set(seen);
  const add = (points: Iterable<number>): void => {
    for (const point of points) plausible.add(point);
  };
  const count = (points: readonly number[]) => points.reduce((sum, point) => sum + (seen.has(point) ? 1 : 0), 0);
  if (mayVary) {
    const hasDigits = count(DIGITS) > 0;
    if (hasDigits) add(DIGITS);
    for (const { all, hex } of LETTERS) {
      const letters = count(all);
      if (letters > 0 && hasDigits && letters === count(hex)) add(hex);
      else if (letters > 1 || (letters > 0 && hasDigits)) add(all);
    }
    const last = Math.max(...[...plausible].filter((point) => NEXT.has(point)));
    if (Number.isFinite(last) && (hasDigits || seen.size > 1)) add([NEXT.get(last) as number]);
  }
  const wide: number[] = [];
  for (const point of seen) {
    if (isSign(point)) add([point + 1]);
    else if (point > 0x7f) wide.push(point);
  }
  if (wide.length < MAX_GROUPED) {
    for (const point of wide) add(Array.from({ length: GROUP }, (_, i) => point - (point % GROUP) + i));
  }
  return [...plausible].filter((point) => seen.has(point) || isSafePoint(point)).sort((a, b) => a - b);
}

function isSign(point: number): boolean {
  return point < 0x7f && !DIGITS.includes(point) && !LETTERS.some(({ all }) => all.includes(point));
}

function span(first: string, last: string): readonly number[] {
  const from = first.charCodeAt(0);
  return Array.from({ length: last.charCodeAt(0) - from + 1 }, (_, i) => from + i);
}
