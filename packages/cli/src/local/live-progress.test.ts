import { describe, expect, it } from "vitest";
import type { HopHistory, RunHistory } from "../report/run-history.ts";
import { paintFor, type Screen } from "../terminal.ts";
import { liveProgress } from "./live-progress.ts";

const hop = (run: string, number: number): HopHistory =>
  ({ run, hop: number, status: "done", startedAtMs: 0, endedAtMs: 5, windowMs: 10, cold: false }) as HopHistory;

function linesOf(hops: readonly HopHistory[]): string[] {
  const lines: string[] = [];
  const screen: Screen = { paint: paintFor(false), isLive: false, line: (text) => lines.push(text), status() {} };
  const progress = liveProgress(screen);
  const history = { run: hops[0]?.run, hops: [] as HopHistory[], samples: [], startedAtMs: 0, timeoutMs: 10 };
  for (const each of hops) {
    history.hops.push(each);
    progress.update(history as unknown as RunHistory);
  }
  progress.end();
  return lines;
}

describe("a line per hop that ended", () => {
  it("names it by its number, and where there are several runs by its run, one below the other", () => {
    const columns = linesOf([hop("walk/0", 0), hop("walk/0", 10), hop("walk/0.1.1", 0), hop("walk/0", 11)]).map(
      (line) => line.indexOf("done"),
    );
    expect(columns).toEqual([10, 10, 13, 13]);
  });

  it("does not make room for names without end", () => {
    const [, long = "", next = ""] = linesOf([hop("a", 0), hop("x".repeat(300), 0), hop("a", 1)]);
    expect(long.indexOf("done")).toBe("hop ".length + 302 + 2);
    expect(next.indexOf("done")).toBe("hop ".length + 32 + 2);
  });

  it("is written once", () => {
    const one = hop("a", 0);
    expect(linesOf([one, one, hop("a", 1)])).toHaveLength(2);
  });
});
