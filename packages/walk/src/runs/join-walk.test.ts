import { describe, expect, it } from "vitest";
import { MemoryWalkRecords } from "../../test/memory-walk-records.ts";
import { joinWalk } from "./join-walk.ts";
import type { WalkAction } from "./walk-action.ts";

const target = { id: "w", bucket: "b", prefix: "p/", startedAtMs: 0 };
const action: WalkAction<string[]> = {
  empty: () => [],
  account: () => {},
  merge: (into, other) => void into.push(...other),
  finish: async (summary) => summary,
};

/** A walk whose first part gave something to so many others. */
async function walkOf(children: number) {
  const records = new MemoryWalkRecords();
  await records.open(target);
  await records.append("w", "0", 0, { kind: "began" });
  for (let i = 1; i <= children; i++) await records.append("w", "0", i, { kind: "gave", ranges: [] });
  const parts = ["0", ...Array.from({ length: children }, (_, i) => `0.${i + 1}`)];
  const end = async (part: string) => {
    const index = (await records.log("w", part)).length;
    const learned = [{ key: part, keys: 20_000 }];
    await records.append("w", part, index, { kind: "done", ending: { summary: JSON.stringify([part]), learned } });
  };
  return { records, parts, end, join: (part: string) => joinWalk({ target, part, action, records }) };
}

describe("a walk is joined", () => {
  it("of all its parts, each once and in their order, however many", async () => {
    const { records, parts, end, join } = await walkOf(40);
    for (const part of parts) await end(part);
    expect(await join("0.7")).toEqual({ walk: "w", part: "0.7", isLast: true, result: parts });
    expect(records.walks.get("w")?.result).toEqual(parts);
    expect(await records.hint("b", "p/")).toMatchObject({ keys: 41 * 20_000 });
  });

  it("by the last part alone, and each gives its place back", async () => {
    const { records, parts, end, join } = await walkOf(3);
    for (const part of parts.slice(1)) await records.claim("w", part, 8);
    for (const [i, part] of parts.entries()) {
      await end(part);
      expect(await join(part)).toMatchObject({ isLast: i === 3 });
      expect(records.walks.get("w")?.open).toEqual(parts.slice(i + 1));
    }
  });

  it("to the same by two that both find all done", async () => {
    const { records, parts, end, join } = await walkOf(20);
    for (const part of parts) await end(part);
    const results = await Promise.all(parts.map(join));
    expect(new Set(results.map(({ result }) => JSON.stringify(result))).size).toBe(1);
    expect(new Set(records.results).size).toBe(1);
  });
});
