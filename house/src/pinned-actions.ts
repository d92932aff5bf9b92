import type { Finding } from "./finding.ts";
import type { Tree } from "./tree.ts";

/** Finds actions of workflows that are named by a tag, which somebody can move, and not by a commit. */
export function unpinnedActions(tree: Tree): Finding[] {
  return tree.paths
    .filter((path) => /^\.github\/workflows\/.+\.ya?ml$/.test(path))
    .flatMap((path) =>
      tree
        .text(path)
        .split("\n")
        .flatMap((line, at) => {
          const [, action = ""] = /^\s*(?:- )?uses:\s*["']?([^\s"']+)/.exec(line) ?? [];
          const isPinned = action === "" || action.startsWith("./") || /@[0-9a-f]{40}$/.test(action);
          const message = `${action} is not pinned. Name the commit, and the version in a comment: ACTION@SHA # v1.2.3`;
          return isPinned ? [] : [{ rule: "pinned-actions", place: `${path}:${at + 1}`, message }];
        }),
    );
}
