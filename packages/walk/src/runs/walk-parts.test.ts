import { memoryRunStore, recursive } from "@longhaul/core";
import { sweep } from "@longhaul/core/client";
import { type HandOffMessage, systemHost } from "@longhaul/core/parts";
import { describe, expect, it } from "vitest";
import { keepKeys } from "../../test/keep-keys.ts";
import { MemoryWalkRecords } from "../../test/memory-walk-records.ts";
import { SimulatedBucket } from "../../test/simulated-bucket.ts";
import type { ListAfter } from "../listing/walk.ts";
import type { CallScope } from "./call-scope.ts";
import type { WalkAction, WalkTarget } from "./walk-action.ts";
import { walkParts } from "./walk-parts.ts";

const pageKeys = 10;
const keys = Array.from({ length: 300 }, (_, i) => `k${String(i).padStart(4, "0")}`);

/** Calls of one function, one after the other, each under a request id of its own. */
function walkingFunction(
  options: {
    id?: string;
    prefix?: string;
    isDenied?: () => boolean;
    records?: MemoryWalkRecords;
    giveAboveMs?: number;
  } = {},
) {
  const { id, prefix, isDenied = () => false, records = new MemoryWalkRecords(), giveAboveMs } = options;
  const scopes: CallScope[] = [];
  const store = memoryRunStore();
  const bucket = new SimulatedBucket(keys, { pageKeys });
  /** How often each key was listed within its range, and worked on. */
  const worked = new Map<string, number>();
  const sent: HandOffMessage[] = [];
  const finished: WalkTarget[] = [];
  const driver = { name: "captured", maxBytes: 1e6, send: async (message: HandOffMessage) => void sent.push(message) };
  let requests = 0;
  let isTimeUp = () => false;
  let now = Date.now;

  const list: ListAfter = async (request) => {
    if (isDenied()) throw Object.assign(new Error("no"), { name: "AccessDenied", $metadata: { httpStatusCode: 403 } });
    return bucket.listAtOnce(request);
  };
  const action: WalkAction<string[]> = {
    ...keepKeys,
    async work({ page, count }) {
      for (let i = 0; i < count; i++) worked.set(page.key(i), (worked.get(page.key(i)) ?? 0) + 1);
    },
    async finish(summary, walk) {
      finished.push(walk);
      return keepKeys.finish(summary, walk);
    },
  };
  const parts = walkParts({
    request: () => ({ bucket: "b", prefix, id, action }),
    list: () => list,
    records(scope) {
      scopes.push(scope);
      return records;
    },
    ...{ store, driver, host: { ...systemHost, now: () => now() } },
    settings: { concurrency: 2, pageKeys, ...(giveAboveMs !== undefined && { giveAboveMs }) },
  });
  const handler = recursive({ ...parts, time: { reserveMs: 10_000 } });
  const contextOf = () => ({
    awsRequestId: `request-${requests++}`,
    invokedFunctionArn: "arn:aws:lambda:eu-central-1:000000000000:function:walker",
    functionVersion: "$LATEST",
    memoryLimitInMB: "128",
    getRemainingTimeInMillis: () => (isTimeUp() ? 9_999 : 60_000),
  });
  return {
    records,
    store,
    bucket,
    worked,
    sent,
    finished,
    scopes,
    /** Says when the time of the next calls is up. */
    set isTimeUp(is: () => boolean) {
      isTimeUp = is;
    },
    set now(tell: () => number) {
      now = tell;
    },
    call: (event: object) => handler(event, contextOf()),
    start: () => parts.start({}, contextOf()),
    /** The event that the sweeper sends for a silent run. */
    async swept(): Promise<object> {
      sent.length = 0;
      await sweep({ store, driver, host: { ...systemHost, now: () => Date.now() + 3_600_000 } });
      return (sent[0] as HandOffMessage).event;
    },
  };
}

const once = <Args extends unknown[], Answer>(first: () => void, then: (...args: Args) => Promise<Answer>) => {
  let isFirst = true;
  return async (...args: Args): Promise<Answer> => {
    if (isFirst) {
      isFirst = false;
      first();
    }
    return then(...args);
  };
};
const crash = () => {
  throw new Error("crashed");
};

describe("a part that is done", () => {
  it("is neither listed nor worked on again when its end was not heard of", async () => {
    const { records, bucket, worked, call } = walkingFunction({ id: "w" });
    records.outlines = once(crash, records.outlines.bind(records));
    await expect(call({})).rejects.toThrow("crashed");
    const requests = bucket.requests;
    expect((await records.log("w", "0")).at(-1)?.kind).toBe("done");
    expect(await call({})).toMatchObject({ status: "done", result: { isLast: true, result: keys } });
    expect(bucket.requests).toBe(requests);
    expect([...worked.values()].every((times) => times === 1)).toBe(true);
  });

  it("is not walked again by an event that comes once more", async () => {
    const { bucket, call } = walkingFunction({ id: "w" });
    await call({});
    const requests = bucket.requests;
    expect(await call({})).toMatchObject({ status: "duplicate" });
    expect(bucket.requests).toBe(requests);
  });
});

describe("a part that goes on in another invocation", () => {
  it("lists and works on what is left, and nothing else", async () => {
    const walking = walkingFunction({ id: "w" });
    const { records, bucket, worked, sent, finished, call } = walking;
    walking.isTimeUp = () => bucket.requests >= 10;
    expect(await call({})).toMatchObject({ status: "continued" });
    const requests = bucket.requests;
    expect(worked.size).toBeGreaterThanOrEqual(50);
    expect(worked.size).toBeLessThan(keys.length);
    for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
    expect(bucket.requests).toBe(requests);
    walking.isTimeUp = () => false;
    const startedAtMs = records.walks.get("w")?.startedAtMs;
    walking.now = () => Date.now() + 60_000;
    expect(await call((sent[0] as HandOffMessage).event)).toMatchObject({ status: "done", result: { result: keys } });
    expect([...worked.values()].filter((times) => times > 1).length).toBeLessThanOrEqual(2 * pageKeys);
    expect(bucket.requests).toBeLessThan(1.5 * (keys.length / pageKeys));
    expect(finished).toEqual([{ id: "w", bucket: "b", prefix: "", startedAtMs }]);
  });
});

describe("a hop that is over", () => {
  it("has no call under way: a process that thaws makes none of it again", async () => {
    const walking = walkingFunction({ id: "w", giveAboveMs: 1 });
    const { records, bucket, call } = walking;
    walking.isTimeUp = () => bucket.requests >= 10;
    const beganMs = Date.now();
    walking.now = () => beganMs + 10 * bucket.requests;
    let claims = 0;
    records.claim = () => {
      claims++;
      return new Promise(() => {});
    };
    expect(await call({})).toMatchObject({ status: "continued" });
    expect(claims).toBeGreaterThan(0);
    expect(walking.scopes.every(({ signal }) => signal === undefined || signal.aborted)).toBe(true);
  });
});

describe("a walk whose event names no id", () => {
  it.each(["open", "hint", "log"] as const)(
    "is the same walk when the sweeper sends what crashed at %s",
    async (at) => {
      const { records, store, call, swept } = walkingFunction();
      records[at] = once(crash, records[at].bind(records) as never) as never;
      await expect(call({ prefix: "any" })).rejects.toThrow("crashed");
      expect(await call(await swept())).toMatchObject({
        status: "done",
        run: "request:request-0/0",
        result: { result: keys },
      });
      expect([...records.walks.keys()]).toEqual(["request:request-0"]);
      expect(await store.get("request:request-1/0")).toBeUndefined();
    },
  );
});

describe("a walk", () => {
  it("under the id of another one, of something else, is refused", async () => {
    const { records, bucket, call } = walkingFunction({ id: "w" });
    await records.open({ id: "w", bucket: "b", prefix: "other/", startedAtMs: 0 });
    const message = "Walk w is of s3://b/other/, not of s3://b/. Give the new walk another id.";
    expect(await call({})).toMatchObject({ status: "failed", reason: { code: "WALK_ID_TAKEN", message } });
    expect(bucket.requests).toBe(0);
  });

  it.each([
    "of something else",
    7,
    {},
    { ranges: [], learned: [] },
    { ranges: [{ after: "a" }], summary: [], learned: [] },
    { ranges: [{ after: 1, through: null }], summary: [], learned: [] },
    { ranges: [{ after: "a", through: null, token: 7 }], summary: [], learned: [] },
    { ranges: {}, summary: [], learned: [] },
    { ranges: [], summary: [], learned: [{ key: "a", keys: "1" }] },
  ])("whose event has another state under its key is refused: %j", async (state) => {
    const { bucket, call } = walkingFunction({ id: "w" });
    expect(await call({ state })).toMatchObject({
      status: "failed",
      reason: { code: "STATE", message: expect.stringContaining("not that of a part of a walk") },
    });
    expect(bucket.requests).toBe(0);
  });

  it("may be begun from a state that is one: then it walks what that leaves", async () => {
    const { call } = walkingFunction({ id: "w" });
    const state = {
      ranges: [{ after: keys[9], through: keys[19] }],
      summary: ["so far"],
      learned: [{ key: "a", keys: 1 }],
    };
    expect(await call({ state })).toMatchObject({ result: { result: [...keys.slice(10, 20), "so far"] } });
  });

  it("of a prefix ends where its keys do", async () => {
    const { start } = walkingFunction({ prefix: "a/" });
    expect(await start()).toMatchObject({ ranges: [{ after: "", through: "a0" }] });
  });
});

describe("two walks of one bucket at once", () => {
  it("each count every object, and know nothing of each other", async () => {
    const first = walkingFunction({ id: "first" });
    const { records } = first;
    const second = walkingFunction({ id: "second", records });
    const outcomes = await Promise.all([first.call({}), second.call({})]);
    for (const outcome of outcomes) expect(outcome).toMatchObject({ status: "done", result: { result: keys } });
    expect([...records.walks.keys()]).toEqual(["first", "second"]);
    for (const { worked } of [first, second]) expect([...worked.values()].every((times) => times === 1)).toBe(true);
  });
});

describe("a bucket that may not be listed, or is no more", () => {
  it("fails the hop with S3's own error, and the walk goes on when it may be listed again", async () => {
    let isDenied = true;
    const { records, call } = walkingFunction({ id: "w", isDenied: () => isDenied });
    await expect(call({})).rejects.toMatchObject({ name: "AccessDenied" });
    expect(records.walks.get("w")).not.toHaveProperty("result");
    isDenied = false;
    expect(await call({})).toMatchObject({ status: "done", result: { result: keys } });
  });
});
