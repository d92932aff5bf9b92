import { callerDriver } from "@longhaul/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LocalBuckets, startLocalBuckets } from "../test/local-bucket.ts";
import { type BucketWalkHandler, bucketWalk } from "./bucket-walk.ts";
import { report } from "./report/report.ts";

let s3: LocalBuckets;
let handler: BucketWalkHandler;
beforeAll(async () => {
  s3 = await startLocalBuckets("photos", "results");
  for (const key of ["a", "b", "c"]) await s3.put("photos", key, "12345");
  const output = { bucket: "results", prefix: "walks/" };
  handler = bucketWalk({ client: s3.client, driver: callerDriver(), output, actions: { report: report() } });
});
afterAll(() => s3.stop());

const context = {
  awsRequestId: "11111111-2222-4333-8444-555555555555",
  invokedFunctionArn: "arn:aws:lambda:us-east-1:000000000000:function:walker",
  functionVersion: "$LATEST",
  memoryLimitInMB: "512",
  getRemainingTimeInMillis: () => 60_000,
};

describe("a handler without store and records", () => {
  it("walks serially, over one invocation or many", async () => {
    const outcome = await handler({ bucket: "photos", mode: "serial" }, context);
    expect(outcome).toMatchObject({ status: "done", result: { objects: 3, bytes: 15, result: { objects: 3 } } });
  });

  it("refuses a parallel walk, and says what it needs", async () => {
    await expect(handler({ bucket: "photos" }, context)).rejects.toMatchObject({
      code: "CONFIG",
      message: expect.stringMatching(/a store and records.*"mode": "serial"/),
    });
  });
});

describe("what is no event", () => {
  it.each([undefined, null, 7, "walk"])("is refused: %j", async (event) => {
    await expect(handler(event, context)).rejects.toMatchObject({ code: "EVENT" });
  });
});

describe("the default action", () => {
  it("must be one of the handler's", () => {
    const actions = { report: report(), tell: report() };
    const make = () =>
      bucketWalk({ driver: callerDriver(), output: { bucket: "b", prefix: "" }, actions, action: "move" });
    expect(make).toThrow(
      expect.objectContaining({
        code: "CONFIG",
        message: expect.stringMatching(/must be report or tell, not "move".*ACTION/),
      }),
    );
  });
});

describe("a setting that cannot be used", () => {
  it.each([{ listConcurrency: 0 }, { pageKeys: 1_001 }, { maxParts: 1.5 }, { objectTimeoutMs: Number.NaN }])(
    "is refused by name: %j",
    (settings) => {
      const actions = { report: report() };
      const make = () =>
        bucketWalk({ driver: callerDriver(), output: { bucket: "b", prefix: "" }, actions, ...settings });
      const [name = ""] = Object.keys(settings);
      expect(make).toThrow(expect.objectContaining({ code: "CONFIG", message: expect.stringContaining(name) }));
    },
  );
});
