import { describe, expect, it } from "vitest";
import { ARM64_US_EAST_1, invocationCostUsd, memoryRunStore } from "./index.ts";
import { NO_STATS } from "./recursion/envelope.ts";
import { itemsFrom, workingRun } from "./working-run.ts";

describe("the record of a run", () => {
  it("does without a result it has no room for; the outcome has it", async () => {
    const result = "x".repeat(999); // and two quotes: a byte too many
    const store = { ...memoryRunStore(), maxBytes: 4_000 };
    const run = workingRun({
      store,
      *run() {
        yield 1;
        return result;
      },
    });
    expect(await run.invoke({ upTo: 1 })).toMatchObject({ status: "done", result });
    expect(await store.get("run-1")).not.toHaveProperty("result");
    const short = workingRun({
      store,
      runId: () => "run-2",
      *run() {
        yield 1;
        return result.slice(1);
      },
    });
    await short.invoke({ upTo: 1 });
    expect(await store.get("run-2")).toHaveProperty("result");
  });

  it("counts what the run used: steps, time, and what it cost", async () => {
    const { follow, store, events } = workingRun();
    await follow({ upTo: 12 }, { memoryLimitInMB: "512" });
    const hops = events.filter(({ type }) => type === "hop.start").length;
    expect(hops).toBe(2);
    const expected = invocationCostUsd(ARM64_US_EAST_1, 512, 12_000) + ARM64_US_EAST_1.usdPerRequest;
    const { stats } = (await store.get("run-1"))!;
    expect(stats).toMatchObject({ steps: 12, usedMs: 12_000, stalledHops: 0 });
    expect(stats.costUsd).toBeCloseTo(expected, 12);
  });
});

it("a record begins with what the event of the first hop knows, should that attempt die", async () => {
  const stats = { ...NO_STATS, costUsd: 1, budget: { step: { mean: 2, dev: 1, peak: 4 } } };
  const run = workingRun({
    async onItem() {
      expect(await run.store.get("run-1")).toMatchObject({ attempts: 1, stats });
    },
  });
  expect(await run.follow({ upTo: 2, longhaul: { v: 1, run: "run-1", hop: 0, startedAt: 0, stats } })).toMatchObject({
    status: "done",
  });
  expect.assertions(3);
});

describe("a write whose outcome is not known", () => {
  it("of a checkpoint: the work goes on, and the observers hear of it", async () => {
    const run = workingRun({ checkpointEveryMs: 1_000 });
    const { checkpoint } = run.store;
    let failures = 0;
    Object.assign(run.store, {
      checkpoint: (write: Parameters<typeof checkpoint>[0]) =>
        ++failures <= 3 ? Promise.reject(new Error("store is down")) : checkpoint(write),
    });
    expect(await run.follow({ upTo: 6 })).toMatchObject({ status: "done" });
    expect(run.items).toEqual(itemsFrom(0, 6));
    expect(run.events.filter(({ type }) => type === "error")).toHaveLength(3);
    expect(run.events).toContainEqual(expect.objectContaining({ type: "checkpoint", isDurable: false }));
  });

  it.each(["lost before it was made", "lost after it was made"])(
    "of a hand-off, %s: the invocation fails and its retry goes on",
    async (when) => {
      const run = workingRun();
      const { handOff } = run.store;
      let isFirst = true;
      Object.assign(run.store, {
        async handOff(write: Parameters<typeof handOff>[0]) {
          if (!isFirst) return handOff(write);
          isFirst = false;
          if (when === "lost after it was made") await handOff(write);
          throw new Error("store is down");
        },
      });
      await expect(run.invoke({ upTo: 30 })).rejects.toThrow("store is down");
      expect(run.sent).toEqual([]);
      expect((await run.follow({ upTo: 30 })).status).toBe("done");
      expect(run.items).toEqual(itemsFrom(0, 30));
    },
  );

  it("of taking the lease: the observers hear of it, and the platform's retry finds the lease free or over", async () => {
    const run = workingRun();
    const { begin } = run.store;
    let isFirst = true;
    Object.assign(run.store, {
      begin(request: Parameters<typeof begin>[0]) {
        if (!isFirst) return begin(request);
        isFirst = false;
        return Promise.reject(new Error("store is down"));
      },
    });
    await expect(run.invoke({ upTo: 3 })).rejects.toThrow("store is down");
    expect(run.events).toMatchObject([{ type: "error", run: "run-1", hop: 0, message: "store is down" }]);
    expect((await run.follow({ upTo: 3 })).status).toBe("done");
  });
});
