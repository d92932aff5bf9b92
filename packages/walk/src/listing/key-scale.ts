import type { KeyPatterns } from "./key-patterns.ts";
import { isInside, type KeyRange } from "./key-range.ts";
import { longestStartAfter } from "./start-after.ts";

/** Positions beyond this worth are not counted: a double ends at 1.8e308. */
const MAX_WORTH = 1e200;

/** Keys that were listed one after another, up to the `after` of the range that is left. */
export interface ListedStretch {
  readonly first: string;
  /** How many, both ends included. */
  readonly keys: number;
}

/**
 * Keys as numbers: each position is a digit, whose base is the number of characters that may stand there. On this scale
 * keys lie more or less evenly wherever their pattern is the same, so the last page of a range tells how much of the range
 * is left, and where its middle is.
 *
 * The scale is that of one range, whose `after` is the last key that was listed of it.
 */
export class KeyScale {
  readonly #range: KeyRange;
  readonly #listed: ListedStretch;
  readonly #patterns: Pick<KeyPatterns, "alphabets">;
  readonly #points: readonly number[];
  readonly #alphabets: readonly (readonly number[])[];
  /** Weight of one step at a position; 0 where keys of the range do not differ. */
  readonly #worth: readonly number[];
  /** From `after` to `through`. */
  readonly #distance: number;
  /** From one key to the next, on average. */
  readonly #perKey: number;

  constructor(range: KeyRange, listed: ListedStretch, patterns: Pick<KeyPatterns, "alphabets">) {
    this.#range = range;
    this.#listed = listed;
    this.#patterns = patterns;
    this.#points = pointsOf(range.after);
    this.#alphabets = patterns.alphabets(range.after);
    const first = pointsOf(listed.first);
    const through = range.through === null ? undefined : pointsOf(range.through);
    const begin = Math.min(sharedLength(first, this.#points), through ? sharedLength(this.#points, through) : 0);
    this.#worth = worthOf(this.#alphabets, begin);
    this.#perKey = Math.max(1, this.#difference(first, this.#points, begin)) / Math.max(1, listed.keys);
    this.#distance = through
      ? this.#difference(this.#points, through, begin)
      : (this.#worth[begin] ?? 0) * this.#base(begin) - this.#difference([], this.#points, begin);
  }

  /** How many keys are left, if they go on like those of the stretch. */
  get remainingKeys(): number {
    return Math.max(0, this.#distance / this.#perKey);
  }

  /** The scale of the nearer part, if the range is cut at a key. */
  cutAt(through: string): KeyScale {
    return new KeyScale({ after: this.#range.after, through }, this.#listed, this.#patterns);
  }

  /**
   * A short key strictly within the range, about so many keys behind `after`, that may be a `StartAfter`; nothing if the
   * scale tells none.
   */
  keyAhead(keys: number): string | undefined {
    const way = keys * this.#perKey;
    const digits = this.#points.map((point, position) => rankOf(this.#alphabets[position] ?? [], point));
    let rest = way;
    let last = -1;
    // A sixteenth of the way more or less does not matter, and short keys make small states.
    for (let position = 0; position < this.#worth.length && rest > way / 16; position++) {
      const worth = this.#worth[position] as number;
      if (worth === 0 || worth > rest || this.#base(position) < 2) continue;
      const steps = Math.floor(rest / worth);
      digits[position] = (digits[position] as number) + steps;
      rest -= steps * worth;
      last = position;
    }
    if (last === -1 || !this.#carry(digits, last)) return undefined;
    let key = "";
    for (let position = 0; position <= last; position++) {
      const point = this.#alphabets[position]?.[digits[position] as number] ?? (this.#points[position] as number);
      key += String.fromCodePoint(point);
    }
    const startAfter = longestStartAfter(key);
    return isInside(this.#range, startAfter) ? startAfter : undefined;
  }

  /** Brings digits below their bases; `false` if the number is larger than the scale. */
  #carry(digits: number[], last: number): boolean {
    for (let position = last; position >= 0; position--) {
      const base = this.#base(position);
      const digit = digits[position] as number;
      if (digit < base) continue;
      if (position === 0) return false;
      digits[position] = digit % base;
      digits[position - 1] = (digits[position - 1] as number) + Math.floor(digit / base);
    }
    return true;
  }

  #base(position: number): number {
    return Math.max(1, this.#alphabets[position]?.length ?? 0);
  }

  #difference(from: readonly number[], to: readonly number[], begin: number): number {
    let sum = 0;
    for (let position = begin; position < this.#worth.length; position++) {
      const alphabet = this.#alphabets[position] ?? [];
      const steps = rankOf(alphabet, to[position]) - rankOf(alphabet, from[position]);
      if (steps !== 0) sum += steps * (this.#worth[position] as number);
    }
    return sum;
  }
}

function worthOf(alphabets: readonly (readonly number[])[], begin: number): number[] {
  const baseOf = (position: number) => Math.max(1, alphabets[position]?.length ?? 0);
  let end = begin;
  for (let product = 1; end < alphabets.length && product < MAX_WORTH; end++) product *= baseOf(end);
  const worth = new Array<number>(end).fill(0);
  let value = 1;
  for (let position = end - 1; position >= begin; position--) {
    worth[position] = value;
    value *= baseOf(position);
  }
  return worth;
}

/** Which place a character has, or would have, in an alphabet; the first where the key has ended. */
function rankOf(alphabet: readonly number[], point: number | undefined): number {
  if (point === undefined) return 0;
  let low = 0;
  let high = alphabet.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((alphabet[middle] as number) < point) low = middle + 1;
    else high = middle;
  }
  return low;
}

function pointsOf(key: string): number[] {
  return Array.from(key, (character) => character.codePointAt(0) as number);
}

function sharedLength(a: readonly number[], b: readonly number[]): number {
  let at = 0;
  while (at < a.length && at < b.length && a[at] === b[at]) at++;
  return at;
}
