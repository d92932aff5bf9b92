import { setTimeout as delay } from "node:timers/promises";
import { type CallFault, type CallFaultPlan, type FaultyCall, seededCallFaults } from "@longhaul/local";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startWalkerCloud, type WalkerCloud } from "./walker-cloud.ts";

let cloud: WalkerCloud;
beforeAll(async () => {
  cloud = await startWalkerCloud();
});
afterAll(() => cloud.stop());
beforeEach(() => {
  delete cloud.trouble.plan;
});

/** Walks take their time under trouble, on a busy machine too. */
const PATIENCE = { timeout: 600_000 };

function load(prefix: string, count: number) {
  const objects = Array.from({ length: count }, (_, i) => ({
    key: `${prefix}/${(Math.imul(i, 2_654_435_761) >>> 0).toString(16).padStart(8, "0")}`,
    size: i % 1_000,
    etag: "0".repeat(32),
  }));
  cloud.aws.s3.loadKeys(cloud.bucket, objects);
  return { keys: objects.map(({ key }) => key), bytes: objects.reduce((sum, { size }) => sum + size, 0) };
}

const isListing = ({ service, path }: FaultyCall) => service === "s3" && path.includes("list-type=2");

/** Fails so many of a hundred calls of a kind, in turn in each of some ways. */
function failing(percent: number, ways: readonly CallFault[], is: (call: FaultyCall) => boolean): CallFaultPlan {
  let calls = 0;
  let failures = 0;
  return (call) => {
    if (!is(call) || (calls++ * 37) % 100 >= percent) return undefined;
    return ways[failures++ % ways.length];
  };
}

/** How the invocations of a walk ended, once all have. */
async function endsSince(before: number): Promise<string[]> {
  for (;;) {
    const statuses = cloud.invocations.slice(before).map(({ status }) => status);
    if (!statuses.includes("running")) return statuses;
    await delay(20);
  }
}

describe("a walk with 64 listings at once, in warm functions", PATIENCE, () => {
  beforeAll(async () => {
    await cloud.configure({ timeoutSeconds: 20, environment: { PAGE_KEYS: "100", CHECKPOINT_EVERY_MS: "300" } });
    await cloud.resultOf(await cloud.send({ prefix: "warm/" }));
  });

  it.each<[string, number, CallFault[]]>([
    ["15 % of them are answered SlowDown", 15, ["throttle"]],
    ["20 % of them are answered SlowDown", 20, ["throttle"]],
    ["10 % of them are reset", 10, ["reset", "reset-after"]],
  ])("is slower and then exact when %s: no hop fails, none is repeated", async (name, percent, ways) => {
    const prefix = name.replaceAll(/\W+/g, "-");
    const { bytes } = load(prefix, 20_000);
    cloud.trouble.plan = failing(percent, ways, isListing);
    const before = cloud.invocations.length;
    const walk = await cloud.send({ prefix: `${prefix}/`, depth: 0 });
    expect(await cloud.report(await cloud.resultOf(walk))).toMatchObject({ objects: 20_000, bytes });
    expect(new Set(await endsSince(before))).toEqual(new Set(["ok"]));
  });

  it("is not held up by a listing that is never answered: that is asked for again", async () => {
    const { bytes } = load("silent", 20_000);
    let listings = 0;
    cloud.trouble.plan = (call) => (isListing(call) && ++listings === 50 ? "silence" : undefined);
    const before = cloud.invocations.length;
    const walk = await cloud.send({ prefix: "silent/", depth: 0 });
    expect(await cloud.report(await cloud.resultOf(walk))).toMatchObject({ objects: 20_000, bytes });
    // Held up, it would have gone on in another invocation.
    expect(await endsSince(before)).toEqual(["ok"]);
  });
});

describe("a walk in parts", PATIENCE, () => {
  it("ends each invocation before its timeout while DynamoDB and Invoke are throttled, and is exact", async () => {
    // A reserve in which a busy machine, too, ends what is under way: what calls take beyond it would be the walk's fault.
    const environment = { PAGE_KEYS: "50", LIST_CONCURRENCY: "2", CHECKPOINT_EVERY_MS: "300", RESERVE_MS: "3000" };
    await cloud.configure({ timeoutSeconds: 9, environment });
    cloud.slow.beforeListMs = 100;
    const { bytes } = load("throttled", 12_000);
    let isThrottled = true;
    const plan = seededCallFaults({ seed: 1, rates: { dynamodb: 0.4, lambda: 0.6 }, ways: ["throttle"] });
    cloud.trouble.plan = (call) => (isThrottled ? plan(call) : undefined);
    const before = cloud.invocations.length;
    const walk = await cloud.send({ prefix: "throttled/", depth: 0 });
    const report = await cloud.report(await cloud.resultOf(walk));
    isThrottled = false;
    delete cloud.slow.beforeListMs;
    expect(report).toMatchObject({ objects: 12_000, bytes });
    const ends = await endsSince(before);
    expect(ends.length).toBeGreaterThan(3);
    expect(ends).not.toContain("timeout");
  });
});

describe("an action while three of ten calls to S3 fail", PATIENCE, () => {
  const WAYS: readonly CallFault[] = ["throttle", "reset", "reset-after"];

  beforeAll(() =>
    cloud.configure({ timeoutSeconds: 20, environment: { PAGE_KEYS: "100", CHECKPOINT_EVERY_MS: "300" } }),
  );

  it("copies each object", async () => {
    const { keys, bytes } = load("copied", 300);
    cloud.trouble.plan = failing(30, WAYS, ({ service }) => service === "s3");
    const target = { bucket: cloud.copyTarget, prefix: "copied/" };
    const walk = await cloud.send({ prefix: "copied/", action: "copy", target, dryRun: false });
    expect(await cloud.resultOf(walk)).toMatchObject({ objects: 300, bytes, failed: 0, failures: [] });
    expect((await cloud.keys(cloud.copyTarget, "copied/")).sort()).toEqual([...keys].sort());
  });

  it("deletes each object", async () => {
    load("deleted", 3_000);
    cloud.trouble.plan = failing(30, WAYS, ({ service }) => service === "s3");
    const walk = await cloud.send({ prefix: "deleted/", action: "delete", dryRun: false });
    expect(await cloud.resultOf(walk)).toMatchObject({ failed: 0, failures: [] });
    expect(await cloud.keys(cloud.bucket, "deleted/")).toEqual([]);
  });
});

describe("a copy that is never answered", PATIENCE, () => {
  it("holds up nothing but itself, and is among the failures with its reason", async () => {
    await cloud.configure({ timeoutSeconds: 20, environment: { OBJECT_TIMEOUT_MS: "1500", PAGE_KEYS: "100" } });
    const { keys } = load("hanging", 300);
    const [hanging = ""] = keys.slice(123);
    cloud.trouble.plan = ({ service, operation, path }) =>
      service === "s3" && operation === "PUT" && path.includes(`to/${hanging.slice("hanging/".length)}`)
        ? "silence"
        : undefined;
    const target = { bucket: cloud.copyTarget, prefix: "to/" };
    const walk = await cloud.send({ prefix: "hanging/", action: "copy", target, dryRun: false });
    expect(await cloud.resultOf(walk)).toMatchObject({
      objects: 300,
      failed: 1,
      failures: [
        { key: hanging, code: "OBJECT_TIMEOUT", message: expect.stringContaining("did not end within 1500 ms") },
      ],
    });
    expect(await cloud.keys(cloud.copyTarget, "to/")).toHaveLength(299);
  });
});
