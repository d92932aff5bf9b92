import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startWalkerCloud, type WalkerCloud } from "./walker-cloud.ts";

// Only there to end what hangs: many processes start, and on a busy machine each takes its time.
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

const objects = Array.from({ length: 2_000 }, (_, i) => ({ key: `写真/${i % 7}/k ${i}+&.jpg`, size: i }));
const bytes = objects.reduce((sum, { size }) => sum + size, 0);

/** A run whose hops have learned that a step takes for ever: each lists one page, however fast or busy the machine is. */
function withOneStepHops(event: object, run: string): object {
  const forEver = { mean: 1e30, dev: 0, peak: 1e30 };
  const stats = { budget: { step: forEver, handOff: forEver } };
  return { ...event, longhaul: { v: 1, run, hop: 0, startedAt: Date.now(), stats } };
}

const doneOf = (run: string) => cloud.until((event) => event.run === run && event.type === "done");

async function reportOf(run: string) {
  await doneOf(run);
  const { result: json = "" } = (await cloud.runs.get(run)) ?? {};
  const { objects: listed, result } = JSON.parse(json) as { objects: number; result: Record<string, unknown> };
  return { listed, report: await cloud.report(result) };
}

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
    const { report } = await reportOf("killed");
    expect([report.objects, report.bytes]).toEqual([2_000, bytes]);
    expect(report.prefixes.map(({ objects: count }) => count).sort()).toEqual([285, 285, 286, 286, 286, 286, 286]);
    expect([...kill, ...lose]).toEqual([]);
  });
});
