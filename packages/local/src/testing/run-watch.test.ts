import { describe, expect, it } from "vitest";
import { createLambdaObserver } from "../lambda/lambda-events.ts";
import { NoSandboxError, NotSeenError, type RunWatchOptions, watchRuns } from "./run-watch.ts";

/** An embedded Lambda that says what the test makes it say, and a watch of it. */
function stage(isOurs: Parameters<typeof watchRuns>[1] = "worker", options?: RunWatchOptions) {
  const lambda = createLambdaObserver();
  const log = (requestId: string, message: string, functionName = "worker") =>
    lambda.emit("log", {
      functionName,
      logGroup: "",
      logStream: "",
      requestId,
      isPrinted: true,
      line: message,
      message,
    });
  return {
    watch: watchRuns(lambda, isOurs, options),
    log,
    say(requestId: string, longhaul: object, functionName?: string) {
      log(requestId, JSON.stringify({ level: "INFO", message: "longhaul", longhaul }), functionName);
    },
    sandbox: (sandboxId: string, pid: number) =>
      lambda.emit("sandbox.start", { sandboxId, pid, functionName: "worker", tmpDirectory: "/tmp" }),
    start(requestId: string, sandboxId: string, functionName = "worker") {
      const more = { attempt: 1, cold: true, payloadBytes: 2, startedAtMs: 0 };
      lambda.emit("invoke.start", { requestId, sandboxId, functionName, ...more });
    },
    end(requestId: string, sandboxId: string, functionName = "worker") {
      const more = {
        durationMs: 1,
        billedMs: 1,
        initMs: undefined,
        answer: undefined,
        maxMemoryMb: 80,
        error: undefined,
      };
      lambda.emit("invoke.end", { requestId, sandboxId, functionName, status: "ok", ...more });
    },
  };
}

describe("what the runs of a function say", () => {
  it("is kept in order, with the invocation; other lines and other functions' are not", () => {
    const { watch, say, log } = stage();
    log("a", "plain text");
    log("a", 'not JSON, though it says "longhaul"');
    log("a", '{"message":"longhaul","longhaul":"a text"}');
    say("a", { type: "hop.start", run: "r", hop: 0 });
    say("x", { type: "done", run: "r", hop: 0 }, "sweeper");
    say("b", { type: "done", run: "r", hop: 1 });
    expect(watch.events).toEqual([
      { type: "hop.start", run: "r", hop: 0, requestId: "a" },
      { type: "done", run: "r", hop: 1, requestId: "b" },
    ]);
  });

  it("is that of all functions one asks for, each time anew", () => {
    const ours = new Set(["one", "two"]);
    const { watch, say } = stage((name) => ours.has(name));
    for (const name of ["one", "two", "three"]) say("a", { type: "done", run: name, hop: 0 }, name);
    ours.delete("one");
    say("b", { type: "done", run: "late", hop: 0 }, "one");
    expect(watch.events.map(({ run }) => run)).toEqual(["one", "two"]);
  });

  it("is told to a listener until it has enough", () => {
    const { watch, say } = stage();
    const heard: number[] = [];
    say("a", { type: "step", run: "r", hop: 0 });
    const end = watch.onEvent(({ hop }) => void heard.push(hop));
    say("b", { type: "step", run: "r", hop: 1 });
    end();
    say("c", { type: "step", run: "r", hop: 2 });
    expect(heard).toEqual([1]);
  });

  it("is waited for, unless it was said before", async () => {
    const { watch, say } = stage();
    const waited = watch.until(({ type }) => type === "done");
    say("a", { type: "handoff", run: "r", hop: 0 });
    say("b", { type: "done", run: "r", hop: 1 });
    expect(await waited).toEqual({ type: "done", run: "r", hop: 1, requestId: "b" });
    expect(await watch.until(({ hop }) => hop === 0)).toMatchObject({ type: "handoff" });
  });

  it("is not waited for for ever, and the error has what was said last", async () => {
    const { watch, say } = stage("worker", { patienceMs: 5 });
    say("a", { type: "handoff", run: "r-7", hop: 0 });
    const failure = watch.until(({ type }) => type === "done");
    await expect(failure).rejects.toThrow(NotSeenError);
    await expect(failure).rejects.toThrow(/^Nothing such within 5 ms.*r-7/);
  });
});

describe("the invocations of a function", () => {
  it("are known from start to end; twins have one request id, and a process of their own each", () => {
    const { watch, start, end } = stage();
    start("a", "box-1");
    start("a", "box-2");
    start("x", "box-3", "sweeper");
    end("a", "box-1");
    end("x", "box-3", "sweeper");
    expect(watch.invocations).toMatchObject([
      { requestId: "a", sandboxId: "box-1", status: "ok", maxMemoryMb: 80 },
      { requestId: "a", sandboxId: "box-2", status: "running", maxMemoryMb: undefined },
    ]);
  });

  it("have a process that a test can kill", () => {
    const { watch, sandbox, start } = stage();
    sandbox("box-1", 4711);
    start("a", "box-1");
    start("b", "box-unseen");
    expect(watch.pidOf({ requestId: "a" })).toBe(4711);
    for (const requestId of ["b", "unknown", undefined]) {
      expect(() => watch.pidOf({ requestId })).toThrow(NoSandboxError);
    }
  });
});
