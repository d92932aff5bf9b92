import { describe, expect, it } from "vitest";
import { type MemoryTokenTable, memoryTokenTable } from "../../test/memory-token-table.ts";
import { isRunning, type LoopEvent, newRow, runOf } from "../tokens/token-row.ts";
import { tokenRunStore } from "../tokens/token-run-store.ts";
import type { FleetParts } from "./reconcile-fleet.ts";
import { reconcileFleet, resizeFleet } from "./reconcile-fleet.ts";
import { grow, shrink, start, stop } from "./resize.ts";
import { restartLoops } from "./restart-loops.ts";

const queueUrl = "https://sqs.eu-central-1.amazonaws.com/123456789012/orders";
const limits = { minLoops: 1, maxLoops: 8, growBy: 1, cooldownMs: 0 };

interface World extends FleetParts {
  readonly table: MemoryTokenTable;
  readonly started: LoopEvent[];
  nowMs: number;
}

function world(pageSize?: number): World {
  let ids = 0;
  const started: LoopEvent[] = [];
  const made: World = {
    table: memoryTokenTable(pageSize),
    started,
    nowMs: 1_000_000,
    now: () => made.nowMs,
    newId: () => `id-${++ids}`,
    starter: {
      target: "loops",
      async start(event) {
        started.push(event);
        return true;
      },
    },
  };
  return made;
}

/** Puts a row of a loop that has not begun. */
const add = (parts: World, key: { queueUrl: string; token: string }, loopId: string, nowMs: number) =>
  parts.table.put(newRow(key, { loopId, target: "loops", nowMs }));
const errors: unknown[] = [];
const options = {
  staleAfterMs: 60_000,
  idleAfterMs: 900_000,
  depthOf: async () => 7,
  queues: [{ queueUrl, ...limits }],
  onError: (error: unknown) => void errors.push(error),
};
const begin = (parts: World, loops: number) =>
  resizeFleet(parts, queueUrl, 1, (fleet, writing) => start(fleet, loops, limits, writing));
const alarm = (second: number, alarmArn = "a") => ({ alarmArn, changedAt: new Date(second * 1_000).toISOString() });
const down = (parts: World, second: number, arn = "a") =>
  resizeFleet(parts, queueUrl, 1, (fleet, writing) => shrink(fleet, alarm(second, arn), limits, writing));
const up = (parts: World, second: number, arn = "a") =>
  resizeFleet(parts, queueUrl, 1, (fleet, writing) => grow(fleet, alarm(second, arn), limits, writing));

describe("[S4.4] restart", () => {
  it("starts a loop in the place of one that never was used, and of one that has gone silent", async () => {
    const parts = world();
    await begin(parts, 3);
    const [used, silent, unused] = parts.started;
    const claim = async (event: LoopEvent | undefined, nowMs: number) => {
      const what = { startedAtMs: nowMs, target: "loops", event: "{}", skewMs: 0 };
      const run = runOf(event as LoopEvent);
      const begin = { run, hop: 0, owner: "o", nowMs, leaseUntilMs: nowMs + 30_000, ...what };
      expect(await tokenRunStore(parts.table).begin(begin)).toMatchObject({ ok: true });
    };
    await claim(silent, parts.nowMs + 1_000);
    parts.nowMs += 61_001;
    await claim(used, parts.nowMs - 5_000);
    parts.started.length = 0;
    const report = await restartLoops(parts, options);
    expect(report).toMatchObject({ stale: 2, restarted: 2, corrected: 0, failedStarts: 0 });
    expect(parts.started.map(({ token }) => token).sort()).toEqual([silent?.token, unused?.token].sort());
    expect(await restartLoops(parts, options)).toMatchObject({ stale: 0 });
  });

  it("run twice at once starts one loop for each silent token", async () => {
    const parts = world();
    await begin(parts, 6);
    parts.started.length = 0;
    parts.nowMs += 61_000;
    const reports = await Promise.all([restartLoops(parts, options), restartLoops(parts, options)]);
    expect(reports.map(({ restarted }) => restarted).reduce((a, b) => a + b)).toBe(6);
    expect(new Set(parts.started.map(({ token }) => token)).size).toBe(6);
  });

  it("finds each stale one of 10,000 tokens, over several pages", async () => {
    const parts = world(1_700);
    const stale: string[] = [];
    for (let at = 0; at < 10_000; at++) {
      const token = `t${at}`;
      const isStale = at % 37 === 5;
      await add(parts, { queueUrl, token }, `l${at}`, isStale ? 0 : parts.nowMs);
      if (isStale) stale.push(token);
    }
    const report = await restartLoops(parts, options);
    expect(report).toMatchObject({ scanned: 10_000, stale: stale.length, restarted: stale.length });
    expect(parts.started.map(({ token }) => token).sort()).toEqual(stale.sort());
  });

  it("adds tokens that a function died before adding, and ends those it died before ending", async () => {
    const parts = world();
    await begin(parts, 3);
    const fleet = parts.table.fleets.get(queueUrl);
    if (!fleet) throw new Error("no fleet");
    parts.table.fleets.set(queueUrl, { ...fleet, desired: 5, version: 2 });
    expect(await restartLoops(parts, options)).toMatchObject({ corrected: 2 });
    expect(parts.table.running(queueUrl)).toHaveLength(5);
    parts.table.fleets.set(queueUrl, { ...fleet, desired: 1, version: 3 });
    expect(await restartLoops(parts, options)).toMatchObject({ corrected: 4 });
    expect(parts.table.running(queueUrl)).toHaveLength(1);
  });

  it("continues with the rest if one row cannot be written", async () => {
    const parts = world();
    await begin(parts, 3);
    const [first] = parts.started;
    parts.nowMs += 61_000;
    const table: MemoryTokenTable = {
      ...parts.table,
      put: (row) => (row.token === first?.token ? Promise.reject(new Error("throttled")) : parts.table.put(row)),
    };
    expect(await restartLoops({ ...parts, table }, options)).toMatchObject({ stale: 3, restarted: 2 });
    expect(errors).toHaveLength(1);
  });

  it("leaves the loops of queues alone that the settings do not name, and says so", async () => {
    const parts = world();
    await add(parts, { queueUrl: "other", token: "t" }, "l", 0);
    expect(await restartLoops(parts, options)).toMatchObject({ restarted: 0, unknownQueues: ["other"] });
  });

  it("brings a fleet back to its minimum whose queue has been empty for long, whatever alarms have said", async () => {
    const parts = world();
    await begin(parts, 3);
    const sweepAfter = (ms: number, depth: number) => {
      parts.nowMs += ms;
      return restartLoops(parts, { ...options, staleAfterMs: 9_999_999, depthOf: async () => depth });
    };
    await sweepAfter(60_000, 0);
    await sweepAfter(600_000, 5);
    await sweepAfter(60_000, 0);
    expect(await sweepAfter(899_999, 0)).toMatchObject({ corrected: 0 });
    expect(await sweepAfter(1, 0)).toMatchObject({ corrected: 2 });
    expect(parts.table.running(queueUrl)).toHaveLength(1);
  });

  it("revives no loop of a queue that does not exist, ends its tokens, and says so", async () => {
    const parts = world();
    await begin(parts, 3);
    parts.started.length = 0;
    parts.nowMs += 61_000;
    const gone = { ...options, depthOf: async () => "missing" as const };
    expect(await restartLoops(parts, gone)).toMatchObject({ restarted: 0, corrected: 3, missingQueues: [queueUrl] });
    expect(parts.table.running(queueUrl)).toEqual([]);
    expect(await restartLoops(parts, gone)).toMatchObject({ restarted: 0, corrected: 0, missingQueues: [queueUrl] });
    expect(parts.started).toEqual([]);
    expect(await restartLoops(parts, options)).toMatchObject({ corrected: 1, missingQueues: [] });
    expect(parts.started).toHaveLength(1);
  });

  it("restarts loops also while SQS does not answer", async () => {
    const parts = world();
    await begin(parts, 3);
    parts.nowMs += 61_000;
    const silent = { ...options, depthOf: () => Promise.reject(new Error("silent")) };
    expect(await restartLoops(parts, silent)).toMatchObject({ stale: 3, restarted: 3, missingQueues: [] });
    expect(parts.table.fleets.get(queueUrl)).toMatchObject({ desired: 3, missingSinceMs: 0 });
  });

  it("starts nothing of a fleet that was stopped", async () => {
    const parts = world();
    await begin(parts, 3);
    await resizeFleet(parts, queueUrl, 1, stop);
    parts.nowMs += 999_999;
    expect(await restartLoops(parts, options)).toMatchObject({ stale: 0, restarted: 0, corrected: 0 });
    expect(parts.table.running(queueUrl)).toHaveLength(0);
  });
});

describe("[S4.6] scaling", () => {
  it("two scale-downs at once on two tokens leave one", async () => {
    for (const arns of [
      ["a", "b"],
      ["a", "a"],
    ]) {
      const parts = world();
      await begin(parts, 2);
      await Promise.all(arns.map((arn, at) => down(parts, at, arn)));
      expect(parts.table.running(queueUrl)).toHaveLength(1);
    }
  });

  it("adds a token and starts its loop, once for each change of an alarm", async () => {
    const parts = world();
    await begin(parts, 1);
    await Promise.all([up(parts, 5), up(parts, 5), up(parts, 5)]);
    expect(parts.table.running(queueUrl)).toHaveLength(2);
    expect(parts.started).toHaveLength(2);
  });

  it("by each of several alarms at once", async () => {
    const parts = world();
    await begin(parts, 1);
    await Promise.all(["a", "b", "c"].map((arn) => up(parts, 5, arn)));
    expect(parts.table.fleets.get(queueUrl)).toMatchObject({ desired: 4, brought: { a: 1, b: 1, c: 1 } });
    expect(parts.table.running(queueUrl)).toHaveLength(4);
    expect(parts.started).toHaveLength(4);
  });

  it("by two alarms at once, one of them slow, does not go beyond the maximum", async () => {
    const parts = world();
    await begin(parts, limits.maxLoops - 3);
    let go = () => {};
    const gate = new Promise<void>((resolve) => {
      go = resolve;
    });
    // Has read the tokens, and has not added its own yet when the other reads them.
    const slow: MemoryTokenTable = {
      ...parts.table,
      put: async (row) => {
        await gate;
        return parts.table.put(row);
      },
    };
    const first = up({ ...parts, table: slow }, 5, "a");
    await new Promise((resolve) => setImmediate(resolve));
    await up(parts, 5, "b");
    await up(parts, 5, "c");
    expect(parts.table.running(queueUrl)).toHaveLength(limits.maxLoops);
    go();
    await first;
    expect(parts.table.running(queueUrl)).toHaveLength(limits.maxLoops);
    expect(parts.started).toHaveLength(limits.maxLoops);
  });

  it("looks again at what others changed meanwhile", async () => {
    const parts = world();
    await begin(parts, 4);
    let ends = 0;
    const table: MemoryTokenTable = {
      ...parts.table,
      put: async (row) => {
        // Another alarm's end, whose function sees the tokens as they were before.
        if (!isRunning(row) && ends++ === 0) {
          const fleet = parts.table.fleets.get(queueUrl);
          if (fleet) parts.table.fleets.set(queueUrl, { ...fleet, desired: 2, version: fleet.version + 1 });
        }
        return parts.table.put(row);
      },
    };
    await down({ ...parts, table }, 5);
    expect(parts.table.running(queueUrl)).toHaveLength(2);
  });

  it("finished by the second delivery if the first died half-way", async () => {
    const parts = world();
    await begin(parts, 1);
    const dying = { ...parts.table, put: () => Promise.reject(new Error("killed")) };
    await expect(up({ ...parts, table: dying }, 5)).rejects.toThrow("killed");
    expect(parts.table.running(queueUrl)).toHaveLength(1);
    expect(await up(parts, 5)).toMatchObject({ ignored: "repeated", added: 1 });
    expect(parts.table.running(queueUrl)).toHaveLength(2);
  });

  it("leaves a loop that could not be started to restart", async () => {
    const parts = world();
    const report = await begin({ ...parts, starter: { target: "loops", start: async () => false } }, 2);
    expect(report).toMatchObject({ added: 2, failedStarts: 2 });
    parts.nowMs += 61_000;
    await restartLoops(parts, options);
    expect(parts.started).toHaveLength(2);
  });

  it("does nothing for a queue that nobody started", async () => {
    expect(await reconcileFleet(world(), queueUrl, 1)).toMatchObject({ desired: 0, added: 0, removed: 0 });
  });
});
