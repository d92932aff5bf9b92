import { CallTimeoutError } from "@longhaul/core/errors";
import {
  type FaultsOption,
  noTimeouts,
  positionNeverGoesBack,
  runChecks,
  type SimulatedHost,
} from "@longhaul/core/testing";
import { describe, expect, it } from "vitest";
import { reset, s3Error, slowDown } from "./s3-errors.ts";
import { keysOfSeed, partChecks, simulatedWalk } from "./simulated-walk.ts";

const MINUTES = 60_000;
const seeds = (count: number) => Array.from({ length: count }, (_, seed) => seed);

/** Errors of S3 and DynamoDB that say "not now". */
const NOT_NOW: readonly (() => Error)[] = [
  slowDown,
  reset,
  () => s3Error("InternalError", 500),
  () => s3Error("ThrottlingException", 400),
  () => new CallTimeoutError("a call", 5_000),
];

/** Three of ten calls fail for the first ten minutes. */
function threeOfTen(world: SimulatedHost, beganAtMs: number): Error | undefined {
  if (world.host.now() - beganAtMs > 10 * MINUTES || !world.random.chance(0.3)) return undefined;
  return world.random.pick(NOT_NOW)();
}

function failing(services: readonly ("s3" | "table")[]) {
  let beganAtMs: number | undefined;
  return (world: SimulatedHost, service: "s3" | "table") => {
    beganAtMs ??= world.host.now();
    return services.includes(service) ? threeOfTen(world, beganAtMs) : undefined;
  };
}

describe("a walk while three of ten calls of a service fail for ten minutes", () => {
  const troubles: readonly [string, readonly ("s3" | "table")[], FaultsOption][] = [
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

  it.each(seeds(8))("and everything else goes wrong too: it is exact: seed %d", async (seed) => {
    const keys = keysOfSeed(seed + 3, 300);
    const failure = failing(["s3", "table"]);
    const { walk, bucket, result } = await simulatedWalk({ seed, keys, faults: "chaos", failure });
    expect(walk?.result).toEqual(bucket.keys);
    runChecks(result, partChecks);
  });
});

describe("a walk whose writes may land after their caller gave up", () => {
  it.each(seeds(20))("is exact, and no saved state of a part goes back: seed %d", async (seed) => {
    const { walk, bucket, result } = await simulatedWalk({
      ...{ seed, keys: keysOfSeed(seed, 400), faults: { from: "chaos", storeLate: 0.1 } },
      recordFaults: { before: 0.02, after: 0.02, late: 0.1 },
    });
    expect(walk?.result).toEqual(bucket.keys);
    const accountedFor = (state: unknown) => (state as { readonly summary?: readonly string[] }).summary?.length;
    runChecks(result, [...partChecks, positionNeverGoesBack(accountedFor)]);
  });
});
