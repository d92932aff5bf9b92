import { describe, expect, it } from "vitest";
import { backOff, pauseMs, retrying } from "./retry.ts";

describe("trying again", () => {
  it("waits longer each time, at most 5 s, with full jitter", () => {
    expect([2, 3, 4, 9].map((attempt) => pauseMs(attempt, 100, 0.999_999))).toEqual([99, 199, 399, 4999]);
    expect(pauseMs(9, 100, 0)).toBe(0);
  });

  it("ends after the tries allowed, with the last error", async () => {
    const pauses: number[] = [];
    let tries = 0;
    const policy = { attempts: 3, baseMs: 100, random: () => 0.5, pause: async (ms: number) => void pauses.push(ms) };
    const work = async () => {
      throw new Error(`try ${++tries}`);
    };
    await expect(retrying(work, () => true, policy)).rejects.toThrow("try 3");
    expect(pauses).toEqual([50, 100]);
  });

  it("does not happen for errors that will not mend", async () => {
    let tries = 0;
    const work = async () => {
      tries++;
      throw new Error("denied");
    };
    await expect(retrying(work, () => false)).rejects.toThrow("denied");
    expect(tries).toBe(1);
  });

  it("stops with the signal's reason, also in the middle of a pause", async () => {
    const controller = new AbortController();
    const waiting = backOff(8, { baseMs: 60_000, random: () => 1 }, controller.signal);
    controller.abort(new Error("hop ends"));
    await expect(waiting).rejects.toThrow("hop ends");
    await expect(backOff(2, {}, controller.signal)).rejects.toThrow("hop ends");
  });
});
