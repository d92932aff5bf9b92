import { expect, it } from "vitest";
import { unpinnedActions } from "../src/pinned-actions.ts";
import { treeOf } from "../src/tree.ts";

const placesIn = (text: string) =>
  unpinnedActions(treeOf({ ".github/workflows/ci.yml": text })).map(({ place }) => place);

it("an action that is named by a tag or a branch is found", () => {
  expect(placesIn("steps:\n  - uses: actions/checkout@v5\n  - name: x\n    uses: a/b@main\n")).toEqual([
    ".github/workflows/ci.yml:2",
    ".github/workflows/ci.yml:4",
  ]);
});

it("one that is named by its commit, and one of the repository, are not", () => {
  expect(placesIn(`- uses: actions/checkout@${"0a".repeat(20)} # v5.1.0\n- uses: ./.github/actions/x\n`)).toEqual([]);
});
