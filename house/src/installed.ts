import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { commandsOf, packagesOf, parseManifest } from "./manifest.ts";
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
  return existsSync(file) ? Object.keys(commandsOf(parseManifest(readFileSync(file, "utf8")))) : [];
}

/** The file of a command that a package of the workspace has. */
function fileOfBin(tree: Tree, bin: string): string | undefined {
  return packagesOf(tree)
    .map(({ folder, manifest }) => ({ folder, file: commandsOf(manifest)[bin] }))
    .flatMap(({ folder, file }) => (file === undefined ? [] : [join(folder, file)]))
    .at(0);
}
