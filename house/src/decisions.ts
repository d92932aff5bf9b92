import type { Finding } from "./finding.ts";
import type { Tree } from "./tree.ts";

const INDEX = "docs/decisions/README.md";

/** Finds decisions that the index does not list, and those whose title has no date. */
export function decisionsAside(tree: Tree): Finding[] {
  const index = tree.text(INDEX);
  return tree.paths
    .filter((path) => path.startsWith("docs/decisions/") && path !== INDEX)
    .flatMap((path) => {
      const name = path.slice("docs/decisions/".length);
      const date = name.slice(0, "2026-11-29".length);
      const problems = [
        ...(index.includes(`](${name}) |`) ? [] : [`${INDEX} does not list it.`]),
        ...(tree.text(path).startsWith(`# ${date}: `) ? [] : [`It has to begin with "# ${date}: " and its title.`]),
      ];
      return problems.map((message) => ({ rule: "decisions", place: path, message }));
    });
}
