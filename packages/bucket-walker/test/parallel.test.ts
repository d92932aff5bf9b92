import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startWalkerCloud, type WalkerCloud } from "./walker-cloud.ts";

let cloud: WalkerCloud;
beforeAll(async () => {
  cloud = await startWalkerCloud({ timeoutSeconds: 4 });
}, 60_000);
afterAll(() => cloud.stop());

describe("a bucket is walked in parallel", () => {
  it("to a report that equals a recount", async () => {
    const objects = Array.from({ length: 30_000 }, (_, i) => ({ key: `d${i % 50}/k${i}`, size: i % 1_000 }));
    cloud.aws.s3.loadKeys(cloud.bucket, objects);
    const walk = await cloud.send({});
    const result = await cloud.resultOf(walk);
    const report = await cloud.report(result);
    expect(report).toMatchObject({ objects: 30_000, bytes: objects.reduce((sum, { size }) => sum + size, 0) });
    expect(report.prefixes).toHaveLength(50);
  });
});
