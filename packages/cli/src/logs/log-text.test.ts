import { describe, expect, it } from "vitest";
import { paintFor } from "../terminal.ts";
import { logText } from "./log-text.ts";

const paint = paintFor(false);
const line = { at: "2026-11-30T01:02:03.004Z", hop: 3, requestId: "r", stream: "2026/11/30/[$LATEST]0123abcdef" };

describe("a line of a run's log, for people", () => {
  it("has time, hop and instance before what was printed; more lines begin below it", () => {
    expect(logText({ ...line, message: "one\rtwo\n\tthree" }, paint)).toBe(
      ["01:02:03.004  hop 3    abcdef  one", `${" ".repeat(31)}two`, `${" ".repeat(31)}    three`].join("\n"),
    );
  });

  it("does nothing to a terminal", () => {
    expect(logText({ ...line, message: "\x1b[2Jgone" }, paint)).toBe("01:02:03.004  hop 3    abcdef  \\u{1b}[2Jgone");
  });

  it("an event of the run is told by its type and facts", () => {
    const event = { type: "handoff", run: "a", hop: 3, cause: "budget", bytes: 2_048, durationMs: 45, costUsd: 0.5 };
    expect(logText({ ...line, message: "{}", event }, paint)).toBe(
      "01:02:03.004  hop 3    abcdef  handoff    cause budget, 2.0 kB, duration 45 ms, cost $0.50",
    );
    const error = { type: "error", run: "a", hop: 3, code: "X", message: "no\x07", at: 1, steps: 2 };
    expect(logText({ ...line, message: "{}", event: error }, paint)).toMatch(/error {6}code X, message no\\u\{7\}$/);
  });
});
