import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Installed } from "./named-things.ts";
import type { Tree } from "./tree.ts";

/** Finds the commands installed below `root`, and asks those of the workspace for their help. */
export function installedIn(root: string, tree: Tree): Installed {
  const bins = join(root, "node_modules", ".bin");
  const helps = new Map<string, string | undefined>();
  const ask = (bin: string, verb: string): string | undefined => {
    const file = fileOfBin(tree, bin);
    if (file === undefined) return undefined;
    try {
      return execFileSync(process.execPath, ["--conditions=longhaul-source", join(root, file), verb, "--help"], {
        encoding: "utf8",
        stdio: ["ignore", "pipe", "ignore"],
      });
    } catch {
      return undefined;
    }
  };
  return {
    commands: new Set(existsSync(bins) ? readdirSync(bins) : []),
    helpOf(bin, verb) {
      const key = `${bin} ${verb}`;
      if (!helps.has(key)) helps.set(key, ask(bin, verb));
      return helps.get(key);
    },
  };
}

/** The commands that an installed package brings. */
export function commandsOfPackage(root: string, name: string): string[] {
  const file = join(root, "node_modules", name, "package.json");
  if (!existsSync(file)) return [];
  const { bin = {} } = JSON.parse(readFileSync(file, "utf8")) as { readonly bin?: string | Record<string, string> };
  return typeof bin === "string" ? [name.replace(/^.*\//, "")] : Object.keys(bin);
}

/** The file of a command that a package of the workspace has. */
function fileOfBin(tree: Tree, bin: string): string | undefined {
  for (const path of tree.paths.filter((path) => /^packages\/[^/]+\/package\.json$/.test(path))) {
    const { bin: bins } = JSON.parse(tree.text(path)) as { readonly bin?: Readonly<Record<string, string>> };
    const file = bins?.[bin];
    if (file !== undefined) return join(path, "..", file);
  }
  return undefined;
}
