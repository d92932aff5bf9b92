import { describe, expect, it } from "vitest";
import { itemsFrom, workingRun } from "../test/working-run.ts";
import type { InvocationContext, Observer, RunEvent } from "./index.ts";

describe("observers", () => {
  it("see a run from its start to its end, in order", async () => {
    const { follow, events } = workingRun({
      time: { checkpointEveryMs: 4_000 },
      onItem: (item, context) => context.progress({ items: item + 1 }),
    });
    await follow({ upTo: 12 });
    expect(events.map(({ type, hop }) => `${hop} ${type}`)).toEqual([
      "0 hop.start",
      "0 checkpoint",
      "0 handoff",
      "1 hop.start",
      "1 checkpoint",
      "1 done",
    ]);
    expect(events[1]).toMatchObject({ isDurable: true, steps: 4 });
    expect(events.at(-1)).toMatchObject({
      run: "run-1",
      steps: expect.any(Number),
      progress: { items: 12 },
      costUsd: expect.any(Number),
    });
  });

  it("get a step event only if they want it", async () => {
    const steps: number[] = [];
    const { follow } = workingRun({
      observers: [{ wantsSteps: true, observe: (event) => event.type === "step" && void steps.push(event.steps) }],
    });
    await follow({ upTo: 3 });
    expect(steps).toEqual([1, 2, 3]);
  });

  // A rejection that nobody handles would fail the test run, as it would end a function's process.
  it.each<[string, (event: RunEvent) => unknown]>([
    ["that throw", () => throwing()],
    ["that reject", async () => throwing()],
    ["that never answer", () => new Promise(() => {})],
    // biome-ignore lint/suspicious/noThenProperty: an odd thenable is what an observer may answer with
    ["that answer with something odd", () => Object.fromEntries([["then", throwing]])],
    [
      "that change what they are told",
      (event) => {
        Object.assign(event, { run: "another", steps: -1 });
        Object.assign(event.progress, { items: -1 });
      },
    ],
  ])("%s touch nothing", async (_, observe) => {
    const { follow, items, events } = workingRun(
      {
        time: { checkpointEveryMs: 1_000 },
        onItem: (item, context) => context.progress({ items: item + 1 }),
      },
      (witness) => [{ observe, wantsSteps: true } as Observer, witness],
    );
    expect(await follow({ upTo: 20 })).toMatchObject({ status: "done", run: "run-1" });
    expect(items).toEqual(itemsFrom(0, 20));
    expect(events.at(-1)).toMatchObject({ type: "done", run: "run-1", progress: { items: 20 } });
  });
});

function throwing(): never {
  throw new Error("full disk");
}

describe("what comes in from outside", () => {
  it.each([null, [], "text", 7])("an event that is no object is refused: %j", async (event) => {
    const { invoke } = workingRun();
    await expect(invoke(event as unknown as object)).rejects.toMatchObject({ code: "EVENT" });
  });

  it.each(["", 7 as unknown as string, "x".repeat(2_049), "🚀".repeat(600)])(
    "a run id that is none is refused: %j",
    async (id) => {
      const { invoke } = workingRun({ runId: () => id });
      await expect(invoke({ upTo: 1 })).rejects.toMatchObject({ code: "EVENT" });
    },
  );

  it("is frozen and stays so", async () => {
    const { invoke, sent } = workingRun();
    await invoke(Object.freeze({ upTo: 40, nested: Object.freeze({ a: 1 }) }));
    expect(sent[0]!.event).toMatchObject({ upTo: 40, nested: { a: 1 } });
  });

  it("and a context of any shape that Lambda's fits", async () => {
    const memory: Partial<InvocationContext> = { memoryLimitInMB: 512 };
    expect(await workingRun().invoke({ upTo: 2 }, memory)).toMatchObject({ status: "done" });
  });
});
