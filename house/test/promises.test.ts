import { describe, expect, it } from "vitest";
import { promisesWithoutTest } from "../src/promises.ts";
import { treeOf } from "../src/tree.ts";

const tests = `
describe("a run", () => {
  it("ends", () => {});
  it.each([["a"], ["b"]])("is \\"quoted\\": %s", () => {});
  it.each([
    { at: 1 },
  ])(
    "begins at $at",
    () => {},
  );
});
// "only a comment"
`;

function problemsOf(...rows: string[]): string[] {
  const page = ["# Promises", "", "| promise | test |", "|---|---|", ...rows].join("\n");
  return promisesWithoutTest(treeOf({ "docs/promises.md": page, "packages/core/src/run.test.ts": tests })).map(
    ({ place, message }) => `${place}: ${message}`,
  );
}

describe("each promise has a test", () => {
  it.each(["a run", "ends", 'is "quoted"', "begins at"])("that is called %s", (title) => {
    expect(problemsOf(`| It holds. | \`run.test.ts\`: \`${title}\` |`)).toEqual([]);
  });

  it.each([
    [
      "| It holds. | `run.test.ts`: `begins anew` |",
      'No test in packages/core/src/run.test.ts is called "begins anew".',
    ],
    [
      "| It holds. | `run.test.ts`: `only a comment` |",
      'No test in packages/core/src/run.test.ts is called "only a comment".',
    ],
    ["| It holds. | `walk.test.ts`: `ends` |", "There is no test file walk.test.ts."],
    ["| It holds. | by hand |", "The row has no test: `file.test.ts`: `title`."],
  ])("and is found without: %s", (row, message) => {
    expect(problemsOf(row)).toEqual([`docs/promises.md:5: ${message}`]);
  });

  it("a page without promises is none", () => {
    expect(problemsOf()).toEqual(["docs/promises.md: It names no promise."]);
  });
});
