import { describe, expect, it } from "vitest";
import { runEventOf } from "./run-event.ts";

describe("a line that a function printed", () => {
  it("is an event of a run if jsonLogObserver wrote it", () => {
    const event = { type: "done", run: "r", hop: 2, progress: { records: 7 } };
    expect(runEventOf(JSON.stringify({ level: "INFO", message: "longhaul", longhaul: event }))).toEqual(event);
  });

  it.each([
    "plain text",
    'not JSON, though it says "longhaul"',
    '{"longhaul":null}',
    '{"longhaul":"done"}',
    '{"longhaul":[]}',
    '{"longhaul":{"type":"done"}}',
    '{"longhaul":{"type":"done","run":7,"hop":0}}',
    '{"longhaul":{"type":"done","run":"","hop":0}}',
    '{"longhaul":{"type":"done","run":"x","hop":-1}}',
    '{"longhaul":{"type":"done","run":"x","hop":"0"}}',
  ])("is a line like any other if it only looks like one: %s", (line) => {
    expect(runEventOf(line)).toBeUndefined();
  });
});
