import { describe, expect, it } from "vitest";
import { itemsFrom, workingRun } from "../../test/working-run.ts";
import { eventOfRecord } from "../recursion/event-of-record.ts";
import { resume } from "./resume.ts";

describe("a run that a limit ended goes on by a higher one", () => {
  it.each([
    { guards: { maxHops: 2 }, code: "MAX_HOPS", limits: { maxHops: 100 } },
    { guards: { maxDurationMs: 12_000 }, code: "MAX_DURATION", limits: { maxDurationMs: 10_000_000 } },
    { guards: { maxCostUsd: 0.00025 }, code: "MAX_COST", limits: { maxCostUsd: Number.POSITIVE_INFINITY } },
  ])("$code", async ({ guards, code, limits }) => {
    const run = workingRun({ guards, time: { checkpointEveryMs: 3_000 } });
    expect(await run.follow({ upTo: 60 })).toMatchObject({ status: "stopped", reason: { code } });
    const stoppedAt = run.items.length;
    const { store, host, sent } = run;
    const driver = {
      name: "test",
      maxBytes: 1e6,
      send: async (message: (typeof sent)[number]) => void sent.push(message),
    };
    const record = await host.until(resume({ run: "run-1", store, driver, limits, host }));
    expect(record).toMatchObject({ phase: "handed-off", limits: expect.anything() });
    // It sends the event itself.
    expect(sent).toHaveLength(1);
    expect(await run.follow(sent.shift()!.event)).toMatchObject({ status: "done" });
    expect(run.items).toEqual(itemsFrom(0, 60));
    expect(stoppedAt).toBeLessThan(60);
  });

  it("and ends again at once without one", async () => {
    const run = workingRun({ guards: { maxHops: 2 } });
    await run.follow({ upTo: 60 });
    const record = await run.store.resume("run-1", run.host.nowMs);
    const again = await run.invoke(eventOfRecord(record!).event);
    expect(again).toMatchObject({ status: "stopped", reason: { code: "MAX_HOPS" } });
  });
});

describe("resume", () => {
  const parts = ({ store, host, sent }: ReturnType<typeof workingRun>) => ({
    run: "run-1",
    store,
    host,
    driver: { name: "test", maxBytes: 1e6, send: async (message: (typeof sent)[number]) => void sent.push(message) },
  });

  it.each<[string, object, string]>([
    ["that the run has reached", { maxHops: 2 }, "run-1 is at 2 already"],
    ["that is none", { maxHops: 0 }, "limits.maxHops must be a number above 0"],
    ["that nobody knows", { maxAttempts: 5 }, 'There is no limit "maxAttempts"'],
  ])("refuses a limit %s", async (_, limits, message) => {
    const run = workingRun({ guards: { maxHops: 2 } });
    await run.follow({ upTo: 60 });
    await expect(run.host.until(resume({ ...parts(run), limits }))).rejects.toThrow(message);
    expect(await run.store.get("run-1")).toMatchObject({ phase: "stopped" });
  });

  it("answers with nothing, and sends nothing, for a run that is done or is none", async () => {
    const run = workingRun();
    await run.follow({ upTo: 3 });
    expect(await run.host.until(resume(parts(run)))).toBeUndefined();
    expect(await run.host.until(resume({ ...parts(run), run: "another" }))).toBeUndefined();
    expect(run.sent).toEqual([]);
  });

  it("its event is sent, also if the answer of the store was lost", async () => {
    const run = workingRun({ guards: { maxHops: 2 } });
    await run.follow({ upTo: 60 });
    let calls = 0;
    const store: typeof run.store = {
      ...run.store,
      async resume(...given) {
        const record = await run.store.resume(...given);
        if (++calls === 1) throw Object.assign(new Error("ECONNRESET"), { code: "ECONNRESET" });
        return record;
      },
    };
    const record = await run.host.until(resume({ ...parts(run), store, limits: { maxHops: 100 } }));
    expect(calls).toBe(2);
    expect(record).toMatchObject({ phase: "handed-off" });
    expect(run.sent).toHaveLength(1);
  });

  it("leaves the run to the sweeper where the event cannot be sent", async () => {
    const run = workingRun({ guards: { maxHops: 2 } });
    await run.follow({ upTo: 60 });
    const driver = { name: "test", maxBytes: 1e6, send: () => new Promise<void>(() => {}) };
    const resuming = resume({ ...parts(run), driver, limits: { maxHops: 100 } });
    await expect(run.host.until(resuming)).rejects.toMatchObject({ code: "HAND_OFF" });
    expect(await run.store.get("run-1")).toMatchObject({ phase: "handed-off", dueAtMs: expect.any(Number) });
  });
});
