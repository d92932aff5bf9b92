import { plausiblePoints } from "./plausible-points.ts";

/** Positions are told apart by the segment of the key they are in (`a/b/c` has three), and where in it they are. */
const MAX_SEGMENTS = 16;
const MAX_OFFSETS = 256;

/** After so many different beginnings, no letter or digit is expected at a position but those seen there. */
const ENOUGH_BEGINNINGS = 16;

/** After so many steps at positions before it, a position without a step is not expected to have one. */
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
  /** Whether this was the first position where two keys of a page differed. */
  hasStep: boolean;
  /** How many pairs of keys differed first at a position before it. */
  stepsBefore: number;
}

/** A guess about a position of keys. */
export interface PositionGuess {
  /** Sorted code points, each of which may stand there. */
  readonly points: readonly number[];
  /** Whether it differs only where a position before it does, such as in the second of two equal dates. */
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
        position = { seen: new Set(), beginnings: new Set(), plausible: undefined, hasStep: false, stepsBefore: 0 };
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

  /** Takes note of the first position where two learned keys differ. The first of them is listed before the second. */
  compare(first: string, second: string): void {
    const others = Array.from(second, (character) => character.codePointAt(0) as number);
    let at = 0;
    let differ = false;
    forEachPosition(first, (point, index) => {
      const position = this.#positions[index];
      if (position === undefined) return;
      if (differ) position.stepsBefore++;
      else if (others[at++] !== point) {
        differ = true;
        position.hasStep = true;
      }
    });
  }

  /** For each position of a key, what is expected there of a key that is like it up to there. */
  guesses(key: string): PositionGuess[] {
    const guesses: PositionGuess[] = [];
    forEachPosition(key, (_, index) => {
      const position = this.#positions[index];
      guesses.push({
        points: position ? this.#plausible(position) : NOTHING,
        isFollower: position !== undefined && !position.hasStep && position.stepsBefore >= ENOUGH_STEPS,
      });
    });
    return guesses;
  }

  #plausible(position: Position): readonly number[] {
    position.plausible ??= plausiblePoints(position.seen, position.beginnings.size < ENOUGH_BEGINNINGS);
    return position.plausible;
  }
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
