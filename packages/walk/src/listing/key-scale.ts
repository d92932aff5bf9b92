import type { KeyPatterns, PositionGuess } from "./key-patterns.ts";
import { isInside, type KeyRange } from "./key-range.ts";
import { longestStartAfter } from "./start-after.ts";

/** Positions beyond this worth are not counted: a double ends at 1.8e308. */
const MAX_WORTH = 1e200;

/** A cut may miss its place by this share of the way, so that its key is short and the saved state small. */
const PRECISION = 1 / 16;

/** Keys that were listed one after another. The last of them is the `after` of the range. */
export interface ListedStretch {
  readonly first: string;
  /** How many, both ends included. */
  readonly keys: number;
}

/** A part of the range: steps at one position. */
interface Leg {
  readonly position: number;
  /** Where it begins: a rank at the position, and a fraction of a step. */
  readonly from: number;
  readonly steps: number;
  readonly keysPerStep: number;
}

/**
 * Reads keys as numbers, to estimate how many keys of a range are left and where its middle is. Each position is a digit;
 * its base is the number of characters that may occur there. Keys of one pattern lie about evenly on this scale, so the
 * last page tells how dense the rest of its range is.
 *
 * The scale is for one range, whose `after` is the last key listed of it. Legs lead from there to the end of the range.
 * The first leg holds the keys that begin as those of the last page do. Each further leg is one position closer to the
 * beginning of the key.
 */
export class KeyScale {
  readonly #range: KeyRange;
  readonly #listed: ListedStretch;
  readonly #patterns: Pick<KeyPatterns, "guesses">;
  readonly #points: readonly number[];
  readonly #guesses: readonly PositionGuess[];
  readonly #legs: readonly Leg[];

  constructor(range: KeyRange, listed: ListedStretch, patterns: Pick<KeyPatterns, "guesses">) {
    this.#range = range;
    this.#listed = listed;
    this.#patterns = patterns;
    this.#points = pointsOf(range.after);
    this.#guesses = patterns.guesses(range.after);
    this.#legs = this.#legsOf(pointsOf(listed.first), range.through === null ? undefined : pointsOf(range.through));
  }

  /** Estimates how many keys are left: they are taken to be as dense as those of the stretch. */
  get remainingKeys(): number {
    return this.#legs.reduce((sum, { steps, keysPerStep }) => sum + steps * keysPerStep, 0);
  }

  /** The scale of the part before a key where the range is cut. */
  cutAt(through: string): KeyScale {
    return new KeyScale({ after: this.#range.after, through }, this.#listed, this.#patterns);
  }

  /**
   * Makes up a short key strictly within the range, about so many keys behind `after`, that may be a `StartAfter`;
   * `undefined` if it finds none.
   */
  keyAhead(keys: number): string | undefined {
    let left = keys;
    for (const leg of this.#legs) {
      const steps = left / leg.keysPerStep;
      if (steps <= leg.steps) return this.#keyAt(leg, steps, keys);
      left -= leg.steps * leg.keysPerStep;
    }
    return undefined;
  }

  #keyAt({ position, from, keysPerStep }: Leg, steps: number, keys: number): string | undefined {
    let key = String.fromCodePoint(...this.#points.slice(0, position));
    let place = from + steps;
    let worth = keysPerStep;
    for (let at = position; at < this.#guesses.length; at++) {
      const guess = this.#guesses[at] as PositionGuess;
      if (guess.isFollower && at > position) break;
      const base = baseOf(guess);
      if (at > position) {
        place *= base;
        worth /= base;
      }
      const rank = Math.min(Math.floor(place), base - 1);
      key += String.fromCodePoint(guess.points[rank] ?? (this.#points[at] as number));
      place -= rank;
      if (worth * place <= keys * PRECISION) break;
    }
    const startAfter = longestStartAfter(key);
    return isInside(this.#range, startAfter) ? startAfter : undefined;
  }

  #legsOf(first: readonly number[], through: readonly number[] | undefined): readonly Leg[] {
    const begin = sharedLength(first, this.#points);
    const after = this.#placesOf(this.#points);
    const listedSteps = (after[begin] ?? 0) - (this.#placesOf(first)[begin] ?? 0);
    const worth = worthOf(this.#guesses, begin, this.#listed.keys / (listedSteps > 0 ? listedSteps : 1));
    const end = through ? this.#placesOf(through) : undefined;
    const differ = through ? sharedLength(this.#points, through) : -1;
    const legs: Leg[] = [];
    const add = (position: number, from: number, to: number): void => {
      const keysPerStep = worth[position] ?? 0;
      if (to > from && keysPerStep > 0) legs.push({ position, from, steps: to - from, keysPerStep });
    };
    if (end && differ >= begin) {
      add(differ, after[differ] ?? 0, end[differ] ?? 0);
      return legs;
    }
    add(begin, after[begin] ?? 0, baseOf(this.#guesses[begin]));
    for (let position = begin - 1; position >= Math.max(0, differ); position--) {
      const isLast = end !== undefined && position === differ;
      const from = Math.floor(after[position] ?? 0) + 1;
      if (this.#guesses[position]?.isFollower !== true)
        add(position, from, isLast ? (end[differ] ?? 0) : baseOf(this.#guesses[position]));
    }
    return legs;
  }

  /** For each position the rank of its character, plus the fraction of a step that the positions behind it add. */
  #placesOf(points: readonly number[]): number[] {
    const places = new Array<number>(this.#guesses.length).fill(0);
    let fraction = 0;
    for (let position = this.#guesses.length - 1; position >= 0; position--) {
      const guess = this.#guesses[position] as PositionGuess;
      const place = rankOf(guess.points, points[position]) + fraction;
      places[position] = place;
      if (!guess.isFollower) fraction = Math.min(1, place / baseOf(guess));
    }
    return places;
  }
}

function baseOf(guess: PositionGuess | undefined): number {
  return Math.max(1, guess?.points.length ?? 0);
}

/** Keys of one step at each position, calculated from those at position `from`; 0 where it only follows from others. */
function worthOf(guesses: readonly PositionGuess[], from: number, keysPerStep: number): number[] {
  const worth = new Array<number>(guesses.length).fill(0);
  let value = keysPerStep;
  worth[from] = value;
  for (let position = from + 1; position < guesses.length; position++) {
    if (guesses[position]?.isFollower) continue;
    value /= baseOf(guesses[position]);
    worth[position] = value;
  }
  value = keysPerStep;
  let base = baseOf(guesses[from]);
  for (let position = from - 1; position >= 0; position--) {
    if (guesses[position]?.isFollower) continue;
    value = Math.min(MAX_WORTH, value * base);
    base = baseOf(guesses[position]);
    worth[position] = value;
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
