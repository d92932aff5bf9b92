import { isNamed, permissionsOf } from "@longhaul/local/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startWalkerCloud, type WalkerCloud } from "./walker-cloud.ts";

// Only there to end what hangs: many processes start, and on a busy machine each takes its time.
let cloud: WalkerCloud;
beforeAll(async () => {
  cloud = await startWalkerCloud({
    timeoutSeconds: 4,
    environment: { LIST_CONCURRENCY: "4", CHECKPOINT_EVERY_MS: "200" },
  });
});
afterAll(() => cloud.stop());

/** Objects below a prefix of their own, of which every tenth is old. */
function load(prefix: string, count: number) {
  const objects = Array.from({ length: count }, (_, i) => ({
    key: `${prefix}/d${i % 20}/k${i}`,
    size: i % 1_000,
    lastModifiedMs: i % 10 === 0 ? Date.UTC(2020, 0, 1) : Date.now() - 60_000,
    etag: "0".repeat(32),
  }));
  cloud.aws.s3.loadKeys(cloud.bucket, objects);
  const bytes = objects.reduce((sum, { size }) => sum + size, 0);
  return { objects, bytes };
}

/** Kills the next two invocations of the function soon after they began; the answer tells how many were. */
function killTwice(): () => number {
  const before = cloud.invocations.length;
  let left = 2;
  cloud.faults.killAfterMs = ({ functionName }) => (functionName === cloud.functionName && left-- > 0 ? 50 : undefined);
  return () => cloud.invocations.slice(before).filter(({ status }) => status === "exit").length;
}

describe("a walk over as many invocations as it takes", () => {
  it("makes a report that equals a recount", async () => {
    const { bytes } = load("report", 30_000);
    const walk = await cloud.send({ prefix: "report/", depth: 1 });
    const report = await cloud.report(await cloud.resultOf(walk));
    expect(report).toMatchObject({ walk, prefix: "report/", objects: 30_000, bytes });
    expect(report.prefixes).toHaveLength(20);
  });

  it("has the id that the event gives it, and is one walk however often the event comes", async () => {
    load("named", 10);
    await cloud.send({ prefix: "named/", walkId: "nightly" });
    await cloud.resultOf("nightly");
    const again = await cloud.call({ prefix: "named/", walkId: "nightly" });
    expect(again).toMatchObject({ status: "duplicate", run: "nightly/0" });
  });

  it.each([
    ["another prefix", { prefix: "other/" }],
    ["another action", { prefix: "taken/", action: "each" }],
    ["another depth", { prefix: "taken/", depth: 7 }],
    ["another filter", { prefix: "taken/", filter: { minBytes: 1 } }],
    ["another mode", { prefix: "taken/", mode: "serial" }],
  ])("under the id of one that is over, with %s, is refused", async (_, event) => {
    load("taken", 10);
    await cloud.send({ prefix: "taken/", walkId: "taken" });
    const result = await cloud.resultOf("taken");
    await expect(cloud.call({ ...event, walkId: "taken" })).rejects.toThrow(
      /^WalkIdTakenError: Walk taken is of s3:.* \(parallel report, .*Give the new walk another id/,
    );
    expect(await cloud.resultOf("taken")).toEqual(result);
  });

  it("lets those objects pass that are old when it begins, in all of its parts and hops", async () => {
    load("old", 20_000);
    const walk = await cloud.send({ prefix: "old/", depth: 0, filter: { minAgeDays: 365, suffix: "0" } });
    expect(await cloud.report(await cloud.resultOf(walk))).toMatchObject({ objects: 2_000 });
  });

  it("counts each object that is there all the time once, whatever is created and deleted meanwhile", async () => {
    const { objects } = load("busy", 15_000);
    let listings = 0;
    cloud.hooks.onList = () => {
      listings++;
      const key = `busy/d${listings % 20}/new-${listings}`;
      cloud.aws.s3.loadKeys(cloud.bucket, [{ key, size: 0 }]);
    };
    const walk = await cloud.send({ prefix: "busy/", depth: 0 });
    const report = await cloud.report(await cloud.resultOf(walk));
    delete cloud.hooks.onList;
    expect(report.objects).toBeGreaterThanOrEqual(objects.length);
    expect(report.objects).toBeLessThanOrEqual(objects.length + listings);
    const all = objects.reduce((sum, { size }) => sum + size, 0);
    expect(report.bytes).toBe(all);
  });

  it("may know more than a record holds: that stands beside the results, and the report is whole", async () => {
    const prefixes = Array.from({ length: 3_000 }, (_, i) => `wide/${i}-${"é".repeat(90)}/`);
    cloud.aws.s3.loadKeys(
      cloud.bucket,
      prefixes.flatMap((prefix) => ["a", "b"].map((name) => ({ key: prefix + name, size: 1 }))),
    );
    await cloud.configure({
      timeoutSeconds: 2,
      environment: { MAX_PREFIXES: "5000", PAGE_KEYS: "100", LIST_CONCURRENCY: "1", CHECKPOINT_EVERY_MS: "200" },
    });
    cloud.slow.beforeListMs = 40;
    const walk = await cloud.send({ prefix: "wide/", depth: 1 });
    const report = await cloud.report(await cloud.resultOf(walk));
    delete cloud.slow.beforeListMs;
    expect(report).toMatchObject({ objects: 6_000, depth: 1 });
    expect(report.prefixes.map(({ prefix }) => prefix).sort()).toEqual(prefixes.sort());
    const beside = await cloud.keys(cloud.output, "walks/.longhaul/states/");
    expect(beside.length).toBeGreaterThan(0);
  });

  it("is the one that was begun, whatever is deployed meanwhile", async () => {
    const { bytes } = load("moved", 9_000);
    const environment = { LIST_CONCURRENCY: "1", PAGE_KEYS: "100", CHECKPOINT_EVERY_MS: "200" };
    await cloud.configure({ timeoutSeconds: 2, environment });
    cloud.slow.beforeListMs = 50;
    const filter = { minAgeDays: 365 };
    const walk = await cloud.send({ filter: { prefix: "moved/" }, depth: null });
    await cloud.until((event) => event.run === `${walk}/0` && event.type === "handoff");
    const others = {
      MODE: "serial",
      ACTION: "each",
      DEPTH: "7",
      BUCKET: "no-such-bucket",
      FILTER: JSON.stringify(filter),
    };
    await cloud.configure({ timeoutSeconds: 4, environment: { ...environment, ...others } });
    const deployed = cloud.invocations.length;
    const report = await cloud.report(await cloud.resultOf(walk));
    delete cloud.slow.beforeListMs;
    expect(cloud.invocations.length).toBeGreaterThan(deployed + 1);
    expect(report).toMatchObject({ bucket: cloud.bucket, objects: 9_000, bytes, chosenDepth: 2 });
  });
});

describe("an action", () => {
  beforeAll(() =>
    cloud.configure({ timeoutSeconds: 10, environment: { PAGE_KEYS: "50", CHECKPOINT_EVERY_MS: "200" } }),
  );

  it("changes nothing unless it is asked to", async () => {
    load("dry", 500);
    const walk = await cloud.send({ prefix: "dry/", action: "delete" });
    expect(await cloud.resultOf(walk)).toMatchObject({ action: "delete", isDryRun: true, objects: 500, failed: 0 });
    expect(await cloud.keys(cloud.bucket, "dry/")).toHaveLength(500);
  });

  it("that the stack does not permit ends the walk with the reason", async () => {
    load("denied", 50);
    const target = { bucket: "somebody-elses" };
    const walk = await cloud.send({ prefix: "denied/", action: "copy", target, dryRun: false });
    const error = await cloud.until((event) => event.run === `${walk}/0` && event.type === "error");
    expect(error).toMatchObject({
      code: "ACTION_FAILS",
      message: expect.stringMatching(/^copy failed for each of \d+ objects, first for "denied\/.*": AccessDenied/),
    });
  });

  it("each is called for each object", async () => {
    load("each", 500);
    const walk = await cloud.send({ prefix: "each/", action: "each" });
    expect(await cloud.resultOf(walk)).toMatchObject({ action: "each", objects: 500, failed: 0 });
  });

  it("copy leaves a copy of each object, though invocations are killed", async () => {
    const { objects, bytes } = load("copy", 400);
    const killed = killTwice();
    const target = { bucket: cloud.copyTarget, prefix: "kept/" };
    const walk = await cloud.send({ prefix: "copy/", action: "copy", target, dryRun: false });
    expect(await cloud.resultOf(walk)).toMatchObject({ action: "copy", objects: 400, bytes, failed: 0 });
    expect(killed()).toBeGreaterThan(0);
    const kept = objects.map(({ key }) => key.replace("copy/", "kept/")).sort();
    expect((await cloud.keys(cloud.copyTarget)).sort()).toEqual(kept);
  });

  it("delete leaves what does not pass the filter, though invocations are killed", async () => {
    const { objects } = load("delete", 2_000);
    const killed = killTwice();
    const filter = { minAgeDays: 365 };
    const walk = await cloud.send({ prefix: "delete/", action: "delete", dryRun: false, filter });
    const { failed } = await cloud.resultOf(walk);
    expect(killed()).toBeGreaterThan(0);
    expect(failed).toBe(0);
    const left = objects.filter((_, i) => i % 10 > 0).map(({ key }) => key);
    expect((await cloud.keys(cloud.bucket, "delete/")).sort()).toEqual(left.sort());
  });
});

describe("the function's role", () => {
  it("has no permission that is not used, but for what need not happen here", async () => {
    const used = cloud.aws.calls.list().filter(({ roleArn }) => roleArn === cloud.roleArn);
    const spare = permissionsOf(cloud.aws, cloud.roleArn).filter(
      ({ action, resource }) =>
        !used.some((call) => isNamed(action, call.action) && isNamed(resource, call.resourceArn)),
    );
    const forOtherTimes = [
      "lambda:InvokeFunction", // a walk that takes longer; a function with an alias
      "dynamodb:GetItem", // a walk that is divided
      "s3:GetObject", // a state that is too large for its record
      ...["s3:GetObjectTagging", "s3:PutObjectTagging"], // an object with tags
      "s3:AbortMultipartUpload", // an object above 5 GiB that cannot be copied to its end
      "sqs:SendMessage", // an event whose tries all fail
      ...["logs:CreateLogStream", "logs:PutLogEvents"],
    ];
    expect(spare.map(({ action }) => action).filter((action) => !forOtherTimes.includes(action))).toEqual([]);
    expect(spare.length).toBeLessThanOrEqual(forOtherTimes.length + 1);
  });
});
