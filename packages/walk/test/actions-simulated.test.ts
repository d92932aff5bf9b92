import { S3Client } from "@aws-sdk/client-s3";
import { noTimeouts, runChecks, type SimulatedHost } from "@longhaul/core/testing";
import { describe, expect, it } from "vitest";
import { eachWork } from "../src/actions/each-work.ts";
import { type ActionSummary, objectAction } from "../src/actions/object-action.ts";
import { ActionHealth } from "../src/actions/object-retries.ts";
import { pageFilter } from "../src/filter/page-filter.ts";
import type { WalkAction } from "../src/runs/walk-action.ts";
import { Semaphore } from "../src/semaphore.ts";
import { slowDown } from "./s3-errors.ts";
import { keysOfSeed, partChecks, simulatedAction } from "./simulated-walk.ts";

const TEN_MINUTES = 600_000;
const seeds = Array.from({ length: 10 }, (_, seed) => seed);
const client = new S3Client({ region: "us-east-1" });

/** `each`, with work that takes virtual time; the summary is its result. */
function eachAction(
  world: SimulatedHost,
  work: (key: string, signal: AbortSignal) => Promise<void>,
): WalkAction<ActionSummary> {
  const { host } = world;
  const tries = { tries: 4, timeoutMs: 60_000, health: new ActionHealth(), host };
  const each = eachWork({
    ...{ name: "each", semaphore: new Semaphore(8), tries },
    async work({ key }, signal) {
      await world.step(world.random.between([20, 400]), { signal });
      await work(key, signal);
    },
  });
  const options = { name: "each", work: each, workKeys: 4, passing: pageFilter({}, 0), isDryRun: false };
  const action = objectAction({ ...options, client, output: { bucket: "b", prefix: "" } });
  return { ...action, finish: async (summary) => summary };
}

describe("an action whose service refuses three of ten calls for ten minutes", () => {
  it.each(seeds)("is done for each object, and for none in vain: seed %d", async (seed) => {
    const keys = keysOfSeed(seed, 500);
    const done = new Map<string, number>();
    let beganAtMs: number | undefined;
    let refused = 0;
    const { walk, bucket, result } = await simulatedAction({
      ...{ seed, keys, faults: "calm", guards: {} },
      action: (world) =>
        eachAction(world, async (key) => {
          beganAtMs ??= world.host.now();
          if (world.host.now() - beganAtMs < TEN_MINUTES && world.random.chance(0.3)) {
            refused++;
            throw slowDown();
          }
          done.set(key, (done.get(key) ?? 0) + 1);
        }),
    });
    expect(walk?.result).toMatchObject({ objects: bucket.keys.length, failed: 0, failures: [] });
    expect([...done.keys()].sort()).toEqual([...bucket.keys].sort());
    expect(refused).toBeGreaterThan(100);
    runChecks(result, [...partChecks, noTimeouts]);
    expect(result.trace.filter(({ type }) => type === "threw")).toEqual([]);
  });
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
  it.each(seeds)("is done at least once for each object: seed %d", async (seed) => {
    const keys = keysOfSeed(seed, 300);
    const done = new Set<string>();
    const { walk, bucket } = await simulatedAction({
      // A step that is stuck is an object that hangs: see above.
      ...{ seed, keys, faults: { from: "chaos", stuckStep: 0 } },
      action: (world) =>
        eachAction(world, async (key) => {
          done.add(key);
        }),
    });
    expect(walk?.result).toMatchObject({ objects: bucket.keys.length, failed: 0 });
    expect(done.size).toBe(bucket.keys.length);
  });
});
