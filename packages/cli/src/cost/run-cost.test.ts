import type { RunDetails } from "@longhaul/core/client";
import { describe, expect, it } from "vitest";
import { paintFor } from "../terminal.ts";
import { costText, jobText } from "./cost-text.ts";
import { estimates } from "./estimates.ts";
import { jobOfRun, runCost } from "./run-cost.ts";

const at = new Date(0);
const run: RunDetails = {
  ...{ id: "charge", status: "done", hop: 3, attempt: 1, target: "arn", event: {} },
  ...{ startedAt: at, changedAt: at, heartbeatAt: at },
  stats: { steps: 1_000, usedMs: 100_000, costUsd: 0.01, stalledHops: 0 },
};
const paint = paintFor(false);

describe("the cost of a run", () => {
  it("is that of its function as guards count it, and of its writes: two for each hop, one for each checkpoint", () => {
    const tableUsd = (2 * 4 + 20) * 0.000_000_625;
    expect(runCost(run)).toEqual({
      ...{ id: "charge", status: "done", hops: 4, steps: 1_000, usedMs: 100_000 },
      ...{ functionUsd: 0.01, tableUsd, totalUsd: 0.01 + tableUsd, usdPerStep: (0.01 + tableUsd) / 1_000 },
    });
  });

  it("of one that has not begun is nothing, and there is nothing to compare", () => {
    const stats = { steps: 0, usedMs: 0, costUsd: 0, stalledHops: 0 };
    const waiting: RunDetails = { ...run, status: "running", hop: 0, attempt: 0, stats };
    expect(runCost(waiting)).toMatchObject({ hops: 0, totalUsd: 0 });
    expect(runCost(waiting)).not.toHaveProperty("usdPerStep");
    expect(jobOfRun(waiting, 512, 1)).toBeUndefined();
  });

  it("is shown with what it is made of", () => {
    expect(costText(runCost(run), paint)).toEqual([
      ...["charge  done", ""],
      "function      $0.01  4 hops, 1,000 steps, 1 min 40 s",
      "run table $0.000018  its writes, about",
      "total         $0.01  $0.00001 a step",
    ]);
  });
});

describe("its steps are compared as a job", () => {
  it("of as many items, each as long as a step was", () => {
    expect(jobOfRun(run, 512, 30)).toEqual({ items: 1_000, itemSeconds: 0.1, memoryMb: 512, runs: 30 });
  });

  it("with the cost, the time and the reason of each way; what is not possible has none", () => {
    const job = { items: 3, itemSeconds: 7_200, memoryMb: 8_192, runs: 4 };
    const lines = jobText(job, estimates(job), paint);
    expect(lines[0]).toBe("3 items of 2 h in 8,192 MB, 4 a month");
    expect(lines[2]).toMatch(/^WAY +\$\/MONTH +TIME$/);
    expect(lines.find((line) => line.startsWith("Longhaul"))).toMatch(/^Longhaul, with a store +– +–$/);
    expect(lines).toContain("  One item does not fit into an invocation of 15 minutes.");
    expect(lines.find((line) => line.startsWith("Fargate"))).toMatch(/^Fargate, one task +\$\d+(\.\d\d)? +6 h$/);
    expect(lines.at(-1)).toMatch(/^List prices of us-east-1, arm64, as of November 2026/);
  });
});
