import { describe, expect, it } from "vitest";
import { glide, gridOf, overviewOf, windowAt } from "./layout.ts";
import { type Bar, Play } from "./play.ts";

/** A play of so many hops of ten seconds. */
function playOf(hops: number): Play {
  const play = new Play();
  for (let hop = 0; hop < hops; hop++) {
    const bar: Bar = {
      invocation: hop + 1,
      hop,
      runNumber: 1,
      container: 1,
      version: 1,
      isCold: false,
      fromMs: hop * 10_000,
      deadlineMs: hop * 10_000 + 12_000,
      attempt: 1,
      toMs: (hop + 1) * 10_000,
      end: hop % 2 === 1 ? "killed" : "continued",
      items: [],
      saves: [],
      freezes: [],
    };
    play.bars.push(bar);
  }
  play.toldMs = hops * 10_000;
  return play;
}

const rows = 5;
const timeoutMs = 12_000;

describe("the timeline shows", () => {
  it("the latest bars that have rows, from when the first of them began until now", () => {
    expect(windowAt(playOf(100), 555_000, { rows, timeoutMs })).toEqual({
      first: 51,
      after: 56,
      fromMs: 510_000,
      toMs: 555_000,
    });
  });

  it("more than a timeout at the beginning, so that the first bar grows", () => {
    expect(windowAt(playOf(1), 1_000, { rows, timeoutMs })).toMatchObject({ fromMs: 0, toMs: 16_800 });
    expect(windowAt(new Play(), 0, { rows, timeoutMs })).toMatchObject({ first: 0, after: 0 });
  });

  it("a window that glides ends where it is going", () => {
    let now = windowAt(playOf(100), 100_000, { rows, timeoutMs });
    const to = windowAt(playOf(100), 555_000, { rows, timeoutMs });
    for (let frame = 0; frame < 200; frame++) now = glide(now, to, 0.2);
    expect(now).toEqual(to);
  });

  it.each([
    [0, 16_800, 7],
    [0, 3_600_000, 3],
    [1_000_000, 90_000_000_000, 7],
    [0, 3, 7],
  ])("lines at round moments from %d to %d, at most %d and one", (fromMs, toMs, most) => {
    const lines = gridOf(fromMs, toMs, most);
    expect(lines.length).toBeGreaterThan(1);
    expect(lines.length).toBeLessThanOrEqual(most + 1);
    expect(lines.every((at) => at >= fromMs && at <= toMs)).toBe(true);
  });
});

describe("the overview sums up", () => {
  it("work and faults, each in its column", () => {
    const columns = overviewOf(playOf(4), 80_000, 8);
    expect(columns.map(({ work }) => Math.round(work))).toEqual([1, 1, 1, 1, 0, 0, 0, 0]);
    expect(columns.map(({ hasFault }) => hasFault)).toEqual([false, false, true, false, true, false, false, false]);
  });

  it("10,000 hops in as many columns as there are", () => {
    const columns = overviewOf(playOf(10_000), 100_000_000, 300);
    expect(columns).toHaveLength(300);
    expect(columns.every(({ work, hasFault }) => work > 0.99 && hasFault)).toBe(true);
  });
});
