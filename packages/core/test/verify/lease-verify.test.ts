import { describe, expect, it } from "vitest";
import { findingText } from "../../../../verify/src/finding-text.ts";
import { searchAll } from "../../../../verify/src/search-all.ts";
import { testBugsOfEachInvariant } from "../../../../verify/test/machine-check-tests.ts";
import { check } from "./lease-check.ts";

describe("no invariant of the lease falls, whatever the invocations of a run do", () => {
  it("in all states of the small bounds", async () => {
    const small = check.bounds.filter(({ size }) => size === "small");
    // In threads of their own: Vitest's way to load modules makes a search five times slower.
    const searches = small.map((bounds) => ({ check, bounds }));
    const searched = await searchAll(searches, { seconds: 300, threads: 2 });
    expect(searched.flatMap(({ finding }) => (finding ? findingText(finding) : []))).toEqual([]);
    expect(searched.filter(({ isWhole }) => isWhole)).toHaveLength(small.length);
  });
});

/** The finding of the search that meets a deliberate bug. */
async function meet(bug: string) {
  const { within } = check.bugs.find(({ name }) => name === bug)!;
  const { finding } = await check.search(within, bug);
  return finding;
}

describe("each deliberate bug makes the invariant fall that it breaks", () => {
  it.each(check.bugs)("$breaks: $name", async ({ name, breaks }) => {
    const finding = await meet(name);
    expect(finding?.invariant).toBe(breaks);
    expect(finding && findingText(finding)).toContain(`${breaks} falls: `);
  });

  testBugsOfEachInvariant(check);
});

describe("a trace is for people", () => {
  it("it is a shortest one: who did what when, and the record before and after", async () => {
    const finding = await meet("a late event begins a run that is done");
    expect(finding && findingText(finding)).toMatchInlineSnapshot(`
      "V3 falls: a run that was done is running.
      t=0   #1        event arrives, and will once more (hop 0)
      t=0   #1        begins: hop 0
                      no record -> hop 0 running by #1
      t=0   #1        chooses to write: finish at 1
      t=0   #1        writes: finish at 1
                      hop 0 running by #1 -> hop 0 done
      t=0   #2        event arrives, and will once more (hop 0)
      t=0   #2        begins: hop 0
                      hop 0 done -> hop 0 running by #2"
    `);
  });

  it("it says which steps are faults, which invocation begins, and how each ends", async () => {
    const finding = await meet("a late event begins a run that is done");
    expect(finding?.trace.map(({ isFault, begins, ends }) => ({ isFault, begins, ends }))).toEqual([
      { isFault: true, begins: { invocation: "#1", hop: 0 } },
      { isFault: false },
      { isFault: false },
      { isFault: false, ends: [{ invocation: "#1", as: "done" }] },
      { isFault: true, begins: { invocation: "#2", hop: 0 } },
      { isFault: false },
    ]);
  });
});
