import { isSafePoint } from "./start-after.ts";

const MAX_POINT = 0x10_ffff;
const DIGITS = span("0", "9");
const LETTERS = [
  { all: span("a", "z"), hex: span("a", "f") },
  { all: span("A", "Z"), hex: span("A", "F") },
];

/** The character that begins what may come next: behind digits, hexadecimal digits and capitals. */
const NEXT: ReadonlyMap<number, number> = new Map(
  ["9A", "FG", "Za", "fg"].map((pair) => [pair.charCodeAt(0), pair.charCodeAt(1)]),
);

/** Characters beyond ASCII are expected in groups: those whose UTF-8 differs in the last byte only. */
const GROUP = 64;
/** With more than that, what was seen is choice enough. */
const MAX_GROUPED = 32;
/** Chinese and Korean have hundreds of groups: so many are expected behind the last one seen. */
const GROUPS_AHEAD = 32;
/** Of a script with more groups than that, only the first character of each is expected. */
const MAX_WHOLE_GROUPS = 4;
/** Most groups in a row that are expected: Chinese has 328. */
const MAX_GROUPS = 512;

/**
 * Guesses the characters of a position from those seen there, as sorted code points. A listing may begin behind each of
 * those that were not seen.
 *
 * A digit makes all digits plausible; digits and letters up to F, the hexadecimal ones; two letters, the alphabet. One
 * more character is plausible behind them, so that a request finds out whether names go on there. One letter alone is
 * taken for part of a name that all keys share. Chinese characters make the whole script plausible, group by group.
 * None of this applies once enough was seen (`mayVary` is false).
 *
 * Always plausible is the character after a sign such as `/`: no key has it there, but other names begin behind it.
 * So are the neighbours of a few characters beyond ASCII.
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
  // Names in such a script have an ASCII character in some places.
  const groups = mayVary && 2 * wide.length > seen.size ? groupsOf(wide) : [];
  add(groups);
  if (wide.length < MAX_GROUPED && groups.length <= GROUPS_AHEAD + MAX_WHOLE_GROUPS) {
    for (const point of wide) add(Array.from({ length: GROUP }, (_, i) => point - (point % GROUP) + i));
  }
  return [...plausible].filter((point) => seen.has(point) || isSafePoint(point)).sort((a, b) => a - b);
}

/** The first character of each group, from the first group seen to some behind the last. */
function groupsOf(wide: readonly number[]): number[] {
  const groupOf = (point: number) => Math.floor(point / GROUP);
  const last = groupOf(Math.max(...wide));
  const first = Math.max(groupOf(Math.min(...wide)), last - MAX_GROUPS);
  const end = Math.min(last + GROUPS_AHEAD, groupOf(MAX_POINT));
  return Array.from({ length: end - first + 1 }, (_, i) => (first + i) * GROUP);
}

function isSign(point: number): boolean {
  return point < 0x7f && !DIGITS.includes(point) && !LETTERS.some(({ all }) => all.includes(point));
}

function span(first: string, last: string): readonly number[] {
  const from = first.charCodeAt(0);
  return Array.from({ length: last.charCodeAt(0) - from + 1 }, (_, i) => from + i);
}
