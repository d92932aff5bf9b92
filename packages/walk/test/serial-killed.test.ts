import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { bytes, objects, reportOf, withOneStepHops } from "./serial-walks.ts";
import { startWalkerCloud, type WalkerCloud } from "./walker-cloud.ts";

let cloud: WalkerCloud;
beforeAll(async () => {
  cloud = await startWalkerCloud({ timeoutSeconds: 4 });
  cloud.aws.s3.loadKeys(cloud.bucket, objects);
});
afterAll(() => cloud.stop());
beforeEach(() => {
  delete cloud.faults.deliveries;
  delete cloud.faults.killAfterMs;
  delete cloud.hooks.onList;
});

describe("[S1.1] [S1.2] all objects of a bucket, with the token of the listing as state", () => {
  it("whichever hops are killed, lost or delivered twice: the report equals a recount", async () => {
    const kill = new Set([3, 11]);
    const lose = new Set([5]);
    const hops = new Map<string, number>();
    cloud.faults.deliveries = ({ payload, requestId }) => {
      const hop = (JSON.parse(payload) as { longhaul?: { hop: number } }).longhaul?.hop ?? -1;
      hops.set(requestId, hop);
      if (lose.delete(hop)) return [];
      return hop % 3 === 1 ? [0, 10] : [0];
    };
    cloud.faults.killAfterMs = ({ requestId }) => (kill.delete(hops.get(requestId) ?? -1) ? 15 : undefined);
    await cloud.send(withOneStepHops({ mode: "serial", pageSize: 100 }, "killed"));
    const { report } = await reportOf(cloud, "killed");
    expect([report.objects, report.bytes]).toEqual([2_000, bytes]);
    expect(report.prefixes.map(({ objects: count }) => count).sort()).toEqual([285, 285, 286, 286, 286, 286, 286]);
    expect([...kill, ...lose]).toEqual([]);
  });
});
