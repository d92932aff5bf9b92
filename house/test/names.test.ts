import { describe, expect, it } from "vitest";
import { modulesOf } from "../src/module.ts";
import { emptyNames, namesTwice, testHelpersInSource } from "../src/names.ts";
import { treeOf } from "../src/tree.ts";

const all = () => true;

describe("a file is named for what is in it", () => {
  const foundIn = (path: string) => emptyNames(treeOf({ [path]: "" })).map(({ place }) => place);

  it.each(["src/utils.ts", "src/common/one.ts", "test/helper.test.ts", "src/misc.mjs"])("%s is not", (file) => {
    expect(foundIn(`packages/core/${file}`)).toEqual([`packages/core/${file}`]);
  });

  it.each(["src/common-prefix.ts", "src/utility-bill.ts", "README.md"])("%s is", (file) => {
    expect(foundIn(`packages/core/${file}`)).toEqual([]);
  });
});

describe("a name has one meaning in a package", () => {
  const twiceIn = (texts: Readonly<Record<string, string>>) => {
    const tree = treeOf(texts);
    return namesTwice(tree, modulesOf(tree, all)).map(({ place, message }) => `${place}: ${message}`);
  };

  it("two files that export one are found, types too", () => {
    expect(
      twiceIn({
        "packages/core/src/a.ts": "export interface Page { readonly at: number }",
        "packages/core/src/sub/b.ts": "\nexport type Page = string;",
      }),
    ).toEqual([
      "packages/core/src/sub/b.ts:2: Page is exported by packages/core/src/a.ts, too. One word, one meaning.",
    ]);
  });

  it("but not a re-export, a name within a file, another package, a test, or a handler", () => {
    expect(
      twiceIn({
        "packages/core/src/a.ts": "export const page = 1; export type Page = number; export const handler = 1;",
        "packages/core/src/index.ts": 'export { page, type Page } from "./a.ts";',
        "packages/core/src/b.ts": "const page = 2; export const handler = 2;",
        "packages/core/src/a.test.ts": "export const page = 3;",
        "packages/walk/src/a.ts": "export const page = 4;",
      }),
    ).toEqual([]);
  });
});

describe("a helper of tests is not in src", () => {
  const texts = {
    "packages/core/package.json": '{ "exports": { ".": { "longhaul-source": "./src/index.ts" } } }',
    "packages/core/src/index.ts": 'export { run } from "./run.ts";',
    "packages/core/src/run.ts": 'export const run = new URL("./worker.ts", import.meta.url);',
    "packages/core/src/worker.ts": 'import type { Job } from "./job.ts";',
    "packages/core/src/job.ts": "export interface Job {}",
    "packages/core/src/handler.ts": "",
    "packages/core/infra/stack.ts": 'const entry = "../src/handler.ts";',
  };
  const helpersIn = (more: Readonly<Record<string, string>>) => {
    const tree = treeOf({ ...texts, ...more });
    return testHelpersInSource(tree, modulesOf(tree, all)).map(({ place }) => place);
  };

  it("whatever an entry reaches is none, by imports or by path", () => {
    expect(helpersIn({})).toEqual([]);
  });

  it("what only tests import is found, and what that imports", () => {
    expect(
      helpersIn({
        "packages/core/src/fake.ts": 'import { half } from "./half.ts";',
        "packages/core/src/half.ts": "export const half = 1;",
        "packages/core/src/run.test.ts": 'import "./fake.ts"; const path = "./half.ts";',
        "packages/core/test/more.ts": 'import "../src/fake.ts"; const file = "../src/fake.ts";',
      }),
    ).toEqual(["packages/core/src/fake.ts", "packages/core/src/half.ts"]);
  });
});
