import { setTimeout as delay } from "node:timers/promises";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { sweep } from "@longhaul/core/client";
import { lambdaDriver } from "@longhaul/core/lambda";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { outsideCredentials } from "../src/index.ts";
import { type CountingCloud, startCountingCloud } from "./counting-cloud.ts";

// Real processes, on machines that are busy with other tests.
vi.setConfig({ testTimeout: 60_000 });

const ENDLESS = { upTo: 1e9, everyMs: 5 };

describe("the run client reaches the runs of a deployed function", () => {
  let cloud: CountingCloud;
  beforeAll(async () => {
    cloud = await startCountingCloud();
  });
  afterAll(() => cloud?.stop());

  it("starts one, waits for it, and has its result and what it reported", async () => {
    const { client } = cloud;
    const { id } = await client.start({ upTo: 20, everyMs: 1 }, { runId: "twenty" });
    expect(await client.wait(id)).toMatchObject({ status: "done", result: "20 items", progress: { items: 20 } });
    expect(await client.start({ upTo: 20, everyMs: 1 }, { runId: "twenty" })).toMatchObject({ status: "done" });
  });

  it("pauses one, resumes it, and stops it, at a safe point each time", async () => {
    const { client } = cloud;
    const { id } = await client.start(ENDLESS);
    await client.pause(id);
    const paused = await client.wait(id);
    expect(paused).toMatchObject({ status: "paused", reason: { code: "PAUSE_REQUESTED" } });
    expect(await client.resume(id, { limits: { maxHops: 50_000 } })).toMatchObject({
      status: "running",
      limits: { maxHops: 50_000 },
    });
    await vi.waitFor(async () => expect((await client.get(id))?.progress?.items).toBeGreaterThan(0), {
      timeout: 30_000,
    });
    await client.stop(id);
    const stopped = await client.wait(id);
    expect(stopped).toMatchObject({ status: "stopped", reason: { code: "STOP_REQUESTED" } });
    expect(stopped.stats.steps).toBeGreaterThan(paused.stats.steps);
    expect(stopped.stats.costUsd).toBeGreaterThan(paused.stats.costUsd);
  });

  it("tells its function of each end, after the record says so", async () => {
    const { client, store, aws } = cloud;
    const lines: string[] = [];
    const off = aws.lambda.on("log", ({ message }) => void lines.push(message));
    await client.start({ upTo: 2, everyMs: 1 }, { runId: "told-done" });
    await client.start({ upTo: 2, everyMs: 1, failsAt: 1 }, { runId: "told-failed" });
    const isTold = async (id: string) => (await store.get(id))?.atEnd === "told";
    for (const id of ["told-done", "told-failed"]) {
      await client.wait(id);
      await vi.waitFor(async () => expect(await isTold(id)).toBe(true), { timeout: 30_000 });
    }
    const told = () => lines.flatMap((line) => /ended: (told-.*)/.exec(line)?.[1]?.trim() ?? []).sort();
    await vi.waitFor(() => expect(told()).toEqual(["told-done done", "told-failed failed NO_ITEM"]), {
      timeout: 30_000,
    });
    off();
    await client.delete("told-failed");
  });

  it("sleeps three times, is swept awake, and ends right though it is deployed again meanwhile", async () => {
    const { client, store, aws } = cloud;
    const lambda = new LambdaClient({ endpoint: aws.url, region: aws.region, credentials: outsideCredentials });
    const { id } = await client.start({ upTo: 3, everyMs: 1, sleepMs: 500 }, { runId: "sleeper" });
    const sweepNow = () => sweep({ store, driver: lambdaDriver({ client: lambda }), olderThanMs: 1 });
    for (const hop of [1, 2, 3]) {
      const run = await vi.waitUntil(async () => {
        const now = await client.get(id);
        return now?.status === "sleeping" && now.hop === hop && now;
      }, 30_000);
      const wakeMs = run.wakeAt?.getTime() ?? 0;
      if (hop === 2) await cloud.redeploy(", newly");
      // Before its time nothing is due.
      const early = await sweepNow();
      expect(early.sent === 0 || Date.now() >= wakeMs).toBe(true);
      await delay(Math.max(0, wakeMs - Date.now()) + 10);
      if (early.sent === 0) expect(await sweepNow()).toMatchObject({ sent: 1 });
    }
    expect(await client.wait(id)).toMatchObject({ hop: 3, result: "3 items, newly", progress: { items: 3 } });
    expect((await store.get(id))?.sleptMs).toBeGreaterThanOrEqual(3 * 450);
    lambda.destroy();
  });

  it("rewinds one that runs: its attempt commits nothing more, and all is done again", async () => {
    const { client } = cloud;
    const { id } = await client.start({ upTo: 300, everyMs: 5 }, { runId: "rewound" });
    await vi.waitFor(async () => expect((await client.get(id))?.progress?.items).toBeGreaterThan(100), 30_000);
    expect(await client.rewind(id, { hop: 0 })).toMatchObject({ status: "running", hop: 0, rewinds: 1 });
    const done = await client.wait(id);
    expect(done).toMatchObject({
      status: "done",
      result: expect.stringMatching(/^300 items/),
      progress: { items: 300 },
    });
    // What was done before counts as well.
    expect(done.stats.steps).toBeGreaterThan(400);
  });

  it("deletes one that failed, whose late events begin nothing", async () => {
    const { client, aws, functionName, tableName } = cloud;
    const event = { upTo: 5, everyMs: 1, failsAt: 3 };
    const { id } = await client.start(event, { runId: "failing" });
    expect(await client.wait(id)).toMatchObject({ status: "failed", reason: { code: "NO_ITEM" }, state: { next: 3 } });
    expect((await client.list({ status: "failed" })).runs.map((run) => run.id)).toEqual([id]);
    expect(await client.delete(id)).toBe(true);
    expect(await client.get(id)).toBeUndefined();
    const { Item } = await aws.dynamodb.call("GetItem", { TableName: tableName, Key: { run: { S: id } } });
    // Neither what it worked on, nor the keys of the indexes, in which it would cost each list and sweep.
    expect(Object.keys(Item ?? {}).sort()).toEqual([
      ...["attempt", "changedAtMs", "epoch", "event", "failures", "heartbeatAtMs", "hop", "leaseUntilMs"],
      ...["phase", "run", "startedAtMs", "stats", "target", "ttl", "v"],
    ]);
    expect((await client.list({ status: "failed" })).runs).toEqual([]);
    const first = { ...event, longhaul: { v: 1, run: id, hop: 0, startedAt: Date.now() } };
    const { payload } = await aws.lambda.invoke({ functionName, payload: JSON.stringify(first) });
    expect(JSON.parse(String(payload))).toMatchObject({ status: "duplicate", refusal: "over" });
    await expect(client.start(event, { runId: id })).rejects.toMatchObject({ code: "RUN_ID_TAKEN" });
  });
});
