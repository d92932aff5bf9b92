import { describe, expect, it } from "vitest";
import { traceHistory } from "../src/trace-history.ts";
import { tracePage } from "../src/trace-page.ts";
import type { TraceStep } from "../src/trace-step.ts";

const calm = { isFault: false };
const TRACE: readonly TraceStep[] = [
  { ...calm, tick: 0, who: "#1", what: "event arrives (hop 0)", begins: { invocation: "#1", hop: 0 } },
  { ...calm, tick: 0, who: "#1", what: "begins: hop 0", change: "no record -> hop 0 running by <a>" },
  { tick: 0, who: "#1", what: "writes, and the answer is lost", isFault: true },
  { tick: 0, who: "platform", what: "event is lost (hop 1)", isFault: true },
  { ...calm, tick: 1, who: "clock", what: "a tick passes", ends: [{ invocation: "#1", as: "timeout" }] },
  { ...calm, tick: 1, who: "outside", what: "rewind (hop 0)" },
  { ...calm, tick: 1, who: "#2", what: "event arrives (hop 0)", begins: { invocation: "#2", hop: 0 } },
];

describe("a trace is drawn by the report's timeline", () => {
  it("an invocation is a bar from its event to its end, and lives on to the end of the trace", () => {
    const { hops, endedAtMs } = traceHistory(TRACE);
    const lives = hops.filter(({ sandboxId, error }) => sandboxId.startsWith("#") && error === undefined);
    expect(
      lives.map(({ sandboxId, hop, attempt, status, startedAtMs, endedAtMs }) => [
        ...[sandboxId, hop, attempt, status, startedAtMs, endedAtMs],
      ]),
    ).toEqual([
      ["#1", 0, 1, "timeout", 12_000, 60_000],
      ["#2", 0, 2, "running", 90_000, undefined],
    ]);
    expect(endedAtMs).toBe(120_000);
  });

  it("what was lost is a mark: on its invocation, or in a lane of its own", () => {
    const marks = traceHistory(TRACE).hops.filter(({ error }) => error !== undefined);
    expect(marks.map(({ sandboxId, startedAtMs, error }) => [sandboxId, startedAtMs, error])).toEqual([
      ["#1", 36_000, "#1 writes, and the answer is lost"],
      ["beside the invocations", 48_000, "platform event is lost (hop 1)"],
    ]);
  });

  it("sweeps and requests are marks beside the invocations", () => {
    const requests = traceHistory(TRACE).hops.filter(({ cause }) => cause !== undefined);
    expect(requests.map(({ sandboxId, startedAtMs, cause }) => [sandboxId, startedAtMs, cause])).toEqual([
      ["beside the invocations", 75_000, "rewind (hop 0)"],
    ]);
  });

  it("the page has the timeline, which invariant fell, and each step", () => {
    const page = tracePage({ invariant: "V2", text: "hop 0 is committed <twice>", trace: TRACE });
    expect(page).toContain("Timeline of 5 invocations in 3 function instances");
    expect(page).toContain("V2 falls: hop 0 is committed &#60;twice&#62;.");
    expect(page.match(/<rect class="fault/g)).toHaveLength(3);
    expect(page.match(/<tr/g)).toHaveLength(1 + TRACE.length + 1);
    expect(page).toContain("no record → hop 0 running by &#60;a&#62;");
    expect(page).not.toContain("<a>");
  });

  it("a trace without a clock has its steps alone", () => {
    const page = tracePage({
      invariant: "V13",
      text: "a key is missing",
      trace: [{ what: "0: is done", isFault: false }],
    });
    expect(page).not.toContain("<svg");
    expect(page).toContain("0: is done");
  });
});
