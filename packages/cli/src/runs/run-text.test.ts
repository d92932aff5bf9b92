import type { RunDetails } from "@longhaul/core/client";
import { describe, expect, it } from "vitest";
import { paintFor } from "../terminal.ts";
import { nextCommands, runHeading, runLine, runText } from "./run-text.ts";

const nowMs = Date.UTC(2026, 10, 30, 12);
const at = (agoMs: number) => new Date(nowMs - agoMs);
const run: RunDetails = {
  id: "charge-2026-11",
  status: "running",
  hop: 3,
  attempt: 1,
  startedAt: at(3_600_000),
  changedAt: at(125_000),
  heartbeatAt: at(2_000),
  target: "arn:aws:lambda:eu-central-1:000000000000:function:charge",
  event: { month: "2026-11" },
  state: { next: 40 },
  progress: { orders: 1_240 },
  stats: { steps: 1_240, usedMs: 61_000, costUsd: 0.0012, stalledHops: 0 },
};
const paint = paintFor(false);

describe("a run on one line", () => {
  it("has its status, hop, age and cost below the heading, and its id last", () => {
    expect([runHeading(paint), runLine(run, { paint, nowMs })]).toEqual([
      "STATUS      HOP       CHANGED      COST  RUN",
      "running       3 2 min 5 s ago   $0.0012  charge-2026-11",
    ]);
  });

  it("is as wide as the terminal at most, and whole elsewhere", () => {
    const long = { ...run, id: `s3:${"folder/".repeat(20)}file.csv@7` };
    expect(runLine(long, { paint, nowMs, columns: 80 })).toHaveLength(80);
    expect(runLine(long, { paint, nowMs, columns: 80 })).toMatch(/ s3:folder.*….*file\.csv@7$/);
    expect(runLine(long, { paint, nowMs })).toContain(long.id);
  });

  it("sends no control characters of its id to the terminal", () => {
    expect(runLine({ ...run, id: "a\u001b[31m\nb" }, { paint, nowMs })).toMatch(/ a\\u\{1b\}\[31m\\u\{a\}b$/);
  });
});

describe("a run in full", () => {
  it("has what its record says, and the commands that make sense, in 80 columns", () => {
    const reason = { code: "MAX_COST", message: `The run has cost about $25.0000; ${"so it is ".repeat(12)}over.` };
    const lines = runText({ ...run, status: "stopped", reason }, { paint, nowMs, columns: 80 });
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(lines.slice(0, 9)).toEqual([
      "charge-2026-11  stopped",
      "",
      "function  arn:aws:lambda:eu-central-1:000000000000:function:charge",
      "began     2026-11-30T11:00:00.000Z, 1 h 0 min ago",
      "changed   2026-11-30T11:57:55.000Z, 2 min 5 s ago",
      "hop       3, attempt 1",
      "progress  orders 1,240",
      "used      1 min 1 s, 1,240 steps, $0.0012",
      'event     {"month":"2026-11"}',
    ]);
    expect(lines).toContain("reason    MAX_COST: The run has cost about $25.0000; so it is so it is so it is");
    expect(lines.at(-2)).toBe("longhaul resume charge-2026-11 --max-cost USD");
  });

  it.each([
    [[3], "hop 3"],
    [[2, 3, 4], "hops 2 to 4"],
    [[0, 3, 4], "hops 0, 3, 4"],
  ])("names the hops that it can be rewound to: %j", (rewindableHops, text) => {
    const lines = runText({ ...run, rewinds: 2, rewindableHops }, { paint, nowMs });
    expect(lines).toEqual(expect.arrayContaining(["rewinds   2", `rewind to ${text}`]));
    expect(runText(run, { paint, nowMs }).join("\n")).not.toContain("rewind");
  });

  it.each<[Partial<RunDetails>, string[]]>([
    [{}, ["logs RUN --follow", "pause RUN", "stop RUN"]],
    [{ requested: "stop" }, ["logs RUN --follow", "resume RUN"]],
    [{ status: "done" }, ["logs RUN", "delete RUN"]],
    [{ status: "failed" }, ["logs RUN", "resume RUN", "delete RUN"]],
    [{ status: "done", rewindableHops: [4] }, ["logs RUN", "rewind RUN --hop N", "delete RUN"]],
    [{ rewindableHops: [4] }, ["logs RUN --follow", "pause RUN", "stop RUN"]],
  ])("offers by its status: %j", (change, commands) => {
    const lines = commands.map((command) => `longhaul ${command.replace("RUN", "charge-2026-11")}`);
    expect(nextCommands({ ...run, ...change })).toEqual(lines);
  });

  it("writes an id as a shell takes it", () => {
    expect(nextCommands({ ...run, status: "done", id: "it's" })).toContain("longhaul delete 'it'\\''s'");
  });
});
