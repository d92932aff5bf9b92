import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { WORKSPACE } from "./places.ts";

/** A published package of the workspace. */
export interface PublishedPackage {
  readonly name: string;
  readonly description: string;
  readonly folder: string;
  /** Its command's file, if it has one. */
  readonly command: string | undefined;
  /** The names to import, for example `@longhaul/core/sqs`, and the source file of it. */
  readonly entries: readonly { readonly name: string; readonly source: string }[];
}

interface Manifest {
  readonly name: string;
  readonly description?: string;
  readonly private?: boolean;
  readonly bin?: Readonly<Record<string, string>>;
  readonly exports?: Readonly<Record<string, string | { readonly "longhaul-source"?: string }>>;
}

/** The packages that are published, by name. */
export async function publishedPackages(): Promise<PublishedPackage[]> {
  const packages: PublishedPackage[] = [];
  const root = join(WORKSPACE, "packages");
  for (const each of (await readdir(root)).sort()) {
    const folder = join(root, each);
    if (!existsSync(join(folder, "package.json"))) continue;
    const manifest: Manifest = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
    if (manifest.private) continue;
    const entries = Object.entries(manifest.exports ?? {}).flatMap(([subpath, target]) => {
      const source = typeof target === "object" ? target["longhaul-source"] : undefined;
      return source === undefined ? [] : [{ name: manifest.name + subpath.slice(1), source: join(folder, source) }];
    });
    const bin = Object.values(manifest.bin ?? {})[0];
    const command = bin === undefined ? undefined : join(folder, bin);
    packages.push({ command, name: manifest.name, description: manifest.description ?? "", folder, entries });
  }
  return packages;
}
