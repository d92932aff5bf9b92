import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The files of the workspace, by their paths from its root. */
export interface Tree {
  readonly paths: readonly string[];
  /** The text of a file; empty if there is none. */
  text(path: string): string;
  /** Whether there is a file, or a folder with files, of this path. */
  has(path: string): boolean;
}

/** A tree of these texts, by path. */
export function treeOf(texts: Readonly<Record<string, string>>): Tree {
  return treeFrom(Object.keys(texts), (path) => texts[path] ?? "");
}

/** The tree that git knows below `root`: what is committed, changed or new, but not what it ignores. */
export function readTree(root: string): Tree {
  const listed = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  const paths = [...new Set(listed.split("\0"))].filter((path) => path !== "" && existsSync(join(root, path))).sort();
  const texts = new Map<string, string>();
  return treeFrom(paths, (path) => {
    const known = texts.get(path) ?? readFileSync(join(root, path), "utf8");
    texts.set(path, known);
    return known;
  });
}

function treeFrom(paths: readonly string[], read: (path: string) => string): Tree {
  const files = new Set(paths);
  const folders = new Set(paths.flatMap((path) => [...path.matchAll(/\//g)].map(({ index }) => path.slice(0, index))));
  return {
    paths,
    text: (path) => (files.has(path) ? read(path) : ""),
    has: (path) => files.has(path) || folders.has(path.replace(/\/$/, "")),
  };
}
