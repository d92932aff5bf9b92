import { execFileSync } from "node:child_process";
import { cpSync, existsSync, globSync, mkdirSync, mkdtempSync, readdirSync, readlinkSync, symlinkSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** Caches that a copy must not share. */
const OWN = new Set([".cache", ".vite", ".vite-temp"]);

/**
 * Copies the working tree, with what is not committed and without what is ignored, into a folder of its own. Packages of
 * others are linked, those of the workspace are the copy's.
 */
export function makeScratch(root: string): { readonly path: string; remove(): Promise<void> } {
  const path = mkdtempSync(join(tmpdir(), "longhaul-mutants-"));
  const listed = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], { cwd: root });
  for (const file of listed.toString().split("\0")) {
    const from = join(root, file);
    // A file that was deleted and not yet committed is listed, too.
    if (file !== "" && existsSync(from)) cpSync(from, join(path, file), { verbatimSymlinks: true });
  }
  for (const modules of ["node_modules", ...globSync("{*,packages/*}/node_modules", { cwd: root })]) {
    if (existsSync(join(path, dirname(modules)))) linkModules(join(root, modules), join(path, modules));
  }
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

function linkModules(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const target = join(from, entry.name);
    if (OWN.has(entry.name)) continue;
    if (entry.name.startsWith("@") && entry.isDirectory()) linkModules(target, join(to, entry.name));
    // A link of the workspace is relative: in the copy it leads to the copy's package.
    else symlinkSync(entry.isSymbolicLink() ? readlinkSync(target) : target, join(to, entry.name));
  }
}
