import { describe, expect, it } from "vitest";
import type { FleetRow } from "./fleet-row.ts";
import { type FleetLimits, grow, type Resize, shrink, start, stop } from "./resize.ts";

const limits: FleetLimits = { minLoops: 1, maxLoops: 4, growBy: 2, cooldownMs: 60_000 };
const writing = (nowMs = 100_000) => ({ queueUrl: "q", writer: "w", nowMs });
const alarm = (second = 0, alarmArn = "a") => ({ alarmArn, changedAt: new Date(second * 1_000).toISOString() });
const rowOf = (resize: Resize): FleetRow => {
  if ("ignored" in resize) throw new Error(resize.ignored);
  return resize.row;
};
const two = rowOf(start(undefined, 2, limits, writing(0)));

describe("[S4.6] an alarm makes a fleet larger", () => {
  it("from its minimum if nobody started it", () => {
    expect(grow(undefined, alarm(), limits, writing())).toMatchObject({ row: { desired: 3, version: 1 } });
  });
  it("never beyond its maximum", () => {
    const full = rowOf(grow(rowOf(start(undefined, 3, limits, writing(0))), alarm(), limits, writing()));
    expect(full.desired).toBe(4);
    expect(grow(full, alarm(9, "b"), limits, writing(999_999))).toEqual({ ignored: "at-maximum" });
  });
  it("not again by the same alarm before that has cooled down; others of a burst are not kept waiting", () => {
    const grown = rowOf(grow(undefined, alarm(), limits, writing(100_000)));
    expect(grow(grown, alarm(1), limits, writing(159_999))).toEqual({ ignored: "cool-down" });
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
    expect(shrink(one, alarm(), limits, writing())).toEqual({ ignored: "at-minimum" });
    expect(shrink(undefined, alarm(), limits, writing())).toEqual({ ignored: "at-minimum" });
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
    const stopped = rowOf(stop(two, writing()));
    expect(stopped).toMatchObject({ desired: 0, isStopped: true });
    expect(grow(stopped, alarm(), limits, writing())).toEqual({ ignored: "stopped" });
    expect(shrink(stopped, alarm(), limits, writing())).toEqual({ ignored: "stopped" });
    expect(grow(rowOf(start(stopped, undefined, limits, writing())), alarm(), limits, writing())).toMatchObject({
      row: { desired: 3 },
    });
  });
});
