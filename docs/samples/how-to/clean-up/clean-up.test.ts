import { invariant, simulateMany, standardChecks } from "@longhaul/core/testing";
import { beforeAll, describe, expect, it, vi } from "vitest";

const released: string[] = [];
vi.mock("./snapshots.ts", () => ({
  copyTable: async (_: string, table: string) => {
    if (table === "broken") throw new Error("no such table");
  },
  releaseSnapshot: async (snapshot: string) => void released.push(snapshot),
}));
beforeAll(() => {
  vi.stubEnv("LONGHAUL_RUN_TABLE", "runs");
  vi.spyOn(console, "log").mockImplementation(() => {});
});

const isTold = invariant("isTold", ({ records }, fail) => {
  for (const { run, atEnd } of records.values()) if (atEnd !== "told") fail(`run ${run} has atEnd ${atEnd}.`);
});

/** Runs of several seeds, each with a snapshot of its own. */
async function runs(tables: readonly string[], ends: readonly ("done" | "stopped" | "failed")[]) {
  const { handler } = await import("./handler.ts");
  released.length = 0;
  const result = await simulateMany({
    seeds: 30,
    handler: () => handler,
    ends,
    redrive: false,
    vary: (seed) => ({ event: { snapshot: `snapshot-${seed}`, tables } }),
    outside: ends.includes("stopped") ? [{ ask: "stop", atMs: [0, 60_000] }] : [],
    checks: [...standardChecks, isTold],
  });
  return { ...result, released: new Set(released) };
}

describe("a snapshot is released, whatever dies", () => {
  it.each<[string, readonly string[], readonly ("done" | "stopped" | "failed")[]]>([
    ["when its run is done", ["a", "b", "c"], ["done"]],
    ["when it is stopped", ["a", "b", "c"], ["done", "stopped"]],
    ["when it fails", ["a", "broken"], ["failed"]],
  ])("%s", async (_, tables, ends) => {
    const { outcomes, released } = await runs(tables, ends);
    expect(ends.every((end) => outcomes[end] > 0)).toBe(true);
    expect(released.size).toBe(30);
  });
});
