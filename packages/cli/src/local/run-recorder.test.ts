import { describe, expect, it } from "vitest";
import { createLambdaObserver } from "../../test/lambda-events.ts";
import { htmlReport } from "../report/html-report.ts";
import { summarize } from "../report/run-history.ts";
import { hopName } from "../report/run-names.ts";
import { type RecorderOptions, recordRun } from "./run-recorder.ts";

const fn = "worker";

/** An embedded Lambda that says what the test makes it say. It is at rest when the test says so. */
function stage(more: Partial<RecorderOptions> = {}) {
  const lambda = createLambdaObserver();
  let nowMs = 1_000;
  const resting: (() => void)[] = [];
  const recorder = recordRun(lambda, {
    app: "s3-batch",
    functionName: fn,
    input: { name: "<b>.json", bytes: 10 },
    timeoutMs: 1_000,
    now: () => nowMs,
    atRest: () => new Promise((resolve) => resting.push(resolve)),
    ...more,
  });
  const print = (requestId: string | undefined, message: string) =>
    lambda.emit("log", {
      functionName: fn,
      logGroup: "",
      logStream: "",
      requestId,
      isPrinted: true,
      line: message,
      message,
    });
  const ended = recorder.ended();
  return {
    history: recorder.history,
    ended,
    lambda,
    print,
    say: (requestId: string, longhaul: object) =>
      print(requestId, JSON.stringify({ level: "INFO", message: "longhaul", longhaul })),
    start(requestId: string, cold = false, functionName = fn) {
      const more = { attempt: 1, sandboxId: "box", cold, payloadBytes: 2, startedAtMs: nowMs };
      lambda.emit("invoke.start", { requestId, functionName, ...more });
    },
    end(requestId: string, status: "ok" | "timeout" | "error" = "ok", answer: unknown = null) {
      nowMs += 100;
      const more = { durationMs: 100, billedMs: 100, initMs: undefined, maxMemoryMb: 80.4 };
      const said =
        status === "ok"
          ? { answer: JSON.stringify(answer), error: undefined }
          : { answer: undefined, error: "Sandbox.Timedout: it timed out" };
      lambda.emit("invoke.end", { requestId, functionName: fn, sandboxId: "box", status, ...said, ...more });
    },
    /** Nothing is under way any more. */
    async rest() {
      for (const resolve of resting.splice(0)) resolve();
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

const begin = { type: "hop.start", windowMs: 1_000, reserveMs: 200, attempt: 1 };

describe("a run is recorded from what Lambda and the function say", () => {
  it("has its hops, its records and its end", async () => {
    const { start, say, end, ended, rest } = stage();
    start("a", true);
    say("a", { ...begin, run: "r", hop: 0 });
    const handoff = {
      cause: "budget",
      steps: 3,
      durationMs: 9,
      remainingMs: 250,
      costUsd: 0.1,
      progress: { records: 30 },
    };
    say("a", { type: "handoff", run: "r", hop: 0, at: 1_090, ...handoff });
    end("a");
    start("b");
    say("b", {
      type: "done",
      run: "r",
      hop: 1,
      at: 1_180,
      steps: 1,
      costUsd: 0.2,
      progress: { records: 40, pausedMs: 60 },
    });
    end("b");
    await rest();
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
      elapsedMs: 200,
      workMs: 131,
    });
    expect(summarize(history, 0).workRecordsPerSecond).toBeCloseTo(40 / 0.131);
    expect(history.hops.map(({ status }) => status)).toEqual(["continued", "done"]);
    expect(history.hops.map(({ costUsd }) => costUsd)).toEqual([0.1, 0.2]);
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

  it("is over when all runs are that it started, and nothing is under way", async () => {
    const { start, say, end, ended, history, rest } = stage();
    for (const [id, run] of [
      ["a", "w/0"],
      ["b", "w/0.1"],
    ] as const) {
      start(id);
      say(id, { ...begin, run, hop: 0 });
    }
    say("b", { type: "done", run: "w/0.1", hop: 0, at: 1_010, costUsd: 0.1, progress: { records: 5 } });
    say("a", { type: "done", run: "w/0", hop: 0, at: 1_020, costUsd: 0.2, progress: { records: 30 } });
    end("b");
    start("c");
    say("c", { ...begin, run: "w/0.2", hop: 0 });
    expect(history.status).toBe("running");
    say("c", { type: "done", run: "w/0.2", hop: 0, at: 1_130, costUsd: 0.1, progress: { records: 7 } });
    end("c");
    await rest();
    const summary = summarize(await ended, 0);
    expect(summary).toMatchObject({ run: "w/0", status: "done", hops: 3, records: 42 });
    expect(summary.costUsd).toBeCloseTo(0.4);
    expect(history.hops.map((hop) => hopName(history, hop))).toEqual(["0:0", "0.1:0", "0.2:0"]);
    expect(history.samples.map(({ run, runProgress, progress }) => [run, runProgress, progress])).toEqual([
      ["w/0.1", { records: 5 }, { records: 5 }],
      ["w/0", { records: 30 }, { records: 35 }],
      ["w/0.2", { records: 7 }, { records: 42 }],
    ]);
  });

  it("has a hop for each of several runs that began in one invocation", async () => {
    const { start, say, end, ended, history, rest } = stage({ leastRuns: () => 2 });
    start("messages", true);
    for (const run of ["x", "y"]) {
      say("messages", { ...begin, run, hop: 0 });
      say("messages", { type: "done", run, hop: 0, at: 1_010, costUsd: 0, progress: { records: 4 } });
    }
    end("messages");
    // This one finds nothing to do.
    start("look");
    end("look");
    await rest();
    expect(summarize(await ended, 0)).toMatchObject({ status: "done", hops: 2, records: 8, coldStarts: 1 });
    expect(history.hops.map(({ run, status }) => [run, status])).toEqual([
      ["x", "done"],
      ["y", "done"],
    ]);
  });

  it("is over, too, when its last hop was killed before it could say so, and another finds it over", async () => {
    const { start, say, end, ended, rest } = stage();
    start("a");
    say("a", { ...begin, run: "r", hop: 0 });
    end("a", "timeout");
    start("b");
    say("b", { type: "duplicate", run: "r", hop: 0, refusal: "over" });
    end("b");
    await rest();
    expect((await ended).status).toBe("done");
  });

  it("pays no attention to other functions", () => {
    const { history, say, start } = stage();
    start("x", true, "sweeper");
    start("a");
    say("x", { type: "done", run: "other", hop: 0 });
    expect(history.hops).toHaveLength(1);
    expect(history.status).toBe("running");
  });
});

describe("whoever waits for a run hears when nothing is left to wait for", () => {
  const outcome = (status: string, more: object = {}) => ({ run: "r", hop: 0, message: "m", status, ...more });

  it("a function that logs nothing is known by its answers", async () => {
    const { start, end, ended, rest, history } = stage();
    start("a");
    end("a", "ok", outcome("continued"));
    start("b");
    end("b", "ok", outcome("done", { hop: 1 }));
    await rest();
    expect((await ended).status).toBe("done");
    expect(history.hops.map(({ run, hop, status }) => [run, hop, status])).toEqual([
      ["r", 0, "continued"],
      ["r", 1, "done"],
    ]);
  });

  it.each([
    ["that is no run", "done", undefined, null],
    ["whose run was stopped", "stopped", "m", outcome("stopped")],
    ["whose run failed for good", "failed", "m", outcome("failed")],
    ["of several runs, one of which failed", "failed", "m", [outcome("done"), outcome("failed", { run: "s" })]],
  ])("a function %s: %s", async (_, status, reason, answer) => {
    const { start, end, ended, rest } = stage();
    start("a");
    end("a", "ok", answer);
    await rest();
    expect(await ended).toMatchObject({ status, ...(reason && { reason }) });
  });

  it("nothing that was put started anything", async () => {
    const { ended, rest } = stage();
    await rest();
    expect(await ended).toMatchObject({
      status: "failed",
      reason: expect.stringContaining("Nothing invoked the function worker"),
    });
  });

  it("some of what was put started no run", async () => {
    const { start, say, end, ended, rest } = stage({ leastRuns: () => 2 });
    start("a");
    say("a", { type: "done", run: "r", hop: 0 });
    end("a");
    await rest();
    expect(await ended).toMatchObject({ status: "failed", reason: expect.stringContaining("1 runs began, not 2") });
  });

  it("a function that fails without an event that the platform could drop", async () => {
    const { start, end, ended, rest } = stage();
    start("a");
    end("a", "error");
    await rest();
    expect(await ended).toMatchObject({ status: "failed", reason: "Sandbox.Timedout: it timed out" });
  });

  it("the line that says that a run is done never comes", async () => {
    const { start, say, end, ended, rest } = stage();
    start("a");
    say("a", { ...begin, run: "r", hop: 3 });
    end("a");
    await rest();
    expect(await ended).toMatchObject({
      status: "failed",
      reason: expect.stringContaining("Run r went silent after hop 3"),
    });
  });

  it.each([
    ["done", { status: "done" } as const, "done", undefined],
    ["failed", { status: "failed", reason: "MAX_ATTEMPTS" } as const, "failed", "MAX_ATTEMPTS"],
    [
      "live, and nobody sweeps",
      { status: "live", leaseUntilMs: 0 } as const,
      "failed",
      expect.stringContaining("went silent"),
    ],
  ])("then its record is asked, which says %s", async (_, record, status, reason) => {
    const { start, say, end, ended, rest } = stage({ recordOf: async () => record });
    start("a");
    say("a", { ...begin, run: "r", hop: 0 });
    end("a", "timeout");
    await rest();
    expect(await ended).toMatchObject({ status, ...(reason !== undefined && { reason }) });
  });

  it("a sweep wakes a silent run whose record is live", async () => {
    const { start, say, end, ended, rest, history } = stage({
      recordOf: async () => ({ status: "live", leaseUntilMs: 0 }),
      isSwept: () => true,
    });
    start("a");
    say("a", { ...begin, run: "r", hop: 0 });
    end("a", "timeout");
    for (let sweep = 0; sweep < 4; sweep++) {
      await rest();
      start("s", false, "sweeper");
      await rest();
    }
    expect(history.status).toBe("running");
    start("b");
    say("b", { type: "done", run: "r", hop: 0 });
    end("b");
    await rest();
    expect((await ended).status).toBe("done");
  });

  it("is not given up while its lease lasts, which is told once", async () => {
    const waits: number[] = [];
    const { start, say, end, rest, history } = stage({
      recordOf: async () => ({ status: "live", leaseUntilMs: 9_000 }),
      isSwept: () => true,
      onSilence: ({ leaseUntilMs }) => waits.push(leaseUntilMs),
    });
    start("a");
    say("a", { ...begin, run: "r", hop: 0 });
    end("a", "error");
    for (let sweep = 0; sweep < 20; sweep++) {
      await rest();
      start("s", false, "sweeper");
      await rest();
    }
    expect(history.status).toBe("running");
    expect(waits).toEqual([9_000]);
  });

  it("sweeps that wake nothing", async () => {
    const { start, say, end, ended, rest } = stage({
      recordOf: async () => ({ status: "live", leaseUntilMs: 0 }),
      isSwept: () => true,
    });
    start("a");
    say("a", { ...begin, run: "r", hop: 0 });
    end("a");
    for (let sweep = 0; sweep < 7; sweep++) {
      await rest();
      start("s", false, "sweeper");
      await rest();
    }
    expect(await ended).toMatchObject({ status: "failed", reason: expect.stringContaining("sweeps did not wake it") });
  });

  it("runs that never end are over when all is at rest", async () => {
    const { start, say, ended, rest } = stage({ isEndless: true });
    start("a");
    say("a", { ...begin, run: "loop", hop: 0 });
    await rest();
    expect((await ended).status).toBe("done");
  });
});

describe("what a function prints is not taken for more than it is", () => {
  it.each([
    'not JSON, though it says "longhaul"',
    '{"longhaul":null}',
    '{"longhaul":"done"}',
    '{"longhaul":[]}',
    '{"longhaul":{"type":"done"}}',
    '{"longhaul":{"type":"done","run":7,"hop":0}}',
    '{"longhaul":{"type":"done","run":"x","hop":-1}}',
    '{"longhaul":{"type":"done","run":"x","hop":"0"}}',
  ])("%s is a line like any other", (line) => {
    const { start, print, history } = stage();
    start("a");
    print("a", line);
    expect(history.hops).toMatchObject([{ run: "", hop: -1 }]);
  });

  it("an event whose fields are of other kinds does no harm", async () => {
    const { start, say, end, ended, rest } = stage();
    start("a");
    const odd = {
      windowMs: "soon",
      progress: { records: "many", bytes: null },
      costUsd: "0",
      at: "now",
      steps: {},
      message: 1,
    };
    for (const type of ["hop.start", "handoff", "error", "unheard-of", "done"])
      say("a", { type, run: "r", hop: 0, ...odd });
    end("a");
    await rest();
    const summary = summarize(await ended, 0);
    expect(summary).toMatchObject({ status: "done", records: 0, costUsd: 0 });
    expect(htmlReport(await ended, 0)).not.toMatch(/NaN|undefined|\[object/);
  });

  it.each([
    [
      "with a table of runs, in which it is not",
      { recordOf: async (run: string) => (run === "r" ? ({ status: "done" } as const) : undefined) },
    ],
    ["without one, when an invocation answers for another", {}],
  ])("a run that was made up is none: %s", async (_, more) => {
    const { start, say, end, ended, rest, history } = stage(more);
    start("a");
    say("a", { ...begin, run: "r", hop: 0 });
    say("a", { ...begin, run: "made up", hop: 0 });
    say("a", { type: "done", run: "r", hop: 0 });
    end("a", "ok", outcomeOf("r"));
    await rest();
    expect((await ended).status).toBe("done");
    expect(history.hops.map(({ run }) => run)).toEqual(["r"]);
  });

  it("a made-up end of a run that goes on is not its end", async () => {
    const { start, say, end, ended, rest } = stage();
    start("a");
    say("a", { ...begin, run: "r", hop: 0 });
    say("a", { type: "done", run: "r", hop: 0 });
    say("a", { type: "handoff", run: "r", hop: 0 });
    end("a");
    await rest();
    expect((await ended).status).toBe("failed");
  });
});

const outcomeOf = (run: string) => ({ run, hop: 0, status: "done", message: "all done" });

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
    expect(page).not.toMatch(/<script>(?!"use strict")|<i>enough|<b>\.json/);
    expect(page.match(/<rect class="work"/g)).toHaveLength(1);
    expect(page).not.toMatch(/src=|href="(?!#)/);
  });
});
