import { join } from "node:path/posix";
import type { Tree } from "./tree.ts";

/** The fields of a `package.json` that rules read. */
export interface Manifest {
  readonly name?: string;
  readonly version?: string;
  readonly private?: boolean;
  readonly homepage?: string;
  readonly bugs?: string;
  readonly license?: string;
  readonly repository?: { readonly type?: string; readonly url?: string; readonly directory?: string };
  readonly engines?: { readonly node?: string };
  readonly sideEffects?: unknown;
  readonly files?: readonly string[];
  readonly exports?: Readonly<Record<string, string | object>>;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly bin?: string | Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/** A manifest, and the folder it is in; `.` for the root's. */
export interface Located {
  readonly folder: string;
  readonly manifest: Manifest;
}

/** The manifest of a folder, empty if there is none. */
export function manifestIn(tree: Tree, folder: string): Manifest {
  return parseManifest(tree.text(join(folder, "package.json")));
}

/** All manifests of the tree. */
export function manifestsOf(tree: Tree): Located[] {
  return tree.paths
    .filter((path) => /(?:^|\/)package\.json$/.test(path))
    .map((path) => path.replace(/\/?package\.json$/, "") || ".")
    .map((folder) => ({ folder, manifest: manifestIn(tree, folder) }));
}

/** The manifests of the folders of `packages/`. */
export function packagesOf(tree: Tree): Located[] {
  return manifestsOf(tree).filter(({ folder }) => /^packages\/[^/]+$/.test(folder));
}

/** The packages that strangers install. */
export function publicPackagesOf(tree: Tree): Located[] {
  return packagesOf(tree).filter(({ manifest }) => manifest.private !== true);
}

/** The commands that a package brings, with the file of each. */
export function commandsOf({ name = "", bin = {} }: Manifest): Readonly<Record<string, string>> {
  return typeof bin === "string" ? { [name.replace(/^.*\//, "")]: bin } : bin;
}

export function parseManifest(text: string): Manifest {
  return JSON.parse(text || "{}") as Manifest;
}
