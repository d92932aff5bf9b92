import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type LocalBuckets, startLocalBuckets } from "../test/local-bucket.ts";

let s3: LocalBuckets;
let handler: typeof import("./handler.ts").handler;
beforeAll(async () => {
  s3 = await startLocalBuckets("photos", "results");
  for (const key of ["a", "b", "c"]) await s3.put("photos", key, "12345");
  const variables = { ...s3.aws.env(), OUTPUT_BUCKET: "results", MODE: "", LONGHAUL_RUN_TABLE: "", WALK_TABLE: "" };
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  ({ handler } = await import("./handler.ts"));
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await s3.stop();
});

const context = {
  awsRequestId: "11111111-2222-4333-8444-555555555555",
  invokedFunctionArn: "arn:aws:lambda:us-east-1:000000000000:function:walker",
  functionVersion: "$LATEST",
  memoryLimitInMB: "512",
  getRemainingTimeInMillis: () => 60_000,
};

describe("a function without tables", () => {
  it("walks serially, over one invocation or many", async () => {
    const outcome = await handler({ bucket: "photos", mode: "serial" }, context);
    expect(outcome).toMatchObject({ status: "done", result: { objects: 3, bytes: 15, result: { objects: 3 } } });
  });

  it("refuses a parallel walk, and says what it needs", async () => {
    await expect(handler({ bucket: "photos" }, context)).rejects.toMatchObject({
      code: "CONFIG",
      message: expect.stringMatching(/LONGHAUL_RUN_TABLE and WALK_TABLE.*"mode": "serial"/),
    });
  });
});

describe("what is no event", () => {
  it.each([undefined, null, 7, "walk"])("is refused: %j", async (event) => {
    await expect(handler(event, context)).rejects.toMatchObject({ code: "EVENT" });
  });
});
