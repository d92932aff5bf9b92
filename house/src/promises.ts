import type { Finding } from "./finding.ts";
import type { Tree } from "./tree.ts";

/** Where promises and tests stand side by side. */
const PAGE = "docs/promises.md";

/** Finds promises without a test: each row names a file and the title of a test in it. */
export function promisesWithoutTest(tree: Tree): Finding[] {
  const rows = tree
    .text(PAGE)
    .split("\n")
    .map((text, at) => ({ text, line: at + 1 }))
    .filter(({ text }) => /^\|(?!---| promise \|)/.test(text));
  if (rows.length === 0) return [{ rule: "promises", place: PAGE, message: "It names no promise." }];
  return rows.flatMap(({ text, line }) => {
    const [, file, title] = /\| `([^`]+\.test\.ts)`: `(.+)` \|$/.exec(text) ?? [];
    const problem =
      file === undefined || title === undefined
        ? "The row has no test: `file.test.ts`: `title`."
        : problemOf(tree, file, title);
    return problem === undefined ? [] : [{ rule: "promises", place: `${PAGE}:${line}`, message: problem }];
  });
}

function problemOf(tree: Tree, file: string, title: string): string | undefined {
  const files = tree.paths.filter((path) => path === file || path.endsWith(`/${file}`));
  if (files.length === 0) return `There is no test file ${file}.`;
  const found = files.some((path) => titlesIn(tree.text(path)).some((each) => each.includes(title)));
  return found ? undefined : `No test in ${files.join(", ")} is called "${title}".`;
}

/** The titles of a file's tests, as they are written. */
function titlesIn(text: string): string[] {
  return [
    ...text.matchAll(/(?:\b(?:describe|it|test)(?:\.\w+)*\(|^ *\]?\)\(|\)\()\s*(["'`])((?:\\.|(?!\1).)+)\1/gms),
  ].map(([, , title = ""]) => title.replace(/\\(.)/g, "$1"));
}
