import { describe, expect, it } from "vitest";
import { createManualClock } from "../../test/manual-clock.ts";
import type { Clock } from "../gateway/clock.ts";
import { createMetricTime } from "./metric-time.ts";
import { startTicker } from "./ticker.ts";

function setUp(options: { startMs?: number; scale?: number; wrap?: (clock: Clock) => Clock } = {}) {
  const clock = createManualClock(options.startMs ?? 0);
  const ticks: number[] = [];
  const stop = startTicker(options.wrap?.(clock) ?? clock, createMetricTime(options.scale ?? 1), (second) =>
    ticks.push(second),
  );
  return { clock, ticks, stop };
}

describe("metric time ticks", () => {
  it("at each full ten seconds, wherever in between it began", () => {
    const { clock, ticks } = setUp({ startMs: 13_500 });
    clock.advance(30_000);
    expect(ticks).toEqual([20, 30, 40]);
  });

  it("faster by the scale", () => {
    const { clock, ticks } = setUp({ scale: 60 });
    clock.advance(1_000);
    expect(ticks).toEqual([10, 20, 30, 40, 50, 60]);
  });

  it("once for each moment, though timers of the machine end early", () => {
    let isEarly = true;
    const wrap = (clock: Clock): Clock => ({
      ...clock,
      after(delayMs, run) {
        isEarly = !isEarly;
        return clock.after(isEarly ? delayMs : delayMs - 1, run);
      },
    });
    const { clock, ticks } = setUp({ wrap });
    clock.advance(30_000);
    expect(ticks).toEqual([10, 20, 30]);
  });

  it("not for what passed while the machine slept, but for the last full minute of it", () => {
    let nowMs = 0;
    let due = () => {};
    const ticks: number[] = [];
    const clock: Clock = {
      nowMs: () => nowMs,
      after(_, run) {
        due = run;
        return () => {};
      },
    };
    startTicker(clock, createMetricTime(1), (second) => ticks.push(second));
    nowMs = 200_000;
    due();
    nowMs = 240_000;
    due();
    expect(ticks).toEqual([180, 200, 240]);
  });

  it("until it is ended", () => {
    const { clock, ticks, stop } = setUp();
    clock.advance(10_000);
    stop();
    clock.advance(60_000);
    expect(ticks).toEqual([10]);
  });
});
