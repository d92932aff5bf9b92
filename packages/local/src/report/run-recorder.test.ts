import { describe, expect, it } from "vitest";
import { createLambdaObserver } from "../lambda/lambda-events.ts";
import { htmlReport } from "./html-report.ts";
import { hopName, summarize } from "./run-history.ts";
import { type RecorderOptions, recordRun } from "./run-recorder.ts";

const fn = "worker";

/** An embedded Lambda that says what the test makes it say. */
function stage(more: Partial<RecorderOptions> = {}) {
  const lambda = createLambdaObserver();
  let nowMs = 1_000;
  const recorder = recordRun(lambda, {
    app: "s3-batch",
    functionName: fn,
    input: { name: "<b>.json", bytes: 10 },
    timeoutMs: 1_000,
    now: () => nowMs,
    ...more,
  });
  const say = (requestId: string, longhaul: object) => {
    const message = JSON.stringify({ level: "INFO", message: "longhaul", longhaul });
    lambda.emit("log", { functionName: fn, requestId, line: message, message });
  };
  return {
    ...recorder,
    say,
    lambda,
    start(requestId: string, cold = false) {
      const more = { attempt: 1, sandboxId: "box", cold, payloadBytes: 2, startedAtMs: nowMs };
      lambda.emit("invoke.start", { requestId, functionName: fn, ...more });
    },
    end(requestId: string, status: "ok" | "timeout" = "ok") {
      nowMs += 100;
      const more = { durationMs: 100, billedMs: 100, initMs: undefined, maxMemoryMb: 80.4 };
      const error = status === "ok" ? undefined : "Sandbox.Timedout: it timed out";
      lambda.emit("invoke.end", { requestId, functionName: fn, sandboxId: "box", status, error, ...more });
    },
  };
}

describe("a run is recorded from what Lambda and the function say", () => {
  it("has its hops, its records and its end", async () => {
    const { start, say, end, ended } = stage();
    start("a", true);
    say("a", { type: "hop.start", run: "r", hop: 0, windowMs: 1_000, reserveMs: 200, attempt: 1 });
    say("a", {
      type: "handoff",
      run: "r",
      hop: 0,
      at: 1_090,
      cause: "budget",
      steps: 3,
      durationMs: 9,
      remainingMs: 250,
      costUsd: 0.1,
      progress: { records: 30 },
    });
    end("a");
    start("b");
    say("b", { type: "done", run: "r", hop: 1, at: 1_180, steps: 1, costUsd: 0.2, progress: { records: 40 } });
    end("b");
    const history = await ended;
    expect(summarize(history, 0)).toMatchObject({
      run: "r",
      status: "done",
      hops: 2,
      records: 40,
      coldStarts: 1,
      costUsd: 0.2,
      usedShare: 0.75,
      medianHandOffMs: 9,
    });
    expect(history.hops.map(({ status }) => status)).toEqual(["continued", "done"]);
  });

  it("has failed when the platform gives its event up", async () => {
    const { start, end, lambda, ended } = stage();
    start("a");
    end("a", "timeout");
    lambda.emit("dropped", { functionName: fn, requestId: "a", reason: "retries", targetArns: [] });
    const history = await ended;
    expect(history).toMatchObject({ status: "failed", reason: "Sandbox.Timedout: it timed out" });
    expect(summarize(history, 0).timeouts).toBe(1);
  });

  it("is over when the runs are that it started, and nothing is under way", async () => {
    let isIdle = Promise.withResolvers<void>();
    const { start, say, end, ended, history } = stage({ idle: () => isIdle.promise });
    for (const [id, run] of [
      ["a", "w/0"],
      ["b", "w/0.1"],
    ] as const) {
      start(id);
      say(id, { type: "hop.start", run, hop: 0, windowMs: 1_000, reserveMs: 200, attempt: 1 });
    }
    say("b", { type: "done", run: "w/0.1", hop: 0, at: 1_010, costUsd: 0.1, progress: { records: 5 } });
    say("a", { type: "done", run: "w/0", hop: 0, at: 1_020, costUsd: 0.2, progress: { records: 30 } });
    end("b");
    // Another one begins before the first look is over.
    start("c");
    say("c", { type: "hop.start", run: "w/0.2", hop: 0, windowMs: 1_000, reserveMs: 200, attempt: 1 });
    isIdle.resolve();
    await isIdle.promise;
    expect(history.status).toBe("running");
    isIdle = Promise.withResolvers<void>();
    say("c", { type: "done", run: "w/0.2", hop: 0, at: 1_130, costUsd: 0.1, progress: { records: 7 } });
    end("c");
    isIdle.resolve();
    const summary = summarize(await ended, 0);
    expect(summary).toMatchObject({ run: "w/0", status: "done", hops: 3, records: 42 });
    expect(summary.costUsd).toBeCloseTo(0.4);
    expect(history.hops.map((hop) => hopName(history, hop))).toEqual(["0:0", "0.1:0", "0.2:0"]);
  });

  it("is over when so many runs are as there have to be, though several began in one invocation", async () => {
    let leastRuns = Number.POSITIVE_INFINITY;
    const { start, say, end, ended, history, look } = stage({ leastRuns: () => leastRuns });
    start("messages", true);
    for (const run of ["x", "y"]) {
      say("messages", { type: "hop.start", run, hop: 0, windowMs: 1_000, reserveMs: 200, attempt: 1 });
      say("messages", { type: "done", run, hop: 0, at: 1_010, costUsd: 0, progress: { records: 4 } });
    }
    end("messages");
    // This one finds nothing to do.
    start("look");
    end("look");
    await Promise.resolve();
    expect(history.status).toBe("running");
    leastRuns = 2;
    look();
    expect(summarize(await ended, 0)).toMatchObject({ status: "done", hops: 2, records: 8, coldStarts: 1 });
    expect(history.hops.map(({ run, status }) => [run, status])).toEqual([
      ["x", "done"],
      ["y", "done"],
    ]);
  });

  it("is over, too, when its last hop was killed before it could say so, and another finds it over", async () => {
    const { start, say, end, ended } = stage();
    start("a");
    say("a", { type: "hop.start", run: "r", hop: 0, windowMs: 1_000, reserveMs: 200, attempt: 1 });
    end("a", "timeout");
    start("b");
    say("b", { type: "duplicate", run: "r", hop: 0, refusal: "over" });
    end("b");
    expect((await ended).status).toBe("done");
  });

  it("pays no attention to other functions, and to lines that are not the run's", () => {
    const { lambda, history, say, start } = stage();
    lambda.emit("invoke.start", {
      requestId: "x",
      functionName: "sweeper",
      attempt: 1,
      sandboxId: "s",
      cold: true,
      payloadBytes: 2,
      startedAtMs: 0,
    });
    start("a");
    say("x", { type: "done", run: "other" });
    lambda.emit("log", { functionName: fn, requestId: "a", line: "", message: 'not JSON, though it says "longhaul"' });
    expect(history.hops).toHaveLength(1);
    expect(history.status).toBe("running");
  });
});

describe("the report is one page that nothing in a run can break", () => {
  it("draws every hop, and shows names as text", async () => {
    const { start, say, end, ended } = stage();
    start("a");
    say("a", {
      type: "stopped",
      run: "<script>",
      hop: 0,
      at: 1_050,
      message: "<i>enough</i>",
      progress: { records: 5 },
    });
    end("a");
    const page = htmlReport(await ended, 0);
    expect(page).toContain("&#60;b&#62;.json");
    expect(page).not.toMatch(/<script|<i>enough|<b>\.json/);
    expect(page.match(/<rect class="work"/g)).toHaveLength(1);
    expect(page).not.toMatch(/src=|href=/);
  });
});
