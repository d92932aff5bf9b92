import type { RunEvent } from "@longhaul/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type BatchCloud, startBatchCloud } from "./batch-cloud.ts";
import { ndjson, withOneStepHops } from "./one-step-hops.ts";
import { planFaults } from "./planned-faults.ts";

const BATCH = 5;
/** Time limit of a hop. Long enough for a busy machine; whatever is killed holds its lease so long. */
const TIMEOUT_SECONDS = 3;

const environment = { BATCH_SIZE: String(BATCH), PART_BYTES: String(5 * 1024 * 1024) };

let cloud: BatchCloud;
beforeAll(async () => {
  cloud = await startBatchCloud({
    timeoutSeconds: TIMEOUT_SECONDS,
    environment,
    // A retry comes 5 s after a failure, when the lease of a killed hop is over; the sweeper looks once a second.
    timeScale: 1 / 12,
    scheduleScale: 60,
  });
});
afterAll(() => cloud.stop());

/** Begins a run over a new object; with one-step hops it takes a hop for each batch, and one to finish. */
async function begin(
  run: string,
  hops: number,
  padding: number,
): Promise<{ run: string; hops: number; content: string }> {
  const key = `in/${run}`;
  const content = ndjson((hops - 1) * BATCH).replaceAll("✓", "x".repeat(padding));
  await cloud.put(key, content, { ContentType: "application/x-ndjson" });
  await cloud.send(withOneStepHops({ bucket: cloud.source, key }, run));
  return { run, hops, content };
}

/** How many hops of a run said so of themselves. */
const hopsThat = (run: string, says: (event: RunEvent) => boolean) =>
  new Set(cloud.events.filter((event) => event.run === run && says(event)).map(({ hop }) => hop)).size;

describe("[S2.3] the result is byte-exact, whatever happens to the functions", { timeout: 600_000 }, () => {
  it("in 1 hop", async () => {
    // A caller that waits is answered by this one invocation: it must be enough on a busy machine, too.
    await cloud.configure({ timeoutSeconds: 60, environment });
    const content = ndjson(1_000);
    await cloud.put("in/one", content, { ContentType: "application/x-ndjson" });
    const outcome = await cloud.call({ bucket: cloud.source, key: "in/one" });
    expect(outcome).toMatchObject({ status: "done", hop: 0, result: { records: 1_000, written: 1_000 } });
    expect(await cloud.text("out/one.ndjson")).toBe(content);
    await cloud.configure({ timeoutSeconds: TIMEOUT_SECONDS, environment });
  });

  it("in 2, 17 and 200 hops, with functions killed, events delivered twice and events lost", async () => {
    const plans = planFaults(cloud, {
      "run-2": { killAfterMs: { 1: 2 }, twice: () => true },
      "run-17": { killAfterMs: { 4: 3, 12: 8 }, lost: [8], twice: (hop) => hop % 5 === 1, cold: (hop) => hop === 6 },
      "run-200": {
        killAfterMs: { 0: 1, 70: 5 },
        killAtTail: 140,
        lost: [33],
        twice: (hop) => hop % 7 === 3,
        cold: (hop) => hop % 60 === 59,
      },
    });
    const runs = await Promise.all([begin("run-2", 2, 10), begin("run-17", 17, 80_000), begin("run-200", 200, 500)]);
    await Promise.all(runs.map(({ run }) => cloud.endOf(run)));
    plans.end();

    for (const { run, content } of runs) expect((await cloud.text(`out/${run}.ndjson`)) === content, run).toBe(true);
    for (const { run, hops } of runs) {
      expect(
        hopsThat(run, ({ type }) => type === "hop.start"),
        run,
      ).toBeGreaterThanOrEqual(hops);
      // Not all hops: on a machine so busy that a batch takes a second, some end before their step does.
      expect(
        hopsThat(run, ({ type, steps }) => type === "handoff" && steps > 0),
        run,
      ).toBeLessThanOrEqual(hops);
    }
    expect(plans.left()).toEqual([]);
    expect(cloud.invocations.filter(({ status }) => status === "exit")).toHaveLength(6);
    expect(cloud.events.some(({ type }) => type === "duplicate")).toBe(true);
    expect((await cloud.outputKeys()).filter((key) => key.includes(".longhaul/"))).toEqual([]);
  });

  it("after a time-out that kills a process that no longer answers", async () => {
    const { run, content } = await begin("stuck", 4, 10);
    await cloud.until((event) => event.run === run && event.hop === 1 && event.type === "handoff");
    // Longer than the hop has: on a busy machine the news of its start comes late.
    cloud.slow.beforeHeadMs = 10_000;
    const started = await cloud.until((event) => event.run === run && event.hop === 2 && event.type === "hop.start");
    process.kill(cloud.pidOf(started), "SIGSTOP");
    cloud.slow.beforeHeadMs = 0;
    await cloud.endOf(run);
    // The sweeper may resume the run, and the run be done, before the platform has ended what hangs.
    await cloud.aws.lambda.idle();
    expect(cloud.invocations.find(({ requestId }) => requestId === started.requestId)?.status).toBe("timeout");
    expect(await cloud.text("out/stuck.ndjson")).toBe(content);
  });
});
