import { plausiblePoints } from "./plausible-points.ts";

/** Positions are told apart by the segment of the key they are in (`a/b/c` has three), and where in it they are. */
const MAX_SEGMENTS = 16;
const MAX_OFFSETS = 128;

/** After so many different beginnings, a position is not expected to hold anything but what stood there. */
const ENOUGH_BEGINNINGS = 16;

/** After so many steps before it, a position that had none of its own is not expected to have any. */
const ENOUGH_STEPS = 2;

/** With so many characters seen at a position, every second one is forgotten: no bucket's keys take more memory than that. */
const MAX_SEEN = 512;

const SLASH = 0x2f;

interface Position {
  seen: Set<number>;
  /** Hashes of what stood before it; no more than are enough. */
  readonly beginnings: Set<number>;
  /** Characters that may occur here, in order; made from those seen when asked for. */
  plausible: readonly number[] | undefined;
  /** Keys of stretches whose ends do not differ before it, and the steps at it from one end to the other. */
  keys: number;
  steps: number;
  /** Steps before it, of stretches that begin with a key that has it. */
  stepsBefore: number;
}

/** What is expected of a position of a key. */
export interface PositionGuess {
  /** What may stand there: sorted code points. */
  readonly points: readonly number[];
  /** Keys from one of them to the next, on average over the stretches that were listed; `undefined` if none had a step there. */
  readonly keysPerStep: number | undefined;
  /** Whether it only follows what stands before it, as a date that a key has twice: it differs where that does, and nowhere else. */
  readonly isFollower: boolean;
}

const NOTHING: readonly number[] = [];

/**
 * Guesses from the keys seen so far which characters may occur at a position of other keys. Whatever the guesses
 * are, a walk lists every key once; bad ones cost requests.
 */
export class KeyPatterns {
  readonly #positions: (Position | undefined)[] = [];

  /** Takes note of a key. */
  learn(key: string): void {
    let beginning = 0;
    forEachPosition(key, (point, index) => {
      let position = this.#positions[index];
      if (position === undefined) {
        position = { seen: new Set(), beginnings: new Set(), plausible: undefined, keys: 0, steps: 0, stepsBefore: 0 };
        this.#positions[index] = position;
      }
      if (position.beginnings.size < ENOUGH_BEGINNINGS) {
        position.beginnings.add(beginning);
        if (position.beginnings.size === ENOUGH_BEGINNINGS) position.plausible = undefined;
      }
      beginning = (beginning * 31 + point) | 0;
      if (position.seen.has(point)) return;
      position.seen.add(point);
      if (position.seen.size > MAX_SEEN) position.seen = everySecond(position.seen);
      position.plausible = undefined;
    });
  }

  /** Takes note of how many keys there are from one to another, both learnt. */
  measure(from: string, to: string, keys: number): void {
    const others = Array.from(to, (character) => character.codePointAt(0) as number);
    let at = 0;
    let steps = 0;
    forEachPosition(from, (point, index) => {
      const position = this.#positions[index];
      if (position === undefined) return;
      if (steps > 0) {
        position.stepsBefore += steps;
        return;
      }
      const other = others[at++];
      position.keys += keys;
      if (other === point) return;
      const plausible = this.#plausible(position);
      steps = Math.max(1, rankOf(plausible, other) - rankOf(plausible, point));
      position.steps += steps;
    });
  }

  /** For each position of a key, what is expected there of a key that is like it up to there. */
  guesses(key: string): PositionGuess[] {
    const guesses: PositionGuess[] = [];
    forEachPosition(key, (_, index) => {
      const position = this.#positions[index];
      const points = position ? this.#plausible(position) : NOTHING;
      const { keys, steps, stepsBefore } = position ?? { keys: 0, steps: 0, stepsBefore: 0 };
      guesses.push({
        points,
        keysPerStep: steps > 0 ? keys / steps : undefined,
        isFollower: steps === 0 && stepsBefore >= ENOUGH_STEPS,
      });
    });
    return guesses;
  }

  #plausible(position: Position): readonly number[] {
    position.plausible ??= plausiblePoints(position.seen, position.beginnings.size < ENOUGH_BEGINNINGS);
    return position.plausible;
  }
}

/** Which place a character has, or would have, in an alphabet; the first where the key has ended. */
export function rankOf(alphabet: readonly number[], point: number | undefined): number {
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

/** Half of the code points, spread as all of them are. */
function everySecond(points: ReadonlySet<number>): Set<number> {
  return new Set([...points].sort((a, b) => a - b).filter((_, index) => index % 2 === 0));
}

function forEachPosition(key: string, visit: (point: number, index: number) => void): void {
  let segment = 0;
  let offset = 0;
  for (let at = 0; at < key.length; at++) {
    const point = key.codePointAt(at) as number;
    if (point > 0xffff) at++;
    visit(point, segment * MAX_OFFSETS + offset);
    if (point === SLASH && segment < MAX_SEGMENTS - 1) {
      segment++;
      offset = 0;
    } else if (offset < MAX_OFFSETS - 1) offset++;
  }
}
