import { describe, expect, it } from "vitest";
import { changesetsAside } from "../src/changesets.ts";
import { treeOf } from "../src/tree.ts";

const findingsIn = (heading: string) =>
  changesetsAside(
    treeOf({
      "package.json": "{}",
      "packages/cli/package.json": JSON.stringify({ name: "longhaul", version: "0.0.0" }),
      "packages/app/package.json": JSON.stringify({ name: "app", private: true }),
      ".changeset/README.md": '---\n"gone": minor\n---\n',
      ".changeset/one.md": `---\n${heading}\n---\n\nA text: it has "colons".\n`,
    }),
  ).map(({ message }) => message);

describe("a changeset names packages that are published from here", () => {
  it.each(['"longhaul": minor', "longhaul: patch", ""])("as %j does", (heading) => {
    expect(findingsIn(heading)).toEqual([]);
  });

  it.each(["@longhaul/cli", "app"])("and not %s", (name) => {
    expect(findingsIn(`"longhaul": minor\n"${name}": patch`)).toEqual([
      `No package of the name ${name} is published from here.`,
    ]);
  });
});
