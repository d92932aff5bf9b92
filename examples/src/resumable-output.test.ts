import { CreateBucketCommand, GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { simulate } from "@longhaul/core/testing";
import { type LocalAws, outsideCredentials, startLocalAws } from "@longhaul/local";
import { afterAll, beforeAll, expect, it, vi } from "vitest";

let aws: LocalAws;
let s3: S3Client;
beforeAll(async () => {
  aws = await startLocalAws({ region: "eu-west-1" });
  vi.stubEnv("AWS_ENDPOINT_URL", aws.url);
  s3 = new S3Client({ region: aws.region, credentials: outsideCredentials, endpoint: aws.url, forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: "reports" }));
});
afterAll(() => aws.stop());

it.each([1, 2, 3])("writes each row once, though processes die: seed %d", async (seed) => {
  const rows = 60;
  const { outcome, stats } = await simulate({
    seed,
    faults: { from: "chaos", handOffLost: 0.2 },
    timeoutMs: 60_000,
    stepMs: [1_000, 4_000],
    realMs: 60_000,
    event: { report: `squares-${seed}`, rows },
    handler: async () => (await import("./resumable-output.ts")).handler,
  });
  expect(outcome).toBe("done");
  expect(stats.invocations).toBeGreaterThan(2);
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: "reports", Key: `squares-${seed}.csv` }));
  const lines = Array.from({ length: rows }, (_, row) => `${row},${row * row}\n`);
  expect(await Body?.transformToString()).toBe(`row,square\n${lines.join("")}`);
});
