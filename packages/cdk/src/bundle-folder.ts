import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";

/** A file of a bundle, as esbuild hands it over. */
interface BundleFile {
  readonly path: string;
  readonly contents: Uint8Array;
}

/**
 * Writes a bundle into a folder below `parent` that is named for its content, and answers with its path. The folder appears
 * whole or not at all, so several programs can write to the same cloud assembly.
 */
export function bundleFolder(parent: string, files: readonly BundleFile[]): string {
  const named = files.map(({ path, contents }) => ({ name: basename(path), contents }));
  const hash = createHash("sha256");
  for (const { name, contents } of named) hash.update(`${name} ${contents.length}\n`).update(contents);
  const folder = join(parent, hash.digest("hex").slice(0, 32));
  if (existsSync(folder)) return folder;
  mkdirSync(parent, { recursive: true });
  const unfinished = mkdtempSync(join(parent, "unfinished-"));
  for (const { name, contents } of named) writeFileSync(join(unfinished, name), contents);
  try {
    renameSync(unfinished, folder);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    // Another program has written the same bundle meanwhile.
    if (!existsSync(folder)) throw error;
  }
  return folder;
}
