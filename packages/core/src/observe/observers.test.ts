import { describe, expect, it } from "vitest";
import { emfObserver } from "./emf.ts";
import { jsonLogObserver } from "./json-log.ts";
import type { RunEvent } from "./observer.ts";

const base = {
  run: "run-1",
  hop: 2,
  at: 1_800_000_000_000,
  steps: 3,
  remainingMs: 8_000,
  windowMs: 9_000,
  progress: { records: 7 },
};
const events: readonly RunEvent[] = [
  { ...base, type: "hop.start", reserveMs: 1, attempt: 1, startedAt: 1 },
  { ...base, type: "step" },
  { ...base, type: "checkpoint", isDurable: true, durationMs: 1 },
  {
    ...base,
    type: "handoff",
    cause: "budget",
    driver: "lambda",
    steps: 12,
    durationMs: 31,
    remainingMs: 420,
    bytes: 300,
    costUsd: 0.1,
  },
  { ...base, type: "done", costUsd: 0.25 },
  { ...base, type: "stopped", phase: "stopped", code: "MAX_HOPS", message: "The run would exceed it." },
  { ...base, type: "duplicate", refusal: "over" },
  { ...base, type: "error", code: "HAND_OFF", message: "boom" },
];

describe("emfObserver writes CloudWatch's embedded metric format", () => {
  it.each([
    [
      "handoff",
      { Steps: 12, HandOffMs: 31, UnusedMs: 420 },
      { Steps: "Count", HandOffMs: "Milliseconds", UnusedMs: "Milliseconds" },
    ],
    ["done", { Steps: 3, RunsDone: 1, CostUsd: 0.25 }, { Steps: "Count", RunsDone: "Count", CostUsd: "None" }],
    ["stopped", { RunsStopped: 1 }, { RunsStopped: "Count" }],
    ["error", { Errors: 1 }, { Errors: "Count" }],
  ])("%s", (type, metrics, units) => {
    const lines: string[] = [];
    const observer = emfObserver({ namespace: "Imports", service: "s3-batch", write: (line) => lines.push(line) });
    observer.observe(events.find((event) => event.type === type)!);
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      {
        _aws: {
          Timestamp: base.at,
          CloudWatchMetrics: [
            {
              Namespace: "Imports",
              Dimensions: [["service"]],
              Metrics: Object.entries(units).map(([Name, Unit]) => ({ Name, Unit })),
            },
          ],
        },
        service: "s3-batch",
        run: "run-1",
        hop: 2,
        ...metrics,
      },
    ]);
  });

  it("and nothing for what is no metric", () => {
    const lines: string[] = [];
    const observer = emfObserver({ write: (line) => lines.push(line) });
    for (const event of events) observer.observe(event);
    expect(lines).toHaveLength(4);
    expect(lines.every((line) => !line.includes("\n"))).toBe(true);
  });
});

describe("a run that failed is told apart from one that was stopped", () => {
  const event = { ...base, type: "stopped", phase: "failed", code: "NO_ORDER", message: "" } as const;

  it("by a metric of its own", () => {
    const lines: string[] = [];
    emfObserver({ write: (line) => lines.push(line) }).observe(event);
    expect(JSON.parse(lines.join())).toMatchObject({ RunsFailed: 1 });
  });

  it("by the level of its line", () => {
    const lines: string[] = [];
    jsonLogObserver((line) => lines.push(line)).observe(event);
    expect(JSON.parse(lines.join())).toMatchObject({ level: "ERROR" });
  });
});

describe("jsonLogObserver writes each event as one line of JSON", () => {
  it.each(events.map((event) => [event.type, event] as const))("%s", (type, event) => {
    const lines: string[] = [];
    jsonLogObserver((line) => lines.push(line)).observe(event);
    const level = type === "error" ? "ERROR" : type === "stopped" ? "WARN" : "INFO";
    expect(lines.map((line) => JSON.parse(line))).toEqual([{ level, message: "longhaul", longhaul: event }]);
  });
});
