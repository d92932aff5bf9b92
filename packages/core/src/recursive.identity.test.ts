import { describe, expect, it } from "vitest";
import { invocation, manualHost } from "../test/manual-host.ts";
import { workingRun } from "../test/working-run.ts";
import { memoryRunStore, recursive } from "./index.ts";
import type { Fence } from "./parts.ts";

describe("two functions can share a table", () => {
  const uploaded = {
    Records: [{ eventSource: "aws:s3", s3: { bucket: { name: "in" }, object: { key: "a.csv", sequencer: "005" } } }],
  };
  const world = (runScope?: string) => {
    const store = memoryRunStore();
    const host = manualHost();
    const done: string[] = [];
    const invoke = (name: string, event: object = uploaded) => {
      const handler = recursive<object, number, string>({
        advanced: { host, runScope },
        store,

        driver: { name: "test", maxBytes: 1e6, send: async () => {} },
        start: () => 0,
        async *run() {
          done.push(name);
          yield 1;
          return name;
        },
      });
      const invokedFunctionArn = `arn:aws:lambda:eu-central-1:000000000000:function:${name}`;
      return handler(event, invocation(host, 60_000, { awsRequestId: `request of ${name}`, invokedFunctionArn }));
    };
    return { store, done, invoke };
  };

  it("and one notification: each works on it", async () => {
    const { done, invoke } = world();
    expect(await invoke("thumbs")).toMatchObject({ status: "done", run: "thumbs/s3:in/a.csv@005" });
    expect(await invoke("index")).toMatchObject({ status: "done", run: "index/s3:in/a.csv@005" });
    expect(done).toEqual(["thumbs", "index"]);
  });

  it("and the same notification again is a duplicate, by whatever alias or version it comes", async () => {
    const { done, invoke } = world();
    await invoke("thumbs");
    expect(await invoke("thumbs:live")).toMatchObject({ status: "duplicate" });
    expect(await invoke("thumbs:7")).toMatchObject({ status: "duplicate" });
    expect(done).toEqual(["thumbs"]);
  });

  it("and a function that was renamed keeps its runs by its scope", async () => {
    const { done, invoke } = world("thumbs");
    await invoke("thumbs");
    expect(await invoke("thumbnails")).toMatchObject({ status: "duplicate", run: "thumbs/s3:in/a.csv@005" });
    expect(done).toEqual(["thumbs"]);
  });

  it.each([""])("but not by a scope that is none: %j", (runScope) => {
    expect(() => workingRun({ advanced: { runScope } })).toThrow(expect.objectContaining({ code: "CONFIG" }));
  });
});

describe("the fence's token tells attempts apart", () => {
  it("it grows with each attempt, in a hop and from hop to hop, and through resumption", async () => {
    const tokens: [hop: number, attempt: number, token: number][] = [];
    const run = workingRun({
      onItem(item, { run: { hop, attempt, fence } }) {
        const last = tokens.at(-1);
        if (last?.[2] !== fence.token) tokens.push([hop, attempt, fence.token]);
        if (item === 2 && attempt < 3) throw new Error("boom");
      },
      guards: { maxHops: 3 },
    });
    for (let retry = 0; retry < 2; retry++) await expect(run.invoke({ upTo: 30 })).rejects.toThrow("boom");
    await run.follow({ upTo: 30 });
    const record = await run.store.resume("run-1", run.host.nowMs, { maxHops: 100 });
    await run.follow({ upTo: 30, longhaul: { v: 1, run: "run-1", hop: record!.hop, startedAt: 0 } });
    // Hop 3 was begun once to be stopped, then resumed, which counts too.
    expect(tokens).toEqual([
      [0, 1, 1],
      [0, 2, 2],
      [0, 3, 3],
      [1, 1, 4],
      [2, 1, 5],
      [3, 2, 8],
    ]);
  });

  it("so that a conditional write refuses a step that outlives its attempt, though both are of one hop", async () => {
    const table = new Map<string, number>();
    const write = (key: string, { token }: Fence): boolean => {
      if ((table.get(key) ?? 0) > token) return false;
      table.set(key, token);
      return true;
    };
    let zombie: Fence | undefined;
    const run = workingRun({
      onItem(item, { run: { attempt, fence } }) {
        if (attempt === 1) zombie = fence;
        write(String(item), fence);
        if (item === 1 && attempt === 1) throw new Error("boom");
      },
    });
    await expect(run.invoke({ upTo: 3 })).rejects.toThrow("boom");
    await run.follow({ upTo: 3 });
    expect(write("1", zombie!)).toBe(false);
    expect(write("2", zombie!)).toBe(false);
  });

  it("and without a store there is none, which is said", async () => {
    const run = workingRun({
      store: undefined,
      onItem(_, { run: { fence } }) {
        expect(fence.isLive).toBe(true);
        expect(fence.token).toBeDefined();
      },
    });
    await expect(run.invoke({ upTo: 1 })).rejects.toMatchObject({
      code: "CONFIG",
      message: expect.stringContaining("run.fence.token needs a RunStore"),
    });
  });

  it("the fence is closed before the next hop's event is sent: an abandoned step writes no more", async () => {
    let fence: Fence | undefined;
    const atSend: (boolean | undefined)[] = [];
    const run = workingRun({
      onItem: (_, context) => {
        fence = context.run.fence;
      },
      driver: { name: "test", maxBytes: 1e6, send: async () => void atSend.push(fence?.isLive) },
    });
    await run.invoke({ upTo: 40 });
    expect(atSend).toEqual([false]);
  });
});
