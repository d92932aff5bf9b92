import { simulate } from "@longhaul/core/testing";
import { describe, expect, it } from "vitest";
import type { PartState } from "../src/runs/part-state.ts";
import type { WalkSettings } from "../src/runs/walk-part.ts";
import { walkParts } from "../src/runs/walk-parts.ts";
import { compareKeys } from "../src/walk/key-order.ts";
import { faultyWalkRecords, type LateCalls, type RecordFaults } from "./faulty-walk-records.ts";
import { keepKeys } from "./keep-keys.ts";
import { KEY_SHAPES } from "./key-shapes.ts";
import { MemoryWalkRecords } from "./memory-walk-records.ts";
import { SimulatedBucket } from "./simulated-bucket.ts";

const pageKeys = 10;
const settings: Partial<WalkSettings> = { maxRuns: 4, concurrency: 4, giveAboveMs: 2_000, pageKeys };
const CALM: RecordFaults = { before: 0, after: 0, late: 0 };
const CHAOS: RecordFaults = { before: 0.02, after: 0.02, late: 0.02 };

async function simulatedWalk(options: {
  readonly seed: number;
  readonly keys: readonly string[];
  readonly faults: "calm" | "chaos";
  readonly records?: MemoryWalkRecords;
  /** Keys that are there as well, as of a request. */
  readonly volatileKeys?: (request: number) => readonly string[];
}) {
  const { seed, faults, records = new MemoryWalkRecords(), volatileKeys } = options;
  const bucket = new SimulatedBucket(options.keys, { pageKeys });
  const late: LateCalls = [];
  const result = await simulate({
    seed,
    faults,
    event: { id: "w" },
    timeoutMs: 15_000,
    maxContainers: 20,
    tracesSteps: false,
    handler: (world) => {
      if (!world.store) throw new Error("The simulation has a store.");
      const parts = walkParts({
        request: () => ({ bucket: "b", id: "w", action: keepKeys }),
        list:
          () =>
          async ({ startAfter, signal }) => {
            bucket.requests++;
            await world.step(world.random.between([100, 1_500]), { signal });
            if (volatileKeys === undefined) return bucket.pageAfter(startAfter);
            const now = new SimulatedBucket([...bucket.keys, ...volatileKeys(bucket.requests)], { pageKeys });
            return now.pageAfter(startAfter);
          },
        records: faultyWalkRecords(records, world, faults === "chaos" ? CHAOS : CALM, late),
        store: world.store,
        driver: world.driver,
        settings,
        now: () => world.host.now(),
        newId: () => world.host.id(),
      });
      return world.recursive<object, PartState<string[]>>({
        ...parts,
        checkpointEveryMs: 1_000,
        guards: { maxAttempts: 1_000, maxStalledHops: 1_000 },
      });
    },
  });
  return { result, records, bucket, walk: records.walks.get("w") };
}

const shapes = Object.values(KEY_SHAPES);
const keysFor = (seed: number, count: number) => {
  const keyAt = shapes[seed % shapes.length] as (typeof shapes)[number];
  return Array.from({ length: count }, (_, i) => keyAt(i, count));
};

describe("a walk spread over runs", () => {
  it("is shared by as many runs as may be, and counts every object once", async () => {
    const { records, bucket, walk, result } = await simulatedWalk({ seed: 1, keys: keysFor(0, 2_000), faults: "calm" });
    expect(walk?.result).toEqual(bucket.keys);
    expect(records.mostOpen).toBe(4);
    expect(walk?.open).toEqual([]);
    // Nothing is walked again where nothing crashes, but for what is under way when a hop ends.
    expect(bucket.requests).toBeLessThan(1.5 * (bucket.keys.length / pageKeys));
    expect(result.stats.hops).toBeGreaterThan(records.logs.size);
  });

  it.each(Array.from({ length: 40 }, (_, seed) => seed))(
    "counts every object once and ends, whatever crashes, is lost, doubled or late: seed %d",
    async (seed) => {
      const { records, bucket, walk } = await simulatedWalk({ seed, keys: keysFor(seed, 600), faults: "chaos" });
      expect(walk?.result).toEqual(bucket.keys);
      expect(new Set(records.results).size).toBe(1);
      expect(records.mostOpen).toBeLessThanOrEqual(4);
    },
  );

  it("of an empty bucket ends at once", async () => {
    const { walk, bucket } = await simulatedWalk({ seed: 1, keys: [], faults: "calm" });
    expect([walk?.result, bucket.requests]).toEqual([[], 1]);
  });

  it("counts what exists throughout once, and what comes and goes at most once", async () => {
    const keys = keysFor(1, 400);
    const others = keysFor(1, 800).filter((key) => !keys.includes(key));
    const { walk, bucket } = await simulatedWalk({
      seed: 7,
      keys,
      faults: "chaos",
      volatileKeys: (request) => others.filter((_, index) => (index + request) % 3 === 0),
    });
    const counted = walk?.result as string[];
    expect(counted.filter((key) => keys.includes(key))).toEqual(bucket.keys);
    const volatile = counted.filter((key) => !keys.includes(key));
    expect(volatile.length).toBeGreaterThan(0);
    expect(new Set(volatile).size).toBe(volatile.length);
  });
});

describe("what a walk learned", () => {
  const keys = keysFor(2, 600);

  it.each([
    ["right", keys.filter((_, index) => index % 60 === 30)],
    ["of other keys", ["0", "zz", "写", "\u{10ffff}"]],
    ["in no order, and twice", ["z", "a", "m", "a", ""]],
  ])("makes the next walk no less exact when it is %s", async (_, bounds) => {
    const records = new MemoryWalkRecords();
    await records.keepHint("b", "", { keys: 600, bounds });
    const { walk, bucket } = await simulatedWalk({ seed: 3, keys, faults: "chaos", records });
    expect(walk?.result).toEqual(bucket.keys);
  });

  it("has all of the next walk's requests in use from the first moment", async () => {
    const records = new MemoryWalkRecords();
    const without = await simulatedWalk({ seed: 3, keys, faults: "calm", records });
    expect(await records.hint("b", "")).toMatchObject({ keys: 600 });
    await records.keepHint("b", "", {
      keys: 600,
      bounds: keys.toSorted(compareKeys).filter((_, i) => i % 150 === 149),
    });
    const other = new MemoryWalkRecords();
    other.hints.set("b/", (await records.hint("b", "")) as NonNullable<Awaited<ReturnType<typeof records.hint>>>);
    const withHint = await simulatedWalk({ seed: 3, keys, faults: "calm", records: other });
    expect(withHint.result.endedAtMs).toBeLessThan(without.result.endedAtMs);
  });
});
