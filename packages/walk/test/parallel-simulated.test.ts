import { describe, expect, it } from "vitest";
import { compareKeys } from "../src/listing/key-order.ts";
import { MemoryWalkRecords } from "./memory-walk-records.ts";
import { keysOfSeed, PAGE_KEYS, simulatedWalk } from "./simulated-walk.ts";
import { walkTrials } from "./walk-trials.ts";

describe("a walk spread over runs", () => {
  it("is shared by as many runs as may be, and counts every object once", async () => {
    const { records, bucket, walk, result } = await simulatedWalk({
      seed: 1,
      keys: keysOfSeed(0, 4_000),
      faults: "calm",
    });
    expect(walk?.result).toEqual(bucket.keys);
    expect(records.mostOpen).toBe(4);
    expect(walk?.open).toEqual([]);
    // Nothing is walked again where nothing crashes, but for what is under way when a hop ends.
    expect(bucket.requests).toBeLessThan(1.5 * (bucket.keys.length / PAGE_KEYS));
    expect(result.stats.hops).toBeGreaterThan(records.logs.size);
  });

  it.each(Array.from({ length: 40 }, (_, seed) => seed))(
    "counts every object once and ends, whatever crashes, is lost, doubled or late: seed %d",
    (seed) => walkTrials.parts(seed).then(({ outcome }) => expect(outcome).toBe("done")),
  );

  it("of an empty bucket ends at once", async () => {
    const { walk, bucket } = await simulatedWalk({ seed: 1, keys: [], faults: "calm" });
    expect([walk?.result, bucket.requests]).toEqual([[], 1]);
  });

  it.each([7, 8, 9])("counts what exists throughout once, and what comes and goes at most once: seed %d", (seed) =>
    walkTrials["keys that come and go"](seed).then(({ outcome }) => expect(outcome).toBe("done")),
  );
});

describe("what a walk learned", () => {
  const keys = keysOfSeed(2, 600);

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
