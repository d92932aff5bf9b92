import { CreateBucketCommand, ListObjectsV2Command } from "@aws-sdk/client-s3";
import { type InvocationContext, type RecursiveOptions, type RunStore, recursive } from "@longhaul/core";
import { sweep } from "@longhaul/core/client";
import { dynamodbRunStore } from "@longhaul/core/dynamodb";
import type { HandOffMessage, Host } from "@longhaul/core/parts";
import { s3Spill } from "@longhaul/core/s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { embeddedRunTable, type RunTableServer, tableName } from "./run-table.ts";
import { type S3Server, startS3Server } from "./s3-server.ts";

interface Count {
  readonly upTo: number;
  readonly text?: string;
}
interface Position {
  readonly next: number;
  readonly text: string;
}

// Real endpoints, on machines that are busy with other tests.
let runs = 0;

/** A run against real endpoints, in virtual time: an item takes a second, an invocation has ten. */
function countingRun(
  store: RunStore,
  options: Partial<RecursiveOptions<Count, Position, number>> = {},
  onItem: (item: number, hop: number) => void = () => {},
) {
  const run = `run-${++runs}`;
  const clock = { nowMs: 1_800_000_000_000 };
  const host: Host = {
    now: () => clock.nowMs,
    timer: () => () => {},
    id: () => crypto.randomUUID(),
    random: Math.random,
    env: () => undefined,
  };
  const sent: HandOffMessage[] = [];
  const items: number[] = [];
  const driver = { name: "test", maxBytes: 2_000, send: async (message: HandOffMessage) => void sent.push(message) };
  const handler = recursive<Count, Position, number>({
    advanced: { host },
    store,
    driver,
    runId: () => run,
    time: { checkpointEveryMs: 3_000 },
    start: ({ text = "" }) => ({ next: 0, text }),
    *run(position, { event, run: { hop } }) {
      for (let next = position.next; next < event.upTo; next++) {
        clock.nowMs += 1_000;
        onItem(next, hop);
        items.push(next);
        yield { ...position, next: next + 1 };
      }
      return items.length;
    },
    ...options,
  });
  const context = (): InvocationContext => {
    const deadlineMs = clock.nowMs + 10_000;
    return {
      awsRequestId: "request-1",
      invokedFunctionArn: "arn:aws:lambda:eu-central-1:000000000000:function:work",
      functionVersion: "$LATEST",
      memoryLimitInMB: "1024",
      getRemainingTimeInMillis: () => deadlineMs - clock.nowMs,
    };
  };
  const invoke = (event: object) => handler(JSON.parse(JSON.stringify(event)), context());
  return { run, clock, host, driver, sent, items, invoke };
}

const itemsTo = (end: number) => Array.from({ length: end }, (_, i) => i);

describe("recursive() with its records in DynamoDB and its large states in S3", () => {
  let table: RunTableServer;
  let s3: S3Server;
  let store: RunStore;
  const bucket = "states";
  beforeAll(async () => {
    [table, s3] = await Promise.all([embeddedRunTable(), startS3Server()]);
    await s3.client.send(new CreateBucketCommand({ Bucket: bucket }));
    store = dynamodbRunStore({ tableName, client: table.client });
  });
  afterAll(async () => {
    await Promise.all([table.stop(), s3.close()]);
  });

  it("does each item once, though every event is delivered three times at once", async () => {
    const { run, sent, items, invoke } = countingRun(store);
    const statuses: string[] = [];
    for (let event: object | undefined = { upTo: 60 }; event; event = sent.shift()?.event) {
      const outcomes = await Promise.all([invoke(event), invoke(event), invoke(event)]);
      statuses.push(...outcomes.map(({ status }) => status));
      sent.splice(1);
    }
    expect(items).toEqual(itemsTo(60));
    expect(statuses.filter((status) => status === "done")).toHaveLength(1);
    expect(await store.get(run)).toMatchObject({ phase: "done", result: "60", stats: { steps: 60 } });
  });

  it("goes on at the last safe point after failures, and after lost hand-offs by its sweeper", async () => {
    let failures = 0;
    const work = countingRun(store, {}, (item, hop) => {
      if (item % 10 === 9 && failures <= hop) {
        failures++;
        throw new Error("boom");
      }
    });
    const { run, sent, items, invoke, clock, host, driver } = work;
    await invoke({ upTo: 40 }).catch(() => undefined);
    for (let sweeps = 0; (await store.get(run))?.phase !== "done"; sweeps++) {
      expect(sweeps).toBeLessThan(30);
      sent.length = 0; // lost
      clock.nowMs += 61_000;
      expect(await sweep({ store, driver, host })).toMatchObject({ sent: 1, failed: 0 });
      await invoke(sent[0]!.event).catch(() => undefined);
    }
    expect(failures).toBeGreaterThan(1);
    expect(items).toEqual(itemsTo(40));
  });

  it("stops when asked, and goes on when resumed", async () => {
    const work = countingRun(store);
    const { run, sent, items, invoke, clock } = work;
    await invoke({ upTo: 40 });
    expect(await store.request(run, "stop", work.clock.nowMs)).toBe(true);
    expect(await invoke(sent.shift()!.event)).toMatchObject({ status: "stopped", reason: { code: "STOP_REQUESTED" } });
    expect(await store.resume(run, clock.nowMs)).toMatchObject({ phase: "handed-off" });
    const again = { upTo: 40, longhaul: { v: 1, run, hop: 1, startedAt: 0 } };
    for (let event: object | undefined = again; event; event = sent.shift()?.event) await invoke(event);
    expect(items).toEqual(itemsTo(40));
    expect(await store.get(run)).toMatchObject({ phase: "done" });
  });

  it("carries a state that neither an event nor an item can hold", async () => {
    const spill = s3Spill({ bucket, client: s3.client });
    const text = "🚀".repeat(150_000);
    const start = () => ({ next: 0, text });
    const { run, sent, items, invoke } = countingRun(store, { state: { spill }, start });
    for (let event: object | undefined = { upTo: 20 }; event; event = sent.shift()?.event) await invoke(event);
    expect(items).toEqual(itemsTo(20));
    expect((await store.get(run))?.state).toMatch(/^{"ref":{"uri":"s3:\/\/states\/\.longhaul\/states\//);
    const { Contents } = await s3.client.send(
      new ListObjectsV2Command({ Bucket: bucket, Prefix: ".longhaul/states/" }),
    );
    expect(Contents?.length).toBeGreaterThan(2);
  });

  it("does not read what a forged event refers to", async () => {
    const { run, invoke, items } = countingRun(store, {
      store: undefined,
      state: { spill: s3Spill({ bucket, client: s3.client }) },
    });
    await expect(invoke({ upTo: 1, longhaul: forged(run) })).rejects.toMatchObject({ code: "STATE" });
    expect(items).toEqual([]);
  });
});

function forged(run: string) {
  const stateRef = { uri: "s3://states/secrets.json", bytes: 1, sha256: "0".repeat(64) };
  return { v: 1, run, hop: 1, startedAt: 1_800_000_000_000, stateRef };
}
