import { describe, expect, it } from "vitest";
import type { ExhaustiveCheck } from "../src/exhaustive-check.ts";
import { searchAll } from "../src/search-all.ts";

/**
 * The tests of a machine's check: its small bounds are visited whole, and each of its deliberate bugs is found.
 *
 * @param what - the thing that is checked: `a walk`
 * @param longestTrace - the trace of each bug has fewer steps
 */
export function testMachineCheck(check: ExhaustiveCheck, what: string, longestTrace: number): void {
  describe(`no invariant of ${what} falls, whatever is done to it`, () => {
    const small = check.bounds.filter(({ size }) => size === "small");

    it.each(small)("with $name: $limits", async (bounds) => {
      const [searched] = await searchAll([{ check, bounds }], { seconds: 300, threads: 1 });
      expect(searched).toMatchObject({ isWhole: true });
      expect(searched).not.toHaveProperty("finding");
      expect(searched?.states).toBeGreaterThan(500);
    });
  });

  describe(`each deliberate bug of ${what} makes the invariant fall that it breaks`, () => {
    it.each(check.bugs)("$breaks: $name", async ({ name, breaks, within }) => {
      const { finding } = await check.search(within, name);
      expect(finding?.invariant).toBe(breaks);
      expect(finding?.trace.length).toBeLessThan(longestTrace);
    });

    testBugsOfEachInvariant(check);
  });
}

/** At least two deliberate bugs for each invariant of a check. */
export function testBugsOfEachInvariant({ invariants, bugs }: ExhaustiveCheck): void {
  it("at least two for each", () => {
    for (const invariant of invariants) {
      expect(bugs.filter(({ breaks }) => breaks === invariant).length, invariant).toBeGreaterThanOrEqual(2);
    }
  });
}
