import { describe, expect, it } from "vitest";
import { commandsOfWorkspaceAlone } from "../src/npx-commands.ts";
import { treeOf } from "../src/tree.ts";

const files = {
  "package.json": JSON.stringify({ devDependencies: { vitest: "1.0.0" } }),
  "packages/cli/package.json": JSON.stringify({ name: "longhaul", bin: { longhaul: "./bin.mjs" } }),
  "packages/app/package.json": JSON.stringify({ name: "app", private: true, devDependencies: { "aws-cdk": "2.0.0" } }),
};
const commandsOf = (name: string) => (name === "aws-cdk" ? ["cdk"] : name === "vitest" ? ["vitest"] : []);
const found = (path: string, text: string) =>
  commandsOfWorkspaceAlone(treeOf({ ...files, [path]: text }), commandsOf).map(({ place }) => place);

describe("no README names an npx command that works only in the workspace", () => {
  it.each([
    ["a command that is published", "README.md", "`npx longhaul walk s3://BUCKET`, `npx --yes longhaul@1.0.0 --help`"],
    ["a command that the folder's manifest brings", "packages/app/README.md", "```sh\nnpx cdk deploy\n```"],
    ["a name that the reader replaces", "README.md", "`npx NAME`"],
    ["a page for those who work on the workspace", "CONTRIBUTING.md", "`npx vitest run`"],
  ])("%s may stay", (_, path, text) => {
    expect(found(path, text)).toEqual([]);
  });

  it.each([
    ["a tool of the workspace", "README.md", "```sh\nnpx vitest run\n```", "README.md:2"],
    ["a tool that only the root names", "packages/app/README.md", "`npx vitest run`", "packages/app/README.md:1"],
    ["a command of nobody", "packages/cli/README.md", "`npx longhaul-report`", "packages/cli/README.md:1"],
    ["a private package's", "packages/app/AGENTS.md", "`npx app`", "packages/app/AGENTS.md:1"],
  ])("%s is found", (_, path, text, place) => {
    expect(found(path, text)).toEqual([place]);
  });
});
