import { type FaultsOption, noTimeouts, runChecks } from "@longhaul/core/testing";
import { describe, expect, it } from "vitest";
import { keysOfSeed, partChecks, simulatedWalk } from "./simulated-walk.ts";
import { type CalledService, failing, walkTrials } from "./walk-trials.ts";

const seeds = (count: number) => Array.from({ length: count }, (_, seed) => seed);

describe("a walk while three of ten calls of a service fail for ten minutes", () => {
  const troubles: readonly [string, readonly CalledService[], FaultsOption][] = [
    ["S3's", ["s3"], "calm"],
    ["the walk's table's", ["table"], "calm"],
    ["the run store's and Lambda's", [], { storeThrottled: 0.3, sendThrottled: 0.3 }],
    ["all services'", ["s3", "table"], { storeThrottled: 0.3, sendThrottled: 0.3 }],
  ];
  const cases = troubles.flatMap(([name, services, faults]) =>
    seeds(8).map((seed) => ({ name, services, faults, seed })),
  );

  it.each(cases)("$name calls: it is exact, and no invocation runs into its timeout: seed $seed", async (trouble) => {
    const { seed, services, faults } = trouble;
    const keys = keysOfSeed(seed, 600);
    const recordFaults = { before: 0, after: 0, late: 0 };
    const { walk, bucket, result } = await simulatedWalk({
      ...{ seed, keys, faults, recordFaults },
      failure: failing(services),
      // As they are by default.
      guards: {},
    });
    expect(walk?.result).toEqual(bucket.keys);
    runChecks(result, [...partChecks, noTimeouts]);
    // No hop fails for it: what was done is handed on. (The simulated run store makes no call again.)
    if (faults === "calm") expect(result.trace.filter(({ type }) => type === "threw")).toEqual([]);
  });

  it.each(seeds(8))("and everything else goes wrong too: it is exact: seed %d", (seed) =>
    walkTrials["refused calls"](seed).then(({ outcome }) => expect(outcome).toBe("done")),
  );
});

describe("a walk whose writes may land after their caller gave up", () => {
  it.each(seeds(20))("is exact, and no saved state of a part goes back: seed %d", (seed) =>
    walkTrials["late writes"](seed).then(({ outcome }) => expect(outcome).toBe("done")),
  );
});
