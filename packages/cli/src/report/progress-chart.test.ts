import { describe, expect, it } from "vitest";
import { historyOf, hopOf } from "../../test/histories.ts";
import { counterOf, progressChart } from "./progress-chart.ts";
import { marksOf } from "./run-marks.ts";

const sample = (atMs: number, records: number, run = "run") => ({
  atMs,
  progress: { records },
  run,
  runProgress: { records },
});

/** The pieces of a line, each as its points. */
function pieces(html: string, kind: string): string[] {
  const [, d = ""] = html.match(new RegExp(`<path class="${kind}"[^>]* d="([^"]*)"`)) ?? [];
  return d.split("M").slice(1);
}

describe("progress is drawn where it was made", () => {
  it("from each hop's beginning to its end, with a gap where nothing ran", () => {
    const hops = [hopOf({ startedAtMs: 200, endedAtMs: 400 }), hopOf({ hop: 1, startedAtMs: 600, endedAtMs: 1_000 })];
    const html = progressChart(historyOf({ hops, samples: [sample(300, 50), sample(800, 100)] }), 0, "records");
    expect(pieces(html, "curve total")).toEqual(["200 200L300 100L400 100", "600 100L800 0L1000 0"]);
    expect(html).toContain("nothing ran for 200 ms");
  });

  it("not through a hop that was killed: from its last report on its work is lost", () => {
    const hops = [hopOf({ status: "exit", endedAtMs: 500 }), hopOf({ attempt: 2, startedAtMs: 500, endedAtMs: 1_000 })];
    const html = progressChart(historyOf({ hops, samples: [sample(100, 50), sample(900, 100)] }), 0, "records");
    expect(pieces(html, "curve total")[0]).toBe("0 200L100 100L100 100");
    expect(html).toContain("lost for 400 ms");
  });

  it("for each of several runs, and for all of them", () => {
    const hops = [hopOf({ run: "a" }), hopOf({ run: "b", sandboxId: "other" })];
    const samples = [sample(500, 10, "a"), { ...sample(600, 30, "b"), progress: { records: 40 } }];
    const history = historyOf({ hops, samples, run: "a" });
    const html = progressChart(history, 0, "records", marksOf(history));
    expect(pieces(html, "curve run0")).toEqual(["0 200L500 150L1000 150"]);
    expect(pieces(html, "curve run1")).toEqual(["0 200L600 50L1000 50"]);
    expect(pieces(html, "curve total")).toEqual(["0 200L500 150L600 0L1000 0"]);
  });
});

describe("the counter that is drawn", () => {
  it.each([
    ["records, if there are any", [{ objects: 1, records: 2 }], "records"],
    ["else the first", [{ pausedMs: 5, objects: 1 }], "objects"],
    ["none of time", [{ pausedMs: 5 }], undefined],
    ["none, if nothing was reported", [], undefined],
  ])("%s", (_, all, counter) => {
    const samples = all.map((progress) => ({ atMs: 0, progress: progress as Record<string, number> }));
    expect(counterOf(historyOf({ samples }))).toBe(counter);
  });
});
