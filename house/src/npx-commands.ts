import { dirname } from "node:path/posix";
import type { Finding } from "./finding.ts";
import { commandsOf, manifestIn, publicPackagesOf } from "./manifest.ts";
import { codeOf } from "./markdown.ts";
import type { Tree } from "./tree.ts";

/**
 * Finds `npx` commands of READMEs that work in this workspace alone. A reader elsewhere has the commands of the published
 * packages, and, in a copied folder, those of the packages that its own manifest names.
 *
 * @param installed - the commands that an installed package brings, by its name.
 */
export function commandsOfWorkspaceAlone(tree: Tree, installed: (name: string) => readonly string[]): Finding[] {
  const published = publicPackagesOf(tree).flatMap(({ manifest }) => Object.keys(commandsOf(manifest)));
  return tree.paths
    .filter((path) => /(?:^|\/)(?:README|AGENTS)\.md$/.test(path))
    .flatMap((path) => {
      const { dependencies, devDependencies } = manifestIn(tree, dirname(path));
      const names = dirname(path) === "." ? [] : Object.keys({ ...dependencies, ...devDependencies });
      const known = new Set([...published, ...names.flatMap(installed)]);
      return codeOf(path, tree.text(path)).flatMap(({ text, line }) =>
        [...text.matchAll(/\bnpx (?:--?[\w-]+ )*([\w@/.-]+)/g)]
          .map(([, name = ""]) => name.replace(/(?<=.)@.*$/, ""))
          .filter((name) => !/^[A-Z]+$/.test(name) && !known.has(name))
          .map((name) => ({
            rule: "npx-commands",
            place: `${path}:${line}`,
            message: `Outside the workspace npx ${name} finds nothing of ours. Name a script, or a package that has it.`,
          })),
      );
    });
}
