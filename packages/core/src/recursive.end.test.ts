import { describe, expect, it } from "vitest";
import { workingRun } from "../test/working-run.ts";
import { resume, runClient, sweep } from "./client.ts";
import { FailRunError } from "./index.ts";
import type { HandOffMessage, RunEnd } from "./parts.ts";
import { sleepFor } from "./sleep.ts";

type Told = RunEnd<{ readonly upTo: number }, string>;

/** A run whose function is told of its end; so many times it cannot take it. */
function toldRun(options: Parameters<typeof workingRun>[0] = {}, failures = 0) {
  const told: [end: Told, state: number | undefined, phase: string | undefined][] = [];
  let left = failures;
  const run: ReturnType<typeof workingRun> = workingRun({
    time: { checkpointEveryMs: 1 },
    ...options,
    async onEnd(end, state) {
      told.push([end, state, (await run.store.get("run-1"))?.phase]);
      if (left-- > 0) throw new Error("no connection");
    },
  });
  const driver = { name: "test", maxBytes: 1e6, send: async (message: HandOffMessage) => void run.sent.push(message) };
  const sweepOnce = () => sweep({ store: run.store, driver, host: run.host });
  return { ...run, told, driver, sweepOnce };
}

describe("onEnd is told of a run's end, after its record says so", () => {
  it("when it is done, with its result", async () => {
    const { follow, told, store } = toldRun();
    expect(await follow({ upTo: 12 })).toMatchObject({ status: "done" });
    const end = { run: "run-1", status: "done", event: { upTo: 12 }, result: "all of it" };
    expect(told).toEqual([[end, expect.any(Number), "done"]]);
    expect(await store.get("run-1")).toMatchObject({ phase: "done", atEnd: "told" });
  });

  it("when it fails, with the reason and the last saved state", async () => {
    const { invoke, told } = toldRun({
      onItem(item) {
        if (item === 2) throw new FailRunError("There is no item 2.", { code: "NO_ITEM" });
      },
    });
    expect(await invoke({ upTo: 12 })).toMatchObject({ status: "failed" });
    expect(told).toEqual([
      [
        expect.objectContaining({ status: "failed", reason: expect.objectContaining({ code: "NO_ITEM" }) }),
        2,
        "failed",
      ],
    ]);
  });

  it("when it is stopped, but not when it is paused", async () => {
    const { invoke, told, store, host, driver, sent } = toldRun();
    await invoke({ upTo: 30 });
    await store.request("run-1", "pause", host.nowMs);
    expect(await invoke(sent.shift()?.event ?? {})).toMatchObject({ status: "paused" });
    expect(told).toEqual([]);
    await resume({ run: "run-1", store, driver, host });
    await store.request("run-1", "stop", host.nowMs);
    expect(await invoke(sent.shift()?.event ?? {})).toMatchObject({ status: "stopped" });
    expect(told).toMatchObject([
      [{ status: "stopped", reason: { code: "STOP_REQUESTED" } }, expect.any(Number), "stopped"],
    ]);
  });

  it("again when it is resumed and ends again", async () => {
    const { invoke, follow, told, store, host, driver, sent } = toldRun();
    await invoke({ upTo: 12 });
    await store.request("run-1", "stop", host.nowMs);
    await invoke(sent.shift()?.event ?? {});
    await resume({ run: "run-1", store, driver, host });
    await follow(sent.shift()?.event ?? {});
    expect(told.map(([{ status }]) => status)).toEqual(["stopped", "done"]);
  });

  it("by the next sweep, when a sleeper was stopped", async () => {
    const { invoke, told, store, host, driver, sent, sweepOnce } = toldRun({
      async *run() {
        yield sleepFor(3_600_000, 7);
        return "all of it";
      },
    });
    await invoke({ upTo: 1 });
    await runClient({ store, driver, host }).stop("run-1");
    host.advance(60_001);
    expect(await sweepOnce()).toMatchObject({ sent: 1 });
    expect(await invoke(sent.shift()?.event ?? {})).toMatchObject({ status: "duplicate", refusal: "over" });
    expect(told).toMatchObject([[{ status: "stopped" }, 7, "stopped"]]);
    host.advance(600_000);
    expect(await sweepOnce()).toMatchObject({ due: 0 });
  });
});

describe("onEnd that throws is called again", () => {
  it("by the next sweeps, until it returns; the run has ended all the same", async () => {
    const { follow, invoke, told, host, sent, sweepOnce, events } = toldRun({}, 2);
    expect(await follow({ upTo: 3 })).toMatchObject({ status: "done", result: "all of it" });
    expect(events).toContainEqual(expect.objectContaining({ type: "error", message: "no connection" }));
    for (let sweeps = 1; sweeps <= 2; sweeps++) {
      host.advance(sweeps * 60_001 + 60_001);
      expect(await sweepOnce()).toMatchObject({ sent: 1 });
      expect(await invoke(sent.shift()?.event ?? {})).toMatchObject({ status: "duplicate" });
    }
    expect(told).toHaveLength(3);
    host.advance(3_600_000);
    expect(await sweepOnce()).toMatchObject({ due: 0 });
  });

  it("and no more once a deployment has no onEnd", async () => {
    const first = toldRun({}, 1);
    await first.follow({ upTo: 3 });
    first.host.advance(60_001);
    await first.sweepOnce();
    const second = workingRun({ store: first.store, advanced: { host: first.host } });
    expect(await second.invoke(first.sent.shift()?.event ?? {})).toMatchObject({ status: "duplicate" });
    expect(await first.store.get("run-1")).toMatchObject({ atEnd: "told" });
    expect(await first.store.get("run-1")).not.toHaveProperty("dueAtMs");
  });
});

it("onEnd needs a store", () => {
  expect(() => toldRun({ store: undefined })).toThrow("onEnd needs a store");
});
