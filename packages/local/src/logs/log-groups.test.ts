import { describe, expect, it } from "vitest";
import { LogGroups } from "./log-groups.ts";

describe("a log group", () => {
  it("keeps its newest events, and streams that have some, within its limit", () => {
    const groups = new LogGroups(10_000);
    for (let at = 0; at < 1_000; at++) groups.add("g", at < 500 ? "old" : "new", at, `line ${at}`);
    const group = groups.get("g");
    const kept = group?.events ?? [];
    expect(kept.at(-1)).toEqual({ id: 999, stream: "new", atMs: 999, message: "line 999" });
    expect(kept.map(({ id }) => id)).toEqual(Array.from(kept, (_, at) => 1_000 - kept.length + at));
    expect(kept.length).toBeGreaterThan(40);
    expect(kept.length).toBeLessThan(100);
    expect([...(group?.streams.keys() ?? [])]).toEqual(["new"]);
  });

  it("keeps an event that is larger than its limit, until the next one", () => {
    const groups = new LogGroups(1_000);
    groups.add("g", "s", 1, "x".repeat(5_000));
    expect(groups.get("g")?.events).toHaveLength(1);
    groups.add("g", "s", 2, "small");
    expect(groups.get("g")?.events.map(({ message }) => message)).toEqual(["small"]);
  });
});
