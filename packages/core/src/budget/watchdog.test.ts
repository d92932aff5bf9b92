import { describe, expect, it } from "vitest";
import { manualHost } from "../../test/manual-host.ts";
import { HopEndingError } from "../errors.ts";
import { Watchdog, type WatchdogOptions } from "./watchdog.ts";

function watchedFor(windowMs: number, options: Partial<WatchdogOptions> = {}) {
  const host = manualHost();
  const endMs = host.nowMs + windowMs;
  const fired: number[] = [];
  const watchdog = new Watchdog({
    host,
    remainingMs: () => endMs - host.nowMs,
    reserveMs: () => 1_000,
    onReserve: () => fired.push(endMs - host.nowMs),
    ...options,
  });
  return { host, watchdog, fired };
}

describe("a watchdog aborts its signal when only the reserve is left", () => {
  it("at that moment, once, with an error that says how much is left", () => {
    const { host, watchdog, fired } = watchedFor(10_000);
    host.advance(8_999);
    expect(watchdog.signal.aborted).toBe(false);
    host.advance(1);
    expect(watchdog.signal.aborted).toBe(true);
    expect(watchdog.signal.reason).toBeInstanceOf(HopEndingError);
    expect(watchdog.signal.reason.message).toContain("1000 ms");
    host.advance(100_000);
    expect(fired).toEqual([1_000]);
  });

  it.each([1_000, 500, 0, -1])("at once, where it begins with %d ms", (windowMs) => {
    const { watchdog, fired, host } = watchedFor(windowMs);
    expect(watchdog.signal.aborted).toBe(true);
    expect(fired).toHaveLength(1);
    expect(host.waiting).toBe(0);
  });

  it("late rather than never, if the event loop was blocked", () => {
    const { host, watchdog, fired } = watchedFor(10_000);
    host.block(9_700);
    expect(watchdog.signal.aborted).toBe(true);
    expect(fired).toEqual([300]);
  });

  it("not early, where a timer is", () => {
    const host = manualHost();
    const early = {
      ...host,
      timer: (ms: number, fire: () => void) => host.timer(ms - 0.5, fire),
      now: () => host.nowMs,
    };
    const { watchdog } = watchedFor(10_000, { host: early, remainingMs: () => 1_010_000 - host.nowMs });
    host.advance(8_999);
    expect(watchdog.signal.aborted).toBe(false);
    host.advance(2);
    expect(watchdog.signal.aborted).toBe(true);
  });

  it("by the reserve as it is then: it may have grown", () => {
    let reserveMs = 1_000;
    const { host, watchdog } = watchedFor(10_000, { reserveMs: () => reserveMs, intervalMs: 100 });
    host.advance(5_000);
    reserveMs = 4_000;
    host.advance(1_000);
    expect(watchdog.signal.aborted).toBe(true);
  });
});

describe("a watchdog that is stopped", () => {
  it("never fires, and leaves no timer in the frozen container", () => {
    const { host, watchdog, fired } = watchedFor(10_000, { intervalMs: 100 });
    host.advance(5_000);
    watchdog.stop();
    expect(host.waiting).toBe(0);
    host.advance(60_000);
    expect(watchdog.signal.aborted).toBe(false);
    expect(fired).toEqual([]);
  });
});

describe("an interval that would miss the moment is refused", () => {
  it.each([0, -1, Number.NaN, 1_000, 1_001])("%d ms, with a reserve of 1,000 ms", (intervalMs) => {
    expect(() => watchedFor(10_000, { intervalMs })).toThrow(expect.objectContaining({ code: "CONFIG" }));
  });

  it("and 999 ms is taken", () => {
    const { host, fired } = watchedFor(10_000, { intervalMs: 999 });
    host.advance(10_000);
    expect(fired).toEqual([1_000]);
  });
});
