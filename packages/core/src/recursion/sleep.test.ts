import { describe, expect, it } from "vitest";
import { sleepFor, sleepUntil, yielded } from "./sleep.ts";

const state = { next: 3 };
const wakingOf = (value: unknown, nowMs = 1_000) => yielded(value, () => nowMs).wakeAtMs;

describe("a safe point to sleep at", () => {
  it("has its state, and its time in whole milliseconds", () => {
    expect(yielded(sleepUntil(new Date(5_000), state), () => 1_000)).toEqual({ state, wakeAtMs: 5_000 });
    expect(yielded(sleepUntil(5_000.2, state), () => 1_000)).toEqual({ state, wakeAtMs: 5_001 });
    expect(yielded(sleepFor(500, state), () => 1_000)).toEqual({ state, wakeAtMs: 1_500 });
  });

  it("is an ordinary one where its time has come", () => {
    for (const time of [0, 999, 1_000, new Date(1_000)]) {
      expect(yielded(sleepUntil(time, state), () => 1_000)).toEqual({ state });
    }
  });

  it.each([null, 0, "text", [], {}, { state: 1 }])("is no state that looks like one: %j", (value: unknown) => {
    expect(yielded(value, () => 1_000)).toEqual({ state: value });
    expect(wakingOf(value)).toBeUndefined();
  });

  it.each([Number.NaN, new Date("never"), Number.POSITIVE_INFINITY])("refuses a time that is none: %s", (time) => {
    expect(() => sleepUntil(time, state)).toThrow("sleepUntil() needs a time");
  });

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])("refuses a duration that is none: %s", (ms) => {
    expect(() => sleepFor(ms, state)).toThrow("sleepFor(ms) must be a number above 0");
  });
});
