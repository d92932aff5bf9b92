import { describe, expect, it } from "vitest";
import { timelineChart } from "./charts.ts";
import type { HopHistory, RunHistory } from "./run-history.ts";

function historyOf(minutes: number): RunHistory {
  const hop: HopHistory = {
    requestId: "request",
    run: "run",
    hop: 0,
    attempt: 1,
    sandboxId: "sandbox",
    cold: true,
    startedAtMs: 0,
    endedAtMs: minutes * 60_000,
    status: "done",
    steps: 1,
  };
  return {
    version: 1,
    run: "run",
    app: "app",
    input: { name: "input", bytes: 1 },
    timeoutMs: 900_000,
    startedAtMs: 0,
    endedAtMs: minutes * 60_000,
    status: "done",
    hops: [hop],
    samples: [],
    costUsd: 0,
  };
}

function labels(svg: string): string[] {
  return [...svg.matchAll(/text-anchor="middle">([^<]*)</g)].map(([, label = ""]) => label);
}

describe("a timeline", () => {
  it("counts its time in whole minutes and hours", () => {
    expect(labels(timelineChart(historyOf(105), 0))).toEqual([
      "0 ms",
      "15 min",
      "30 min",
      "45 min",
      "1 h",
      "1 h 15 min",
      "1 h 30 min",
      "1 h 45 min",
    ]);
    expect(labels(timelineChart(historyOf(4), 0))).toContain("1 min");
  });

  it.each([10, 0])("shows an error that took %i ms, after hours of work", (tookMs) => {
    const { hops, ...history } = historyOf(105);
    const [startedAtMs, endedAtMs] = [6_300_000, 6_300_000 + tookMs];
    const error: HopHistory = { ...hops[0]!, hop: 1, status: "error", startedAtMs, endedAtMs };
    const svg = timelineChart({ ...history, hops: [...hops, error], endedAtMs: 6_400_000 }, 0);
    expect(Number(svg.match(/class="fault"[^>]* width="([\d.]+)"/)?.[1])).toBeGreaterThanOrEqual(3);
  });

  it("is drawn for the width it is shown at, with fewer marks where it is narrow", () => {
    const narrow = timelineChart(historyOf(105), 0, { widthPx: 320 });
    expect(narrow).toContain('viewBox="0 0 320 ');
    expect(labels(narrow).length).toBeLessThan(5);
  });
});
