import { readFileSync } from "node:fs";
import { callerDriver, memoryRunStore, type Outcome } from "@longhaul/core";
import { systemHost } from "@longhaul/core/parts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { WalkAction } from "../src/runs/walk-action.ts";
import { serialHandler } from "../src/serial/serial-handler.ts";
import type { SerialResult } from "../src/serial/serial-walk.ts";
import { type LocalBuckets, startLocalBuckets } from "./local-bucket.ts";

type Event = Readonly<Record<string, unknown>>;

interface Vector {
  readonly title: string;
  readonly objects: {
    readonly bucket: string;
    readonly keys: readonly [pattern: string, count: number];
    readonly others?: readonly string[];
    readonly body: string;
  };
  readonly event: Event;
  readonly hops: readonly {
    readonly lastReport: number | null;
    readonly status: string;
    readonly next?: Event;
    readonly result?: object;
  }[];
}

const path = new URL("../../../parity/vectors/bucket-walk.json", import.meta.url);
const { vectors } = JSON.parse(readFileSync(path, "utf8")) as { vectors: readonly Vector[] };
const numbered = (pattern: string, n: number) => pattern.replaceAll("{n}", String(n).padStart(4, "0"));

let s3: LocalBuckets;
beforeAll(async () => {
  s3 = await startLocalBuckets(...vectors.map(({ objects }) => objects.bucket));
});
afterAll(() => s3.stop());

describe("[S1.1] [S1.2] the contract that handlers in any language keep", () => {
  it.for(vectors)("$title", async ({ objects, event: first, hops }) => {
    const { bucket, keys, others = [], body } = objects;
    const expected = Array.from({ length: keys[1] }, (_, n) => numbered(keys[0], n));
    for (const [n, key] of expected.entries()) await s3.put(bucket, key, numbered(body, n));
    for (const key of others) await s3.put(bucket, key, "not this one");

    let pages = 0;
    let time = { lastReport: null as number | null, lastStepMs: 0 };
    const seen: string[] = [];
    const noting: WalkAction<object> = {
      empty: () => ({}),
      account(_, { page, count }) {
        pages++;
        for (let i = 0; i < count; i++) seen.push(page.key(i));
      },
      merge() {},
      finish: async () => "finished",
    };
    const handler = serialHandler({
      client: s3.client,
      rules: {
        defaults: { bucket: undefined, mode: "serial", action: "note", filter: {} },
        actions: { note: { fields: {}, read: () => ({ described: {}, isChanging: false, begin: () => noting }) } },
      },
      pageKeys: 1_000,
      driver: callerDriver(),
      store: memoryRunStore(),
      time: { reserveMs: 10_000 },
      // Time is told by the pages, not by the machine's clock.
      host: { ...systemHost, timer: () => () => {} },
    });
    let event: Event | undefined = first;
    for (const [hop, { lastReport, status, next, result }] of hops.entries()) {
      pages = 0;
      // Steps grow from hop to hop, since room is left for another one like the longest so far.
      time = { lastReport, lastStepMs: 10 ** (hop + 1) };
      const outcome: Outcome<SerialResult> = await handler(event as Event, {
        awsRequestId: `hop-${hop}`,
        invokedFunctionArn: "arn:aws:lambda:eu-west-1:123456789012:function:walker",
        functionVersion: "$LATEST",
        memoryLimitInMB: "128",
        getRemainingTimeInMillis: () =>
          time.lastReport !== null && pages >= time.lastReport ? 9_999 : 10_000 + time.lastStepMs,
      });
      expect(outcome.status).toBe(status);
      if (outcome.status === "done") expect(outcome.result).toMatchObject({ ...result, result: "finished" });
      event = outcome.status === "continued" ? outcome.continuation : undefined;
      if (next === undefined || event === undefined) continue;
      const { CURRENT_STATE: expectedState, ...base } = next as { CURRENT_STATE: object };
      const { CURRENT_STATE: state, longhaul: _, ...passedOn } = event;
      expect(passedOn).toEqual(base);
      expect(state).toMatchObject({ ...expectedState, continuationToken: expect.stringMatching(/./) });
    }
    expect(event).toBeUndefined();
    expect(seen).toEqual(expected);
  });
});
