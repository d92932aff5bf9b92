import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SimulatedBucket } from "../../test/simulated-bucket.ts";
import { compareKeys } from "./key-order.ts";
import type { KeyRange } from "./key-range.ts";
import { type Listing, type PageSlice, WalkPlan } from "./walk-plan.ts";

const character = fc.oneof(
  fc.constantFrom(..."0123456789abcdef/-=.xyz"),
  fc.constantFrom("\u0000", "+", "%", "é", "\ud7ff", "\ue000", "\uffff", "😀", "\u{10ffff}"),
);
const anyKey = fc.array(character, { minLength: 1, maxLength: 10 }).map((characters) => characters.join(""));
const keys = fc.oneof(
  fc.uniqueArray(anyKey, { maxLength: 200 }),
  fc.nat(400).map((count) => Array.from({ length: count }, (_, i) => `a/${String(i).padStart(7, "0")}`)),
  fc.nat(400).map((count) => Array.from({ length: count }, (_, i) => `${(i * 2_654_435_761) % 4_294_967_296}`)),
);

/** How often each key lies in the open ranges. */
function coverage(all: readonly string[], ranges: readonly KeyRange[]): number[] {
  const isIn = (key: string, { after, through }: KeyRange) =>
    compareKeys(after, key) < 0 && (through === null || compareKeys(key, through) <= 0);
  return all.map((key) => ranges.filter((range) => isIn(key, range)).length);
}

interface Taken {
  readonly listing: Listing;
  readonly startAfter: string;
  slice?: PageSlice;
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

  constructor(bucket: SimulatedBucket, maxListings: number, pageKeys: number) {
    this.#bucket = bucket;
    this.#limits = { maxListings, pageKeys };
    this.plan = new WalkPlan([{ after: "", through: null }], this.#limits);
  }

  step(choice: number): void {
    for (let listing = this.plan.take(); listing; listing = this.plan.take()) {
      this.#taken.push({ listing, startAfter: listing.after });
    }
    const index = choice % this.#taken.length;
    const one = this.#taken[index] as Taken;
    if (one.slice === undefined) {
      one.slice = this.plan.arrived(one.listing, this.#bucket.pageAfter(one.startAfter));
      return;
    }
    for (let i = 0; i < one.slice.count; i++) {
      const key = one.slice.page.key(i);
      this.accounted.set(key, (this.accounted.get(key) ?? 0) + 1);
    }
    this.plan.commit(one.listing);
    this.#taken.splice(index, 1);
  }

  /** The other walk takes its turn, when this one is at its end. */
  takeGiven(): void {
    this.plan = new WalkPlan(this.given, this.#limits);
    this.given = [];
  }

  /** What is under way is lost; the ranges come back out of JSON. */
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
        (all, maxListings, pageKeys, seed) => {
          const bucket = new SimulatedBucket(all, { pageKeys });
          const walk = new AnyOrderWalk(bucket, maxListings, pageKeys);
          let choice = seed;
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
            if (steps % 16 === 0) {
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
        },
      ),
      { numRuns: 200 },
    );
    expect(splits).toBeGreaterThan(200);
    expect(gifts).toBeGreaterThan(200);
  });
});
