import { describe, expect, it } from "vitest";
import { Container } from "./container.ts";
import { Timeline } from "./timeline.ts";

const ever = () => false;

describe("virtual time", () => {
  it("fires timers by time, and those of one moment in the order they were set", async () => {
    const timeline = new Timeline(1_000);
    const fired: string[] = [];
    for (const [name, delayMs] of [
      ["c", 30],
      ["a", 10],
      ["b", 20],
      ["b2", 20],
      ["now", 0],
      ["past", -5],
    ] as const) {
      timeline.schedule(delayMs, () => fired.push(`${name} ${timeline.nowMs}`));
    }
    await timeline.run(ever, 2_000);
    expect(fired).toEqual(["now 1000", "past 1000", "a 1010", "b 1020", "b2 1020", "c 1030"]);
  });

  it("lets every promise settle before the next timer", async () => {
    const timeline = new Timeline(0);
    const seen: string[] = [];
    timeline.schedule(1, async () => {
      for (let i = 0; i < 100; i++) await undefined;
      await new Promise<void>((resolve) => process.nextTick(resolve));
      seen.push("all of the first");
    });
    timeline.schedule(2, () => seen.push("the second"));
    await timeline.run(ever, 10);
    expect(seen).toEqual(["all of the first", "the second"]);
  });

  it("fires no timer that was cancelled, or whose container is gone", async () => {
    const timeline = new Timeline(0);
    const container = new Container(1, 0);
    const fired: string[] = [];
    timeline.cancel(timeline.schedule(1, () => fired.push("cancelled")));
    timeline.schedule(2, () => (container.isGone = true));
    timeline.schedule(3, () => fired.push("gone"), container);
    await timeline.run(ever, 10);
    expect(fired).toEqual([]);
  });

  it("keeps the timers of a frozen container for its thaw", async () => {
    const timeline = new Timeline(0);
    const container = new Container(1, 0);
    container.isFrozen = true;
    const fired: number[] = [];
    timeline.schedule(5, () => fired.push(timeline.nowMs), container);
    timeline.schedule(80, () => {
      for (const timer of container.thaw()) timeline.revive(timer);
    });
    await timeline.run(ever, 100);
    expect(fired).toEqual([80]);
  });

  it("counts what the world waits for", async () => {
    const timeline = new Timeline(0);
    timeline.await(1, () => {});
    const cancelled = timeline.await(2, () => {});
    timeline.schedule(3, () => {});
    expect(timeline.awaited).toBe(2);
    timeline.cancel(cancelled);
    timeline.cancel(cancelled);
    expect(timeline.awaited).toBe(1);
    await timeline.run(() => timeline.awaited === 0, 10);
    expect([timeline.awaited, timeline.nowMs]).toEqual([0, 1]);
  });

  it("stops at its limit, and does not advance for something real", async () => {
    const timeline = new Timeline(0);
    const fired: number[] = [];
    timeline.schedule(1, () => {
      void timeline.hold(new Promise((resolve) => setTimeout(resolve, 5))).then(() => fired.push(timeline.nowMs));
    });
    timeline.schedule(50, () => fired.push(timeline.nowMs));
    timeline.schedule(101, () => fired.push(timeline.nowMs));
    await timeline.run(ever, 100);
    expect(fired).toEqual([1, 50]);
  });

  it("says so when time does not advance", async () => {
    const timeline = new Timeline(0);
    const again = () => timeline.schedule(0, again);
    again();
    await expect(timeline.run(ever, 100)).rejects.toThrow("Virtual time does not advance");
  });
});
