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
  it("across invocations: each event holds where to go on, and the rest of the first as it came", async () => {
    // By hop, because an event that takes long is sent again.
    const payloads = new Map<unknown, Record<string, unknown>>();
    cloud.faults.deliveries = ({ functionName, payload }) => {
      const { longhaul, ...rest } = JSON.parse(payload) as { longhaul: { hop: number } };
      if (functionName === cloud.functionName) payloads.set(longhaul.hop, rest);
      return [0];
    };
    const event = { mode: "serial", pageSize: 250, note: { by: ["hand", 1, null] }, depth: 3 };
    await cloud.send(withOneStepHops(event, "rest"));
    const { listed, report } = await reportOf(cloud, "rest");
    expect([listed, report.objects, report.bytes]).toEqual([2_000, 2_000, bytes]);
    const bases = [...payloads.values()].map(({ CURRENT_STATE: _, ...base }) => base);
    expect(bases).toEqual(Array.from({ length: 8 }, () => event));
    const states = [...payloads.values()].slice(1).map(({ CURRENT_STATE }) => CURRENT_STATE);
    for (const [hop, state] of states.entries()) {
      expect(state).toMatchObject({ objects: (hop + 1) * 250, continuationToken: expect.stringMatching(/./) });
    }
  });

  it("with a token that expired: it goes on behind the last key", async () => {
    const lastKey = (await cloud.keys(cloud.bucket))[999];
    const CURRENT_STATE = { objects: 1_000, bytes: 7, continuationToken: "expired", lastKey };
    const outcome = await cloud.call({ mode: "serial", CURRENT_STATE });
    expect(outcome).toMatchObject({
      status: "done",
      result: { objects: 2_000, countedElsewhere: 1_000, result: { objects: 1_000 } },
    });
  });

  it("and a token that is none, without a last key, fails with what to do", async () => {
    const CURRENT_STATE = { objects: 1_000, bytes: 7, continuationToken: "expired" };
    await expect(cloud.call({ mode: "serial", CURRENT_STATE })).rejects.toThrow(
      /^TokenRefusedError: .*Add the last key that was walked as CURRENT_STATE.lastKey/,
    );
  });

  it("an empty bucket, or a prefix with nothing below it", async () => {
    const outcome = await cloud.call({ mode: "serial", prefix: "nothing/" });
    expect(outcome).toMatchObject({ status: "done", message: "all done", result: { objects: 0, bytes: 0 } });
  });
});

describe("a serial walk", () => {
  it("has the id that the event gives it, and is one walk however often the event comes", async () => {
    const event = { mode: "serial", prefix: "nothing/", walkId: "mine" };
    expect(await cloud.call(event)).toMatchObject({ status: "done", run: "mine" });
    expect(await cloud.call(event)).toMatchObject({ status: "duplicate", run: "mine" });
  });

  it("under the id of another one is refused", async () => {
    const event = { mode: "serial", prefix: "nothing/", walkId: "another" };
    await cloud.call(event);
    for (const other of [{ prefix: "else/" }, { action: "each" }, { mode: "parallel" }]) {
      await expect(cloud.call({ ...event, ...other })).rejects.toThrow(/^WalkIdTakenError: Walk another is of s3:/);
    }
  });

  it("begun after a key of its event goes on behind that, token or none", async () => {
    const keys = await cloud.keys(cloud.bucket);
    const outcome = await cloud.call({ mode: "serial", pageSize: 250, CURRENT_STATE: keys[1_499] });
    expect(outcome).toMatchObject({ status: "done", result: { objects: 500, result: { objects: 500 } } });
    const unsafe = `${keys[999]}\u0001`;
    expect(await cloud.call({ CURRENT_STATE: unsafe })).toMatchObject({ result: { objects: 1_000 } });
  });

  it("does what it is asked to with each object that passes, and writes what came of it", async () => {
    await cloud.put(["gone/a.tmp", "gone/b.txt", "gone/c.tmp"], "12345");
    const event = { mode: "serial", prefix: "gone/", action: "delete", filter: { suffix: ".tmp" } };
    const counted = { action: "delete", objects: 2, bytes: 10, failed: 0 };
    expect(await cloud.call(event)).toMatchObject({ result: { objects: 3, result: { ...counted, isDryRun: true } } });
    expect(await cloud.keys(cloud.bucket, "gone/")).toHaveLength(3);
    const { result } = (await cloud.call({ ...event, dryRun: false, pageSize: 2 })) as { result?: { result: unknown } };
    expect(result).toMatchObject({ objects: 3, result: { ...counted, isDryRun: false } });
    expect(await cloud.keys(cloud.bucket, "gone/")).toEqual(["gone/b.txt"]);
  });
});

describe("an event that asks for what cannot be", () => {
  it.each([
    [{ bucket: "somebody-elses" }, /NoSuchBucket|AccessDenied/],
    [{ action: "copy" }, /^WalkRequestError: The event's target must say where to copy to/],
    [{ filter: { minBytes: "1" } }, /^WalkRequestError: The event's filter.minBytes/],
    [{ CURRENT_STATE: { objects: -1, bytes: 0 } }, /^StateError: .*CURRENT_STATE.objects must be a whole number/],
    [{ mode: "fast" }, /^WalkRequestError: The event's mode/],
  ])("%j is refused with its reason", async (event, reason) => {
    await expect(cloud.call({ mode: "serial", ...event })).rejects.toThrow(reason);
  });

  it("is refused if it is none", async () => {
    await expect(cloud.call([] as object)).rejects.toThrow(/EventError|WalkRequestError/);
  });
});
