import { describe, expect, it } from "vitest";
import { searchAll } from "../../../../verify/src/search-all.ts";
import { check } from "./fleet-check.ts";

describe("no invariant of a fleet falls, whatever its invocations do", () => {
  const small = check.bounds.filter(({ size }) => size === "small");

  it.each(small)("with $name: $limits", async (bounds) => {
    const [searched] = await searchAll([{ check, bounds }], { seconds: 300, threads: 1 });
    expect(searched).toMatchObject({ isWhole: true });
    expect(searched).not.toHaveProperty("finding");
    expect(searched?.states).toBeGreaterThan(500);
  });
});

describe("each deliberate bug of a fleet makes the invariant fall that it breaks", () => {
  it.each(check.bugs)("$breaks: $name", async ({ name, breaks, within }) => {
    const { finding } = await check.search(within, name);
    expect(finding?.invariant).toBe(breaks);
    expect(finding?.trace.length).toBeLessThan(30);
  });

  it("at least two for each", () => {
    for (const invariant of check.invariants) {
      expect(check.bugs.filter(({ breaks }) => breaks === invariant).length, invariant).toBeGreaterThanOrEqual(2);
    }
  });
});
