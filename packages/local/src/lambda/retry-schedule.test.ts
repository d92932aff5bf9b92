import { describe, expect, it } from "vitest";
import { nextStep, scaledWaitMs } from "./retry-schedule.ts";

const HOUR_MS = 3_600_000;
const after = (failures: number, throttles: number, config = {}, ageMs = 0) =>
  nextStep({ ageMs, failures, throttles }, config);

describe("after an error", () => {
  it.each([
    ["the first", 1, { step: "retry", afterMs: 60_000 }],
    ["the second", 2, { step: "retry", afterMs: 120_000 }],
    ["the third", 3, { step: "discard", condition: "RetriesExhausted", afterMs: 0 }],
  ])("%s", (_, failures, step) => {
    expect(after(failures, 0)).toEqual(step);
  });

  it.each([0, 1, 2])("%d retries are made if so configured", (maximumRetryAttempts) => {
    expect(after(maximumRetryAttempts + 1, 0, { maximumRetryAttempts })).toMatchObject({ step: "discard" });
    if (maximumRetryAttempts > 0) {
      expect(after(maximumRetryAttempts, 0, { maximumRetryAttempts })).toMatchObject({ step: "retry" });
    }
  });
});

describe("after a throttle", () => {
  it("the wait doubles from 1 second to 5 minutes", () => {
    const waits = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 1000].map((throttles) => after(0, throttles).afterMs / 1000);
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
  });

  it("retries are not used up", () => {
    expect(after(2, 50, {}, HOUR_MS)).toEqual({ step: "retry", afterMs: 300_000 });
  });
});

describe("the maximum age", () => {
  it.each([
    ["six hours by default", {}, 6 * HOUR_MS - 1000, { afterMs: 1000 }],
    ["as configured", { maximumEventAgeSeconds: 90 }, 60_000, { afterMs: 30_000 }],
    ["passed already", { maximumEventAgeSeconds: 90 }, 100_000, { afterMs: 0 }],
  ])("%s: an event that could only be tried later is given up when it is reached", (_, config, ageMs, expected) => {
    expect(after(1, 0, config, ageMs)).toEqual({ step: "discard", condition: "EventAgeExceeded", ...expected });
    expect(after(0, 20, config, ageMs)).toEqual({ step: "discard", condition: "EventAgeExceeded", ...expected });
  });
});

describe("timeScale", () => {
  it("multiplies what the queue waits", () => {
    expect(scaledWaitMs(60_000, 0.001, undefined)).toBe(60);
    expect(scaledWaitMs(60_000, 1, undefined)).toBe(60_000);
    expect(scaledWaitMs(60_000, 2, undefined)).toBe(120_000);
  });

  it.each([
    ["killed at its time limit", 0, 1_500],
    ["that crashed before it", 10_000, 11_500],
    ["whose lease ends just before the retry", 58_500, 60_000],
    ["whose lease AWS's retry would meet as well", 58_501, 60],
    ["of fifteen minutes", 890_000, 60],
  ])("but not so that the retry meets the lease of an invocation %s", (_, limitLeftMs, waitMs) => {
    expect(scaledWaitMs(60_000, 0.001, limitLeftMs)).toBe(waitMs);
  });
});
