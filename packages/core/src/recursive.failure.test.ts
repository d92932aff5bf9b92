import { describe, expect, it } from "vitest";
import { faultyStore } from "../test/faulty-store.ts";
import { invocation, manualHost } from "../test/manual-host.ts";
import { itemsFrom, workingRun } from "../test/working-run.ts";
import { callerDriver, FailRunError, memoryRunStore, type Outcome, recursive } from "./index.ts";
import type { HandOffMessage } from "./parts.ts";

const noOrder = () => new FailRunError("There is no order 7.", { code: "NO_ORDER", cause: new Error("404") });

describe("an error that trying again cannot help ends the run at once", () => {
  it("thrown by the work: its code and message are in the record, nothing is done again", async () => {
    const run = workingRun({
      onItem(item) {
        if (item === 3) throw noOrder();
      },
    });
    const reason = { code: "NO_ORDER", message: "There is no order 7." };
    expect(await run.invoke({ upTo: 6 })).toMatchObject({ status: "failed", message: reason.message, reason });
    expect(await run.store.get("run-1")).toMatchObject({ phase: "failed", reason, state: '{"value":3}' });
    expect(run.events.at(-1)).toMatchObject({ type: "stopped", phase: "failed", ...reason });
    // The platform's duplicate, or a message that comes again, hears how it ended.
    expect(await run.invoke({ upTo: 6 })).toMatchObject({
      status: "duplicate",
      refusal: "over",
      phase: "failed",
      reason,
    });
    expect(run.items).toEqual(itemsFrom(0, 3));
    expect(run.sent).toEqual([]);
  });

  it.each<[string, Parameters<typeof workingRun>[0], string]>([
    ["by start()", { start: () => Promise.reject(noOrder()) }, "NO_ORDER"],
    ["without a code", { start: () => Promise.reject(new FailRunError("no")) }, "RUN_FAILED"],
    [
      "as a state that cannot be stored",
      {
        *run() {
          yield { at: new Date(0) } as never;
          yield 2;
          return "";
        },
      },
      "STATE",
    ],
    [
      "as a state that the schema refuses",
      {
        state: {
          schema: {
            "~standard": {
              version: 1,
              vendor: "test",
              validate: () => ({ issues: [{ message: "must be a position" }] }),
            },
          },
        },
      },
      "STATE",
    ],
  ])("%s", async (_, options, code) => {
    const run = workingRun(options);
    expect(await run.invoke({ upTo: 3, ...(code === "STATE" && { position: 0 }) })).toMatchObject({
      status: "failed",
      reason: { code },
    });
    expect(await run.store.get("run-1")).toMatchObject({ phase: "failed", reason: { code } });
    expect(run.items).toEqual([]);
  });

  it("and runs the work's finally blocks", async () => {
    const log: string[] = [];
    const run = workingRun({
      *run() {
        try {
          yield new Map() as never;
          yield 2;
        } finally {
          log.push("closed");
        }
        return "";
      },
    });
    expect(await run.invoke({ upTo: 3 })).toMatchObject({ status: "failed" });
    expect(log).toEqual(["closed"]);
  });

  it("and it can be resumed once the cause is mended", async () => {
    let isThere = false;
    const run = workingRun({
      onItem(item) {
        if (item === 3 && !isThere) throw noOrder();
      },
    });
    await run.invoke({ upTo: 6 });
    isThere = true;
    const { hop } = (await run.store.resume("run-1", run.host.nowMs))!;
    const longhaul = { v: 1, run: "run-1", hop, startedAt: 0 };
    expect(await run.follow({ upTo: 6, longhaul })).toMatchObject({ status: "done" });
    expect(run.items).toEqual(itemsFrom(0, 6));
  });

  it("but where the record cannot be told, the invocation fails with it, so that the event is kept", async () => {
    const store = faultyStore(memoryRunStore(), (name) => (name === "finish" ? new Error("down") : undefined));
    const run = workingRun({ store, start: () => Promise.reject(noOrder()) });
    await expect(run.invoke({ upTo: 3 })).rejects.toMatchObject({ code: "NO_ORDER" });
    expect(run.events.filter(({ type }) => type === "error")).toMatchObject([
      { code: "NO_ORDER" },
      { message: "down" },
    ]);
  });

  it("any other error is retried, as it may pass", async () => {
    const run = workingRun({
      onItem(item, { run: { attempt } }) {
        if (item === 3 && attempt === 1) throw new Error("boom");
      },
    });
    await expect(run.invoke({ upTo: 6 })).rejects.toThrow("boom");
    expect(await run.store.get("run-1")).toMatchObject({
      phase: "handed-off",
      lastError: { code: "Error", message: "boom" },
    });
    expect(await run.invoke({ upTo: 6 })).toMatchObject({ status: "done" });
    expect(await run.store.get("run-1")).not.toHaveProperty("lastError");
  });

  it("a long message is cut, so that the record has room for it", async () => {
    const run = workingRun({
      start: () => Promise.reject(new FailRunError("m".repeat(5_000), { code: "C".repeat(500) })),
    });
    await run.invoke({ upTo: 3 });
    const { reason } = (await run.store.get("run-1"))!;
    expect(reason).toEqual({ code: "C".repeat(100), message: "m".repeat(1_000), name: "FailRunError" });
  });
});

describe("where an invocation that fails brings its event to a dead letter, a run that failed fails it", () => {
  const failing = () => {
    const sent: HandOffMessage[] = [];
    return workingRun({
      driver: { name: "test", maxBytes: 1e6, hasDeadLetter: true, send: async (message) => void sent.push(message) },
      onItem(item) {
        if (item === 3) throw noOrder();
      },
    });
  };

  it("with the error itself; the platform's retries find the record, repeat nothing and fail with its reason", async () => {
    const run = failing();
    await expect(run.invoke({ upTo: 6 })).rejects.toBeInstanceOf(FailRunError);
    expect(await run.store.get("run-1")).toMatchObject({ phase: "failed", reason: { code: "NO_ORDER" } });
    expect(run.events.map(({ type }) => type)).toEqual(["hop.start", "error", "stopped"]);
    for (let retry = 0; retry < 2; retry++) {
      await expect(run.invoke({ upTo: 6 })).rejects.toMatchObject({
        name: "FailRunError",
        code: "NO_ORDER",
        message: "Run run-1 failed: There is no order 7.",
      });
    }
    expect(run.items).toEqual(itemsFrom(0, 3));
  });

  it("also where it failed too often", async () => {
    const run = workingRun({
      driver: { name: "test", maxBytes: 1e6, hasDeadLetter: true, send: async () => {} },
      guards: { maxAttempts: 2 },
      start: () => Promise.reject(new Error("boom")),
    });
    for (let attempt = 0; attempt < 2; attempt++) await expect(run.invoke({ upTo: 6 })).rejects.toThrow("boom");
    await expect(run.invoke({ upTo: 6 })).rejects.toMatchObject({
      code: "MAX_ATTEMPTS",
      message: expect.stringContaining("The last error: Error: boom"),
    });
  });

  it("unless who calls the handler acts on its outcome", async () => {
    const run = failing();
    const asked = { readsOutcome: true };
    expect(await run.invoke({ upTo: 6 }, asked)).toMatchObject({ status: "failed" });
    expect(await run.invoke({ upTo: 6 }, asked)).toMatchObject({ status: "duplicate", phase: "failed" });
  });

  it("and a late duplicate of an earlier hop's event is a duplicate, and no failure", async () => {
    const run = workingRun({
      driver: { name: "test", maxBytes: 1e6, hasDeadLetter: true, send: async (message) => void sent.push(message) },
      onItem(item) {
        if (item === 12) throw noOrder();
      },
    });
    const sent: HandOffMessage[] = [];
    await run.invoke({ upTo: 20 });
    await expect(run.invoke(sent[0]!.event)).rejects.toMatchObject({ code: "NO_ORDER" });
    expect(await run.invoke({ upTo: 20 })).toMatchObject({ status: "duplicate", refusal: "over" });
  });
});

describe("without a store nothing keeps the platform from trying again", () => {
  const failing = (cause = noOrder()) => {
    const run = workingRun({
      store: undefined,
      onItem(item) {
        if (item === 3) throw cause;
      },
    });
    return run;
  };

  it("but in the same container the retry of the same event fails at once, and does no work again", async () => {
    const run = failing();
    for (let retry = 0; retry < 3; retry++)
      await expect(run.invoke({ upTo: 6 })).rejects.toMatchObject({ code: "NO_ORDER" });
    expect(run.items).toEqual(itemsFrom(0, 3));
    expect(run.events.filter(({ type }) => type === "error")).toHaveLength(3);
  });

  it("another event, or an error that may pass, is not taken for it", async () => {
    const run = failing();
    await expect(run.invoke({ upTo: 6 })).rejects.toMatchObject({ code: "NO_ORDER" });
    expect(await run.invoke({ upTo: 2 }, { awsRequestId: "another" })).toMatchObject({ status: "done" });
    const passing = failing(new Error("boom") as FailRunError);
    await expect(passing.invoke({ upTo: 6 })).rejects.toThrow("boom");
    await expect(passing.invoke({ upTo: 6 })).rejects.toThrow("boom");
    expect(passing.items).toHaveLength(6);
  });

  it("and a caller that invokes again itself is told, and does not", async () => {
    const run = workingRun({ store: undefined, driver: callerDriver(), start: () => Promise.reject(noOrder()) });
    expect(await run.invoke({ upTo: 6 })).toMatchObject({ status: "failed", reason: { code: "NO_ORDER" } });
  });
});

describe("a result is the same with a store and without", () => {
  const returning = async (result: unknown, withStore: boolean): Promise<Outcome> => {
    const host = manualHost();
    const handler = recursive<object, number, unknown>({
      advanced: { host },
      ...(withStore && { store: memoryRunStore() }),
      driver: callerDriver(),
      start: () => 0,
      *run() {
        yield 1;
        return result;
      },
    });
    return handler({}, invocation(host, 10_000));
  };
  class Money {
    readonly cents = 7;
    toJSON() {
      return { cents: this.cents, at: new Date(0) };
    }
  }

  it.each<[string, unknown, unknown]>([
    ["a Date, as JSON has it", { at: new Date(0) }, { at: "1970-01-01T00:00:00.000Z" }],
    ["what says itself how it is written", [new Money()], [{ cents: 7, at: "1970-01-01T00:00:00.000Z" }]],
    ["nothing", undefined, undefined],
    ["null", null, null],
    ["what is left out", { a: undefined, b: 1 }, { b: 1 }],
  ])("%s", async (_, result, expected) => {
    for (const withStore of [true, false]) {
      expect(await returning(result, withStore)).toMatchObject({ status: "done" });
      expect(((await returning(result, withStore)) as { result: unknown }).result).toEqual(expected);
    }
  });

  it.each<[string, unknown, string]>([
    ["a Map", { seen: new Map() }, "result.seen: a Map would not survive JSON"],
    ["NaN", [Number.NaN], "result[0]: NaN is not a JSON number"],
    ["a bigint", 7n, "result: a bigint cannot travel as JSON"],
    ["a circle", circular(), "result.itself: the object contains itself"],
  ])("%s is refused by its path", async (_, result, message) => {
    for (const withStore of [true, false]) {
      const outcome = await returning(result, withStore);
      expect(outcome).toMatchObject({
        status: "failed",
        reason: { code: "STATE", message: expect.stringContaining(message) },
      });
    }
  });
});

function circular(): object {
  const circle: { itself?: object } = {};
  circle.itself = circle;
  return circle;
}
