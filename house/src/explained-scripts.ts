import type { Finding } from "./finding.ts";
import { manifestIn } from "./manifest.ts";
import type { Tree } from "./tree.ts";

/** Longest comment on a script: with npm's indent it fits into a terminal of 90 columns. */
const MAX_COMMENT = 86;

/**
 * Finds scripts of the root that do not explain themselves. `npm run` prints names and commands, so above each script there is
 * a comment: a script named `//NAME` whose command is a comment of the shell.
 */
export function unexplainedScripts(tree: Tree): Finding[] {
  const { scripts = {} } = manifestIn(tree, ".");
  const names = Object.keys(scripts);
  const messages = names.flatMap((name, at) => {
    if (name.startsWith("//")) {
      return names[at + 1] === name.slice(2) ? [] : [`${name} must stand directly above the script ${name.slice(2)}.`];
    }
    const comment = scripts[`//${name}`] ?? "";
    if (/^# [A-Z]/.test(comment) && comment.length <= MAX_COMMENT) return [];
    return [`npm run does not explain ${name}: add "//${name}": "# WHAT IT DOES", at most ${MAX_COMMENT} characters.`];
  });
  return messages.map((message) => ({ rule: "explained-scripts", place: "package.json", message }));
}
