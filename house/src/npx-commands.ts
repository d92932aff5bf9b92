import { dirname } from "node:path/posix";
import type { Finding } from "./finding.ts";
import { codeOf } from "./markdown.ts";
import { publicPackagesOf } from "./published-packages.ts";
import type { Tree } from "./tree.ts";

interface Manifest {
  readonly name?: string;
  readonly bin?: string | Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/**
 * Finds `npx` commands of READMEs that work in this workspace alone. A reader elsewhere has the commands of the published
 * packages, and, in a copied folder, those of the packages that its own manifest names.
 *
 * @param commandsOf - the commands that an installed package brings, by its name.
 */
export function commandsOfWorkspaceAlone(tree: Tree, commandsOf: (name: string) => readonly string[]): Finding[] {
  const published = publicPackagesOf(tree).flatMap(({ folder }) => binsOf(manifestIn(tree, folder)));
  return tree.paths
    .filter((path) => /(?:^|\/)(?:README|AGENTS)\.md$/.test(path))
    .flatMap((path) => {
      const { dependencies, devDependencies } = manifestIn(tree, dirname(path));
      const names = dirname(path) === "." ? [] : Object.keys({ ...dependencies, ...devDependencies });
      const known = new Set([...published, ...names.flatMap(commandsOf)]);
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

function manifestIn(tree: Tree, folder: string): Manifest {
  return JSON.parse(tree.text(folder === "." ? "package.json" : `${folder}/package.json`) || "{}") as Manifest;
}

function binsOf({ name = "", bin = {} }: Manifest): string[] {
  return typeof bin === "string" ? [name.replace(/^.*\//, "")] : Object.keys(bin);
}
