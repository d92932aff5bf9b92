import { describe, expect, it } from "vitest";
import { readLogLine } from "./log-line.ts";

const event = { type: "hop.start", run: "a", hop: 3 };
const observed = JSON.stringify({ level: "INFO", message: "longhaul", longhaul: event });

describe("a message of a function's log", () => {
  it.each([
    ["START RequestId: r-1 Version: $LATEST\n", { requestId: "r-1", mark: "start" }],
    ["END RequestId: r-1\n", { requestId: "r-1", mark: undefined }],
    ["REPORT RequestId: r-1\tDuration: 1.00 ms\n", { requestId: "r-1", mark: "end" }],
    ["2026-11-30T01:02:03.004Z\tr-1\tINFO\thello\rthere\n", { requestId: "r-1", text: "hello\rthere" }],
    ["2026-11-30T01:02:03.004Z\tundefined\tINFO\thello", { requestId: "undefined", text: "hello" }],
    [`2026-11-30T01:02:03.004Z\tr-1\tINFO\t${observed}\n`, { requestId: "r-1", event }],
    [`${observed}\n`, { requestId: undefined, event }],
    ["printed past the console\n", { requestId: undefined, text: "printed past the console", event: undefined }],
  ])("in the text format: %j", (message, expected) => {
    expect(readLogLine(message)).toMatchObject(expected);
  });

  it.each([
    [
      { time: "t", type: "platform.start", record: { requestId: "r-1" } },
      { requestId: "r-1", mark: "start" },
    ],
    [
      { time: "t", type: "platform.report", record: { requestId: "r-1" } },
      { requestId: "r-1", mark: "end" },
    ],
    [
      { time: "t", type: "platform.runtimeDone", record: { requestId: "r-1" } },
      { requestId: "r-1", mark: undefined },
    ],
    [
      { timestamp: "t", level: "INFO", requestId: "r-1", message: "hello" },
      { requestId: "r-1", text: "hello" },
    ],
    [
      { timestamp: "t", level: "INFO", requestId: "r-1", message: observed },
      { requestId: "r-1", event },
    ],
    [
      { timestamp: "t", level: "INFO", requestId: "r-1", message: JSON.parse(observed) },
      { requestId: "r-1", event },
    ],
  ])("in the JSON format: %j", (fields, expected) => {
    expect(readLogLine(JSON.stringify(fields))).toMatchObject(expected);
  });

  it.each([
    "{",
    "null",
    '{"longhaul":1}',
    '{"longhaul":{"type":"done","run":1,"hop":0}}',
    '{"longhaul":{"type":"done","run":"a","hop":"x"}}',
    '{"longhaul":{"type":"done","run":"a","hop":1.5}}',
  ])("that only looks like an event is none: %s", (message) => {
    expect(readLogLine(message)).toEqual({ requestId: undefined, mark: undefined, text: message, event: undefined });
  });
});
