import { expect, it } from "vitest";
import { decisionsAside } from "../src/decisions.ts";
import { treeOf } from "../src/tree.ts";

const index = "| date | decision | status |\n|---|---|---|\n| 2026-11-29 | [One](2026-11-29-one.md) | in force |\n";

function problemsOf(path: string, text: string): string[] {
  return decisionsAside(treeOf({ "docs/decisions/README.md": index, [path]: text })).map(({ message }) => message);
}

it("a decision is listed, and begins with its date", () => {
  expect(problemsOf("docs/decisions/2026-11-29-one.md", "# 2026-11-29: one\n")).toEqual([]);
});

it.each([
  ["docs/decisions/2026-11-29-two.md", "# 2026-11-29: two\n", "docs/decisions/README.md does not list it."],
  ["docs/decisions/2026-11-29-one.md", "# One\n", 'It has to begin with "# 2026-11-29: " and its title.'],
])("%s, %j is found", (path, text, message) => {
  expect(problemsOf(path, text)).toEqual([message]);
});
