import { describe, expect, it } from "vitest";
import { logTail, parseLogLine, platformLines } from "./invocation-log.ts";

describe("parseLogLine", () => {
  it.each([
    ["what console printed", "2026-11-21T06:00:00.000Z\tr1\tINFO\thello", "r1", "hello"],
    ["newlines within it", "2026-11-21T06:00:00.000Z\tr1\tERROR\ta\rb\tc", "r1", "a\nb\tc"],
    ["what was printed while loading", "2026-11-21T06:00:00.000Z\t-\tWARN\tloading", undefined, "loading"],
  ])("reads %s", (_, raw, requestId, message) => {
    expect(parseLogLine(raw)).toEqual({ requestId, message, line: raw.replaceAll("\r", "\n") });
  });

  it.each(['{"level":"info"}', "10 %\r20 %\r"])("leaves raw output as it is: %j", (raw) => {
    expect(parseLogLine(raw)).toEqual({ requestId: undefined, message: raw, line: raw });
  });
});

describe("the REPORT line", () => {
  const report = {
    requestId: "r1",
    durationMs: 12.345,
    billedMs: 13,
    memoryMb: 128,
    maxMemoryMb: 70.2,
    initMs: undefined,
    status: "ok" as const,
  };
  // LocalStack's recording of AWS, test_lambda.py::TestLambdaFeatures::test_invocation_with_logs: a tab ends the figures.
  it.each([
    ["warm", {}, "\t"],
    ["cold", { initMs: 81.5 }, "\tInit Duration: 81.50 ms\t"],
    ["timed out", { status: "timeout" as const }, "\tStatus: timeout"],
    ["crashed", { status: "exit" as const }, "\tStatus: error\tError Type: Runtime.ExitError"],
  ])("%s", (_, change, tail) => {
    expect(platformLines.report({ ...report, ...change })).toBe(
      `REPORT RequestId: r1\tDuration: 12.35 ms\tBilled Duration: 13 ms\tMemory Size: 128 MB\tMax Memory Used: 71 MB${tail}`,
    );
  });
});

describe("logTail", () => {
  it("is the last 4 KB", () => {
    const tail = Buffer.from(logTail(["x".repeat(5000), "end"]), "base64").toString("utf8");
    expect(tail).toBe(`${"x".repeat(4091)}\nend\n`);
  });
});
