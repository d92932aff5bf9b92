import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nastyKeys } from "../../test/nasty-keys.ts";
import { SimulatedBucket, type SimulatedPlace } from "../../test/simulated-bucket.ts";
import { compareKeys } from "./key-order.ts";
import type { KeyRange } from "./key-range.ts";
import type { Listing, PageSlice } from "./open-range.ts";
import { WalkPlan } from "./walk-plan.ts";

const keys = fc.oneof(
  nastyKeys,
  fc.nat(400).map((count) => Array.from({ length: count }, (_, i) => `a/${String(i).padStart(7, "0")}`)),
  fc.nat(400).map((count) => Array.from({ length: count }, (_, i) => `${(i * 2_654_435_761) % 4_294_967_296}`)),
);

/** How often each key lies in the open ranges. */
function coverage(all: readonly string[], ranges: readonly KeyRange[]): number[] {
  const isIn = (key: string, { after, through }: KeyRange) =>
    compareKeys(after, key) < 0 && (through === null || compareKeys(key, through) <= 0);
  return all.map((key) => ranges.filter((range) => isIn(key, range)).length);
}

const hashOf = (text: string) =>
  Array.from(text).reduce((hash, one) => (hash * 31 + (one.codePointAt(0) ?? 0)) % 9_973, 7);

interface Taken {
  readonly listing: Listing;
  readonly place: SimulatedPlace;
  slice?: PageSlice;
}

/** How S3 treats requests: it refuses some `StartAfter` values more than known, and fails for now. */
interface Trouble {
  readonly isRefused: (startAfter: string) => boolean;
  readonly isFailing: () => boolean;
}

/** A walk whose requests are answered, and whose pages are done with, in any order. */
class AnyOrderWalk {
  readonly accounted = new Map<string, number>();
  readonly #bucket: SimulatedBucket;
  readonly #limits: { readonly maxListings: number; readonly pageKeys: number };
  #taken: Taken[] = [];
  plan: WalkPlan;
  /** Ranges that were given away, and are another walk's. */
  given: KeyRange[] = [];

  readonly #trouble: Trouble;

  constructor(bucket: SimulatedBucket, maxListings: number, pageKeys: number, trouble: Trouble) {
    this.#bucket = bucket;
    this.#trouble = trouble;
    this.#limits = { maxListings, pageKeys };
    this.plan = new WalkPlan([{ after: "", through: null }], this.#limits);
  }

  step(choice: number): void {
    for (let listing = this.plan.take(); listing; listing = this.plan.take()) {
      const { startAfter, token } = listing;
      this.#taken.push({ listing, place: { startAfter, token } });
    }
    const index = choice % this.#taken.length;
    const one = this.#taken[index] as Taken;
    if (one.slice === undefined) {
      if (!this.#isAnswered(one)) this.#taken.splice(index, 1);
      return;
    }
    for (let i = 0; i < one.slice.count; i++) {
      const key = one.slice.page.key(i);
      this.accounted.set(key, (this.accounted.get(key) ?? 0) + 1);
    }
    this.plan.commit(one.listing);
    this.#taken.splice(index, 1);
  }

  #isAnswered(one: Taken): boolean {
    const { listing, place } = one;
    if (this.#trouble.isFailing()) {
      this.plan.putBack(listing);
      return false;
    }
    if (place.token === undefined && this.#trouble.isRefused(place.startAfter)) {
      expect(this.plan.refused(listing)).toBe(true);
      return false;
    }
    one.slice = this.plan.arrived(listing, this.#bucket.pageAt(place));
    return true;
  }

  /** The other walk takes its turn, when this one is at its end. */
  takeGiven(): void {
    this.plan = new WalkPlan(this.given, this.#limits);
    this.given = [];
  }

  /** Loses all that is under way, and reads the ranges back from JSON. */
  startOver(): void {
    this.plan = new WalkPlan(JSON.parse(JSON.stringify(this.plan.ranges())) as KeyRange[], this.#limits);
    this.#taken = [];
  }
}

describe("at any moment of a walk, whatever the keys and whatever the order of answers", () => {
  it("each key is either accounted for, once, or in exactly one range that is open or given away, and so it is after starting over", () => {
    let splits = 0;
    let gifts = 0;
    fc.assert(
      fc.property(
        keys,
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 20 }),
        fc.nat(),
        fc.constantFrom(0, 2, 3, 9),
        fc.constantFrom(0, 2, 5),
        (all, maxListings, pageKeys, seed, refusesOneIn, failsOneIn) => {
          const bucket = new SimulatedBucket(all, { pageKeys });
          let choice = seed;
          const walk = new AnyOrderWalk(bucket, maxListings, pageKeys, {
            isRefused: (startAfter) => startAfter !== "" && refusesOneIn > 0 && hashOf(startAfter) % refusesOneIn === 0,
            isFailing: () => failsOneIn > 0 && (choice >>> 9) % failsOneIn === 0,
          });
          for (let steps = 1; !walk.plan.isDone || walk.given.length > 0; steps++) {
            if (walk.plan.isDone) walk.takeGiven();
            choice = (Math.imul(choice, 1_103_515_245) + 12_345) >>> 1;
            walk.step(choice >>> 4);
            if (choice % 13 === 0) {
              const given = walk.plan.giveAway();
              gifts += given.length;
              walk.given.push(...given);
              if (walk.plan.isDone) continue;
            }
            if (steps % 24 === 0) {
              const covered = coverage(bucket.keys, [...walk.plan.ranges(), ...walk.given]);
              expect(bucket.keys.map((key, i) => (covered[i] as number) + (walk.accounted.get(key) ?? 0))).toEqual(
                bucket.keys.map(() => 1),
              );
            }
            if (choice % 61 === 0) walk.startOver();
          }
          splits += walk.plan.counts.found;
          expect([...walk.accounted.keys()].sort(compareKeys)).toEqual(bucket.keys);
          expect([...walk.accounted.values()].every((times) => times === 1)).toBe(true);
          expect(bucket.refused).toEqual([]);
        },
      ),
      { numRuns: 120 },
    );
    expect(splits).toBeGreaterThan(100);
    expect(gifts).toBeGreaterThan(100);
  });
});
