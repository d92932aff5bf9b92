import { describe, expect, it } from "vitest";
import type { FleetRow } from "./fleet-row.ts";
import { type FleetLimits, grow, type Resize, shrink, start, stop, sweep } from "./resize.ts";

const limits: FleetLimits = { minLoops: 1, maxLoops: 4, growBy: 2, cooldownMs: 60_000 };
const writing = (nowMs = 100_000) => ({ queueUrl: "q", nowMs });
const alarm = (second = 0, alarmArn = "a") => ({ alarmArn, changedAt: new Date(second * 1_000).toISOString() });
const rowOf = (resize: Resize): FleetRow => {
  if ("row" in resize) return resize.row;
  throw new Error(resize.ignored);
};
const two = rowOf(start(undefined, 2, limits, writing(0)));

describe("[S4.6] an alarm makes a fleet larger", () => {
  it("from its minimum if nobody started it", () => {
    expect(grow(undefined, alarm(), limits, writing())).toMatchObject({ row: { desired: 3, version: 1 } });
  });
  it("never beyond its maximum", () => {
    const full = rowOf(grow(rowOf(start(undefined, 3, limits, writing(0))), alarm(), limits, writing()));
    expect(full.desired).toBe(4);
    expect(grow(full, alarm(9, "b"), limits, writing(999_999))).toMatchObject({
      ignored: "at-maximum",
      row: { desired: 4 },
    });
  });
  it("not again by the same alarm before that has cooled down; others of a burst are not kept waiting", () => {
    const grown = rowOf(grow(undefined, alarm(), limits, writing(100_000)));
    expect(grow(grown, alarm(1), limits, writing(159_999))).toMatchObject({
      ignored: "cool-down",
      row: { desired: 3 },
    });
    expect(grow(grown, alarm(1), limits, writing(160_000))).toMatchObject({ row: { desired: 4 } });
    expect(grow(grown, alarm(0, "b"), limits, writing(100_001))).toMatchObject({ row: { desired: 4 } });
  });
  it("once for each change, however often that is delivered, and whatever of it comes late", () => {
    const grown = rowOf(grow(two, alarm(5), { ...limits, growBy: 1 }, writing()));
    for (const second of [5, 4]) {
      expect(grow(grown, alarm(second), limits, writing(999_999))).toEqual({ ignored: "repeated" });
      expect(shrink(grown, alarm(second), limits, writing(999_999))).toEqual({ ignored: "repeated" });
    }
  });
});

describe("[S4.6] an alarm that is over makes it smaller", () => {
  it("by what it had brought, never below the minimum", () => {
    const four = { ...two, desired: 4 };
    expect(shrink(four, alarm(), limits, writing())).toMatchObject({ row: { desired: 2 } });
    expect(shrink(two, alarm(), limits, writing())).toMatchObject({ row: { desired: 1 } });
    const one = { ...two, desired: 1 };
    expect(shrink(one, alarm(), limits, writing())).toMatchObject({ ignored: "at-minimum", row: { desired: 1 } });
    expect(shrink(undefined, alarm(), limits, writing())).toEqual({ ignored: "at-minimum" });
  });
});

describe("[S4.6] of several alarms each takes back what it brought", () => {
  const quick = { ...limits, growBy: 1, maxLoops: 3, cooldownMs: 0 };
  const grownBy = (arns: readonly string[], from = rowOf(start(undefined, 1, quick, writing(0)))) =>
    arns.reduce((fleet, arn, at) => rowOf(grow(fleet, alarm(at, arn), quick, writing())), from);

  it("so that one that began at the maximum takes no other's loop when it is over", () => {
    const full = grownBy(["a", "b", "c"]);
    expect(full).toMatchObject({ desired: 3, brought: { a: 1, b: 1, c: 0 } });
    const over = shrink(full, alarm(10, "c"), quick, writing());
    expect(over).toMatchObject({ ignored: "brought-none", row: { desired: 3, brought: { a: 1, b: 1 } } });
    const withoutB = rowOf(shrink(rowOf(over), alarm(11, "b"), quick, writing()));
    const without = rowOf(shrink(withoutB, alarm(12, "a"), quick, writing()));
    expect([without.desired, without.brought]).toEqual([1, {}]);
  });

  it("also one that began at a maximum which left room for some of its loops only", () => {
    const wide = { ...quick, growBy: 2, maxLoops: 4 };
    const full = rowOf(grow(rowOf(start(undefined, 3, wide, writing(0))), alarm(), wide, writing()));
    expect(full).toMatchObject({ desired: 4, brought: { a: 1 } });
    expect(shrink(full, alarm(9), wide, writing())).toMatchObject({ row: { desired: 3 } });
  });

  it("also one that came again before it had cooled down", () => {
    const slow = { ...quick, cooldownMs: 60_000 };
    let fleet = grownBy(["a", "b"]);
    fleet = rowOf(shrink(fleet, alarm(10, "a"), slow, writing()));
    const again = grow(fleet, alarm(20, "a"), slow, writing(100_001));
    expect(again).toMatchObject({ ignored: "cool-down", row: { desired: 2, brought: { a: 0, b: 1 } } });
    expect(shrink(rowOf(again), alarm(30, "a"), slow, writing(100_002))).toMatchObject({ row: { desired: 2 } });
  });

  it("and the begin of one whose end came first brings nothing", () => {
    const one = rowOf(start(undefined, 1, quick, writing(0)));
    const ended = rowOf(shrink(one, alarm(20), quick, writing()));
    expect(grow(ended, alarm(10), quick, writing())).toEqual({ ignored: "repeated" });
  });
});

describe("a sweep looks at the size of a fleet", () => {
  const swept = { minLoops: 1, maxLoops: 2, growBy: 1, cooldownMs: 60_000, idleAfterMs: 900_000 };
  const on = (fleet: FleetRow, arn: string, second: number, nowMs: number) =>
    rowOf(grow(fleet, alarm(second, arn), swept, writing(nowMs)));
  const one = rowOf(start(undefined, 1, swept, writing(0)));

  it("and brings the loops of an alarm that stayed on after its cool-down", () => {
    const again = on(rowOf(shrink(on(one, "a", 0, 100_000), alarm(1), swept, writing())), "a", 2, 100_001);
    expect(again).toMatchObject({ desired: 1, brought: { a: 0 } });
    expect(sweep(again, 5, swept, writing(159_999))).toEqual({ ignored: "at-minimum" });
    const grown = rowOf(sweep(again, 5, swept, writing(160_000)));
    expect(grown).toMatchObject({ desired: 2, brought: { a: 1 }, grownAtMs: { a: 160_000 } });
    expect(sweep(grown, 5, swept, writing(999_999))).toEqual({ ignored: "busy" });
  });

  it("and those of one that began at the maximum, when there is room", () => {
    const full = on(on(one, "a", 0, 100_000), "b", 1, 100_000);
    expect(sweep(full, 5, swept, writing(200_000))).toEqual({ ignored: "busy" });
    const room = rowOf(shrink(full, alarm(2, "a"), swept, writing()));
    expect(room).toMatchObject({ desired: 1, brought: { b: 0 } });
    expect(sweep(room, 5, swept, writing(200_000))).toMatchObject({ row: { desired: 2, brought: { b: 1 } } });
  });

  it("and forgets alarms when the queue has been empty for long: the end of one may have been lost", () => {
    const idle = { ...on(one, "a", 0, 100_000), idleSinceMs: 100_000 };
    expect(sweep(idle, 0, swept, writing(999_999))).toEqual({ ignored: "not-idle-for-long" });
    const forgotten = rowOf(sweep(idle, 0, swept, writing(1_000_000)));
    expect([forgotten.desired, forgotten.brought]).toEqual([1, {}]);
  });

  it.each([
    ["raised", { minLoops: 3, maxLoops: 5 }, 3],
    ["lowered", { minLoops: 1, maxLoops: 1 }, 1],
  ])("and keeps it within limits that were %s by a deployment", (_, changed, desired) => {
    const fleet = on(one, "a", 0, 100_000);
    expect(sweep(fleet, 5, { ...swept, ...changed }, writing())).toMatchObject({ row: { desired } });
  });

  it("and sees it begin to be idle anew after it has grown", () => {
    const idle = { ...on(one, "a", 0, 100_000), desired: 2, idleSinceMs: 100_000 };
    const wide = { ...swept, maxLoops: 4 };
    const grown = rowOf(grow(idle, alarm(3, "b"), wide, writing(800_000)));
    expect(grown).toMatchObject({ desired: 3, idleSinceMs: 0 });
    expect(sweep(grown, 0, wide, writing(1_000_000))).toMatchObject({ row: { desired: 3, idleSinceMs: 1_000_000 } });
  });

  it("and leaves it as it is while SQS does not say how full the queue is", () => {
    const idle = { ...on(one, "a", 0, 100_000), idleSinceMs: 1 };
    expect(sweep(idle, "unknown", swept, writing(9_999_999))).toEqual({ ignored: "depth-unknown" });
  });

  it("but not of one that was stopped", () => {
    expect(sweep(rowOf(stop(one, writing())), 0, swept, writing(9_999_999))).toEqual({ ignored: "stopped" });
    expect(sweep(undefined, 0, swept, writing())).toEqual({ ignored: "at-minimum" });
  });
});

describe("a fleet whose queue does not exist", () => {
  const swept = { ...limits, idleAfterMs: 900_000 };
  const missing = rowOf(sweep({ ...two, brought: { a: 1 }, idleSinceMs: 5 }, "missing", swept, writing(200_000)));

  it("has no loops, and that is written once", () => {
    expect(missing).toMatchObject({ desired: 0, missingSinceMs: 200_000, idleSinceMs: 0 });
    expect(missing.brought).toEqual({});
    expect(sweep(missing, "missing", swept, writing(300_000))).toEqual({ ignored: "queue-missing" });
  });

  it("is not made larger by alarms, nor by sweeps that cannot ask", () => {
    expect(grow(missing, alarm(), limits, writing())).toEqual({ ignored: "queue-missing" });
    expect(shrink(missing, alarm(), limits, writing())).toEqual({ ignored: "queue-missing" });
    expect(sweep(missing, "unknown", swept, writing())).toEqual({ ignored: "queue-missing" });
  });

  it("comes back at its minimum when the queue does", () => {
    expect(sweep(missing, 0, swept, writing(300_000))).toMatchObject({ row: { desired: 1, missingSinceMs: 0 } });
    expect(rowOf(start(missing, undefined, limits, writing()))).toMatchObject({ desired: 1, missingSinceMs: 0 });
  });
});

describe("a fleet is started and stopped by hand", () => {
  it.each([
    ["at its minimum", undefined, undefined, 1],
    ["as large as it is", two, undefined, 2],
    ["as large as asked", two, 3, 3],
    ["within its limits", two, 99, 4],
  ])("started: %s", (_, fleet, loops, desired) => {
    expect(start(fleet, loops, limits, writing())).toMatchObject({ row: { desired, isStopped: false } });
  });
  it("stopped, no alarm moves it until it is started again", () => {
    const stopped = rowOf(stop({ ...two, brought: { a: 2 } }, writing()));
    // What alarms had brought is gone with the loops: none may take it back later.
    expect(stopped).toMatchObject({ desired: 0, isStopped: true });
    expect(stopped.brought).toEqual({});
    expect(grow(stopped, alarm(), limits, writing())).toEqual({ ignored: "stopped" });
    expect(shrink(stopped, alarm(), limits, writing())).toEqual({ ignored: "stopped" });
    expect(grow(rowOf(start(stopped, undefined, limits, writing())), alarm(), limits, writing())).toMatchObject({
      row: { desired: 3 },
    });
  });
});
