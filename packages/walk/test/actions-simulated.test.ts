import { noTimeouts, runChecks } from "@longhaul/core/testing";
import { describe, expect, it } from "vitest";
import { keysOfSeed, partChecks, simulatedAction } from "./simulated-walk.ts";
import { eachAction, walkTrials } from "./walk-trials.ts";

const seeds = Array.from({ length: 10 }, (_, seed) => seed);

describe("an action whose service refuses three of ten calls for ten minutes", () => {
  it.each(seeds)("is done once for each object: seed %d", (seed) =>
    walkTrials["refused work"](seed).then(({ outcome }) => expect(outcome).toBe("done")),
  );
});

describe("an object whose work never ends", () => {
  it.each(seeds)("is a failure with its reason, and all others are done, hop by hop: seed %d", async (seed) => {
    const keys = keysOfSeed(seed, 300);
    const done = new Set<string>();
    const { walk, bucket, result } = await simulatedAction({
      ...{ seed, keys, faults: "calm", guards: {} },
      action: (world) =>
        eachAction(world, (key) => {
          if (key === keys[137]) return new Promise(() => {});
          done.add(key);
          return Promise.resolve();
        }),
    });
    expect(walk?.result).toMatchObject({
      objects: bucket.keys.length,
      failed: 1,
      failures: [{ key: keys[137], code: "OBJECT_TIMEOUT" }],
    });
    expect(done.size).toBe(bucket.keys.length - 1);
    runChecks(result, [...partChecks, noTimeouts]);
  });
});

describe("an action whose invocations crash, and whose events are lost and doubled", () => {
  it.each(seeds)("is done at least once for each object: seed %d", (seed) =>
    walkTrials["crashing work"](seed).then(({ outcome }) => expect(outcome).toBe("done")),
  );
});
