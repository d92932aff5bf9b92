import type { ProjectFiles } from "../src/project-files.ts";

/** Everything that an app consists of. Other files of its folder are made, or are the workspace's. */
const PARTS =
  /^(?:(?:src|infra|test|sample)\/.+|README\.md|AGENTS\.md|\.gitignore|cdk\.json|longhaul\.config\.ts|package\.json|tsconfig\.json|vitest\.config\.ts)$/;

/** Makes the template of an app from its files in the workspace. */
export function appTemplate(files: ProjectFiles): ProjectFiles {
  const template = [...files]
    .filter(([path]) => PARTS.test(path))
    .map(([path, text]): [string, string] => {
      // npm packs no file of this name: it takes it for a list of what not to pack.
      if (path === ".gitignore") return ["_gitignore", text];
      return [path, path.endsWith(".md") ? page(text) : text];
    });
  return new Map(template.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** A page outside the workspace: without how to copy the folder and the workspace's own commands, and with links that lead somewhere. */
function page(text: string): string {
  return text
    .replace(/^## Take it home\n[\s\S]*?(?=^## )/m, "")
    .replace(/^.*# in the workspace: .*\n/gm, "")
    .replace(/\]\(\.\.\/(\w+)(?:\/README\.md)?(#[\w-]+)?\)/g, "](https://www.npmjs.com/package/@longhaul/$1$2)");
}
