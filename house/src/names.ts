import { type Finding, placeAt } from "./finding.ts";
import { isCode, isTest, type Module } from "./module.ts";
import type { Tree } from "./tree.ts";

/** Names that say nothing of what is in a file. */
const EMPTY_NAME = /^(?:util|utils|utilities|helper|helpers|common|misc|shared-utils)$/;
/** Lambda calls each function's handler by this name. */
const NAMED_BY_LAMBDA = "handler";

/** Finds files and folders whose names say nothing. */
export function emptyNames(tree: Tree): Finding[] {
  return tree.paths
    .filter(
      (path) => isCode(path) && path.split("/").some((part) => part.split(".").some((word) => EMPTY_NAME.test(word))),
    )
    .map((path) => ({
      rule: "empty-names",
      place: path,
      message: "The name does not say what is in it. Name it for its one concept.",
    }));
}

/** Finds names that two files of one package export. */
export function namesTwice(tree: Tree, modules: readonly Module[]): Finding[] {
  const owners = new Map<string, string>();
  const found: Finding[] = [];
  for (const { path, declared } of modules) {
    const [, folder] = /^(packages\/[^/]+)\/src\//.exec(path) ?? [];
    if (folder === undefined || isTest(path)) continue;
    for (const { text: name, offset } of declared) {
      if (name === NAMED_BY_LAMBDA || name === "default") continue;
      const owner = owners.get(`${folder} ${name}`);
      owners.set(`${folder} ${name}`, path);
      if (owner === undefined || owner === path) continue;
      found.push({
        rule: "names-twice",
        place: placeAt(path, tree.text(path), offset),
        message: `${name} is exported by ${owner}, too. One word, one meaning.`,
      });
    }
  }
  return found;
}

/** Finds files in `src` that production code does not reach: helpers of tests belong into `test`. */
export function testHelpersInSource(tree: Tree, modules: readonly Module[]): Finding[] {
  const sources = new Map(modules.filter(({ path }) => isSource(path)).map((module) => [module.path, module]));
  const reached = new Set<string>();
  const visit = (path: string): void => {
    if (reached.has(path) || !sources.has(path)) return;
    reached.add(path);
    for (const next of sources.get(path)?.imports ?? []) visit(next);
  };
  for (const path of entriesOf(tree, [...sources.keys()])) visit(path);
  return [...sources.keys()]
    .filter((path) => !reached.has(path))
    .map((path) => ({
      rule: "test-helpers",
      place: path,
      message: "Only tests use it, or nothing does. Move it into test/, so that it is not published.",
    }));
}

function isSource(path: string): boolean {
  return /^packages\/[^/]+\/src\//.test(path) && !isTest(path);
}

/** The files that something begins with: those that a manifest names, and those that other code names by path without an import. */
function entriesOf(tree: Tree, sources: readonly string[]): string[] {
  const programs = tree.paths.filter((path) => isCode(path) && !isTest(path) && !/(?:^|\/)test\//.test(path));
  const texts = new Map(programs.map((path) => [path, tree.text(path)]));
  return sources.filter((source) => {
    const [, folder = "", file = ""] = /^(packages\/[^/]+)\/(src\/.+)$/.exec(source) ?? [];
    if (tree.text(`${folder}/package.json`).includes(`"./${file}"`)) return true;
    const name = file.slice(file.lastIndexOf("/") + 1);
    // `new URL("../src/handler.ts", import.meta.url)`, `entry: "src/handler.ts"`
    const asPath = new RegExp(`(?<!from |import |import\\()["'\`][./\\w-]*\\b${name.replaceAll(".", "\\.")}["'\`]`);
    return programs.some(
      (path) => path !== source && path.startsWith(`${folder}/`) && asPath.test(texts.get(path) ?? ""),
    );
  });
}
