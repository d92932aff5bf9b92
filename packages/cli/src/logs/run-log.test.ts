import { describe, expect, it } from "vitest";
import { RunLog, type StreamEvent } from "./run-log.ts";

let ids = 0;
const on = (stream: string, atMs: number, message: string): StreamEvent => ({ id: `${ids++}`, stream, atMs, message });
const printed = (requestId: string, text: string) => `2026-11-30T00:00:00.000Z\t${requestId}\tINFO\t${text}`;
const said = (run: string, hop: number, type = "hop.start") => JSON.stringify({ longhaul: { type, run, hop } });
const shown = (log: RunLog, events: readonly StreamEvent[]) =>
  log.add(events).map(({ hop, message }) => `${hop} ${message}`);

describe("the log of a run", () => {
  it("has each line of its invocations, also those from before its first event, and no other", () => {
    const events = [
      on("s1", 1, "START RequestId: r1 Version: 1"),
      on("s2", 1, "START RequestId: r2 Version: 1"),
      on("s1", 2, printed("r1", "cold")),
      on("s1", 3, printed("r1", said("a", 0))),
      on("s2", 4, printed("r2", said("b", 0))),
      on("s1", 5, "past the console"),
      on("s2", 6, "of another run"),
      on("s1", 7, "REPORT RequestId: r1\tDuration: 1 ms"),
      on("s1", 8, "between two invocations"),
      on("s1", 9, "START RequestId: r3 Version: 1"),
      on("s1", 10, printed("r3", said("a", 1))),
    ];
    expect(shown(new RunLog("a"), events)).toEqual([
      "0 START RequestId: r1 Version: 1",
      "0 cold",
      `0 ${said("a", 0)}`,
      "0 past the console",
      "0 REPORT RequestId: r1\tDuration: 1 ms",
      "1 START RequestId: r3 Version: 1",
      `1 ${said("a", 1)}`,
    ]);
  });

  it("shows an event once, though two questions overlap", () => {
    const log = new RunLog("a");
    const events = [on("s", 1, printed("r", said("a", 0))), on("s", 2, printed("r", "x"))];
    expect(shown(log, events)).toHaveLength(2);
    expect(shown(log, [...events, on("s", 3, printed("r", "y"))])).toEqual(["0 y"]);
    expect(log.openStreams).toEqual(["s"]);
    expect(shown(log, [on("s", 4, "REPORT RequestId: r")])).toHaveLength(1);
    expect(log.openStreams).toEqual([]);
  });

  it("has what an abandoned step of an invocation prints after its end", () => {
    const log = new RunLog("a");
    const events = [
      on("s", 1, printed("r1", said("a", 0))),
      on("s", 2, "REPORT RequestId: r1"),
      on("s", 3, "START RequestId: r2 Version: 1"),
      on("s", 4, printed("r1", "late")),
      on("s", 5, "past the console"),
    ];
    expect(shown(log, events)).toEqual([`0 ${said("a", 0)}`, "0 REPORT RequestId: r1", "0 late"]);
  });

  it("brings lines that waited before those that did not, by their time", () => {
    const events = [
      on("s1", 1, printed("r1", "first")),
      on("s2", 2, printed("r2", said("a", 1))),
      on("s1", 3, printed("r1", said("a", 2))),
    ];
    expect(shown(new RunLog("a"), events)).toEqual(["2 first", `1 ${said("a", 1)}`, `2 ${said("a", 2)}`]);
  });
});
