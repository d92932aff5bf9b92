import { deepStrictEqual, ok } from "node:assert/strict";
import { S3Client } from "@aws-sdk/client-s3";
import { CallTimeoutError } from "@longhaul/core/errors";
import { noTimeouts, positionNeverGoesBack, runChecks, type SimulatedHost } from "@longhaul/core/testing";
import type { Trial } from "../../core/test/soak-command.ts";
import { eachWork } from "../src/actions/each-work.ts";
import { type ActionSummary, objectAction } from "../src/actions/object-action.ts";
import { ActionHealth } from "../src/actions/object-retries.ts";
import { pageFilter } from "../src/filter/page-filter.ts";
import type { WalkAction } from "../src/runs/walk-action.ts";
import { Semaphore } from "../src/semaphore.ts";
import { reset, s3Error, slowDown } from "./s3-errors.ts";
import { keysOfSeed, partChecks, simulatedAction, simulatedWalk } from "./simulated-walk.ts";

const MINUTES = 60_000;
const client = new S3Client({ region: "us-east-1" });

/** Errors of S3 and DynamoDB that say "not now". */
const NOT_NOW: readonly (() => Error)[] = [
  slowDown,
  reset,
  () => s3Error("InternalError", 500),
  () => s3Error("ThrottlingException", 400),
  () => new CallTimeoutError("a call", 5_000),
];

/** A service that a walk calls. */
export type CalledService = "s3" | "table";

/** Three of ten calls of these services fail for the first ten minutes. */
export function failing(services: readonly CalledService[]) {
  let beganAtMs: number | undefined;
  return ({ host, random }: SimulatedHost, service: CalledService): Error | undefined => {
    beganAtMs ??= host.now();
    if (!services.includes(service) || host.now() - beganAtMs > 10 * MINUTES) return undefined;
    return random.chance(0.3) ? random.pick(NOT_NOW)() : undefined;
  };
}

/** `each`, with work that takes virtual time; the summary is its result. */
export function eachAction(
  world: SimulatedHost,
  work: (key: string, signal: AbortSignal) => Promise<void>,
): WalkAction<ActionSummary> {
  const { host } = world;
  const tries = { tries: 4, timeoutMs: MINUTES, health: new ActionHealth(), host };
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

/** Walks of simulated buckets under faults, by seed: each object is counted once, or more. */
export const walkTrials = {
  /** Parts that share a walk. */
  async parts(seed) {
    const { records, bucket, walk, result } = await simulatedWalk({
      ...{ seed, keys: keysOfSeed(seed, 600), faults: "chaos" },
    });
    deepStrictEqual(walk?.result, bucket.keys);
    runChecks(result, partChecks);
    ok(new Set(records.results).size === 1, "The walk has more than one result.");
    ok(records.mostOpen <= 4, `${records.mostOpen} parts were open at once.`);
    return result;
  },

  /** Keys that come and go meanwhile: those that stay are counted once, the others at most once. */
  async "keys that come and go"(seed) {
    const keys = keysOfSeed(seed, 400);
    const others = keysOfSeed(seed, 800).filter((key) => !keys.includes(key));
    const { walk, bucket, result } = await simulatedWalk({
      ...{ seed, keys, faults: "chaos" },
      volatileKeys: (request) => others.filter((_, index) => (index + request) % 3 === 0),
    });
    const counted = walk?.result as string[];
    const staying = new Set(keys);
    deepStrictEqual(
      counted.filter((key) => staying.has(key)),
      bucket.keys,
    );
    ok(new Set(counted).size === counted.length, "A key was counted twice.");
    ok(counted.length > bucket.keys.length, "No key that comes and goes was counted.");
    return result;
  },

  /** All services refuse calls for ten minutes, and everything else goes wrong too. */
  async "refused calls"(seed) {
    const keys = keysOfSeed(seed, 300);
    const { walk, bucket, result } = await simulatedWalk({
      ...{ seed, keys, faults: "chaos", failure: failing(["s3", "table"]) },
    });
    deepStrictEqual(walk?.result, bucket.keys);
    runChecks(result, partChecks);
    return result;
  },

  /** Writes that may land after their caller gave up. */
  async "late writes"(seed) {
    const { walk, bucket, result } = await simulatedWalk({
      ...{ seed, keys: keysOfSeed(seed, 400), faults: { from: "chaos", storeLate: 0.1 } },
      recordFaults: { before: 0.02, after: 0.02, late: 0.1 },
    });
    deepStrictEqual(walk?.result, bucket.keys);
    const accountedFor = (state: unknown) => (state as { readonly summary?: readonly string[] }).summary?.length;
    runChecks(result, [...partChecks, positionNeverGoesBack(accountedFor)]);
    return result;
  },

  /** Work on each object, whose service refuses three of ten calls for ten minutes: each object is done once. */
  async "refused work"(seed) {
    const done = new Map<string, number>();
    let beganAtMs: number | undefined;
    let refused = 0;
    const { walk, bucket, result } = await simulatedAction({
      ...{ seed, keys: keysOfSeed(seed, 500), faults: "calm", guards: {} },
      action: (world) =>
        eachAction(world, async (key) => {
          beganAtMs ??= world.host.now();
          if (world.host.now() - beganAtMs < 10 * MINUTES && world.random.chance(0.3)) {
            refused++;
            throw slowDown();
          }
          done.set(key, (done.get(key) ?? 0) + 1);
        }),
    });
    const { objects, failed, failures } = (walk?.result ?? {}) as Partial<ActionSummary>;
    deepStrictEqual({ objects, failed, failures }, { objects: bucket.keys.length, failed: 0, failures: [] });
    deepStrictEqual([...done.keys()].sort(), [...bucket.keys].sort());
    ok(refused > 100, `Only ${refused} calls were refused.`);
    runChecks(result, [...partChecks, noTimeouts]);
    deepStrictEqual(
      result.trace.filter(({ type }) => type === "threw"),
      [],
    );
    return result;
  },

  /** Work on each object by invocations that crash, and whose events are lost and doubled: it is done at least once. */
  async "crashing work"(seed) {
    const done = new Set<string>();
    const { walk, bucket, result } = await simulatedAction({
      // A step that is stuck is an object that hangs.
      ...{ seed, keys: keysOfSeed(seed, 300), faults: { from: "chaos", stuckStep: 0 } },
      action: (world) =>
        eachAction(world, async (key) => {
          done.add(key);
        }),
    });
    const { objects, failed } = (walk?.result ?? {}) as Partial<ActionSummary>;
    deepStrictEqual({ objects, failed }, { objects: bucket.keys.length, failed: 0 });
    ok(done.size === bucket.keys.length, `The work was done for ${done.size} of ${bucket.keys.length} objects.`);
    return result;
  },
} satisfies Readonly<Record<string, Trial>>;
