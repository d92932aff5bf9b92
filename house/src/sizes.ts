import { manifestIn, packagesOf } from "./manifest.ts";
import { isCode, isTest } from "./module.ts";
import type { Tree } from "./tree.ts";

/** A figure of the house, and what it may be at most. */
export interface Measure {
  readonly name: string;
  readonly value: number;
  readonly limit: number;
}

/** Lines of `src` that a package may have, without tests. */
const SOURCE_LINES: Readonly<Record<string, number>> = {
  core: 6_000,
  objects: 6_000,
  walk: 3_700,
  fleet: 1_300,
  local: 17_500,
  cli: 2_500,
};
/** Lines that an app to copy may have, with its stack and its test. */
const APP_LINES = 300;
const APP_README_LINES = 150;
/** Names that `@longhaul/core` may have at its root. */
const CORE_NAMES = 30;

/** Measures the packages. */
export function sizesOf(tree: Tree): Measure[] {
  const folders = packagesOf(tree).map(({ folder }) => folder.replace("packages/", ""));
  const measures = folders.flatMap((folder): Measure[] => {
    const limit = SOURCE_LINES[folder];
    const lines = (pattern: RegExp, withTests: boolean) => linesOf(tree, `packages/${folder}/`, pattern, withTests);
    if (limit !== undefined) return [{ name: `${folder}: lines of src`, value: lines(/^src\//, false), limit }];
    if (!isApp(tree, folder)) return [];
    return [
      { name: `${folder}: lines of the app`, value: lines(/^(?:src|infra|test)\//, true), limit: APP_LINES },
      {
        name: `${folder}: lines of its README`,
        value: countLines(tree.text(`packages/${folder}/README.md`)),
        limit: APP_README_LINES,
      },
    ];
  });
  return [...measures, { name: "core: names at the root", value: namesAtRoot(tree), limit: CORE_NAMES }];
}

/** An app to copy is private, and has a stack. */
function isApp(tree: Tree, folder: string): boolean {
  return manifestIn(tree, `packages/${folder}`).private === true && tree.has(`packages/${folder}/infra`);
}

function linesOf(tree: Tree, folder: string, pattern: RegExp, withTests: boolean): number {
  return tree.paths
    .filter((path) => path.startsWith(folder) && pattern.test(path.slice(folder.length)) && isCode(path))
    .filter((path) => withTests || !isTest(path))
    .reduce((sum, path) => sum + countLines(tree.text(path)), 0);
}

function countLines(text: string): number {
  return text.split("\n").length - (text.endsWith("\n") ? 1 : 0);
}

/** How many names the report of core's public surface lists for its root. */
function namesAtRoot(tree: Tree): number {
  const [, section = ""] = /^## @longhaul\/core\n([\s\S]*?)(?=^## )/m.exec(tree.text("packages/core/etc/api.md")) ?? [];
  return [...section.matchAll(/^- /gm)].length;
}
