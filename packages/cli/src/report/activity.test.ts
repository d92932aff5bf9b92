import { describe, expect, it } from "vitest";
import { historyOf, hopOf } from "../../test/histories.ts";
import { activityOf } from "./activity.ts";

const sample = (atMs: number) => ({ atMs, progress: { records: atMs }, run: "run", runProgress: { records: atMs } });

describe("a job's time is told apart", () => {
  it("into work, and times when nothing ran", () => {
    const hops = [hopOf({ startedAtMs: 100, endedAtMs: 400 }), hopOf({ hop: 1, startedAtMs: 600, endedAtMs: 900 })];
    expect(activityOf(historyOf({ hops }), 1_000)).toEqual({
      known: [
        { fromMs: 100, toMs: 400 },
        { fromMs: 600, toMs: 900 },
      ],
      lost: [],
      idle: [
        { fromMs: 0, toMs: 100 },
        { fromMs: 400, toMs: 600 },
        { fromMs: 900, toMs: 1_000 },
      ],
    });
  });

  it.each(["timeout", "exit"] as const)("a hop that ended by %s is known up to its last report", (status) => {
    const hops = [hopOf({ endedAtMs: 1_000, status })];
    const { known, lost } = activityOf(historyOf({ hops, samples: [sample(300), sample(700)] }), 1_000);
    expect({ known, lost }).toEqual({
      known: [{ fromMs: 0, toMs: 700 }],
      lost: [{ fromMs: 700, toMs: 1_000 }],
    });
  });

  it("nothing is lost while another hop works", () => {
    const hops = [hopOf({ status: "exit" }), hopOf({ run: "other", startedAtMs: 0, endedAtMs: 1_000 })];
    expect(activityOf(historyOf({ hops }), 1_000)).toEqual({ known: [{ fromMs: 0, toMs: 1_000 }], lost: [], idle: [] });
  });
});
