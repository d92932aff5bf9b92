import { readdir, stat } from "node:fs/promises";
import { basename, join, relative, resolve, sep } from "node:path";
import type { AppConfig } from "@longhaul/local";
import { UsageError } from "../usage-error.ts";

/** A file to be put into the bucket. */
export interface LocalFile {
  readonly path: string;
  readonly key: string;
  readonly bytes: number;
}

/** The input of a run, as it is on disk. */
export interface Input {
  readonly path: string;
  /** For headings. */
  readonly name: string;
  /** Key of the file, or prefix of those of the directory. */
  readonly key: string;
  readonly files: readonly LocalFile[];
  readonly bytes: number;
}

/** How many files are looked at at once. */
const AT_ONCE = 64;

/**
 * Finds the input: the file or, if the app takes several, each regular file below a directory; links are not followed.
 *
 * @param maxFileBytes - larger files of a directory are left out.
 * @throws UsageError if there is none of the kind the app takes.
 */
export async function findInput(
  given: string,
  { input = "file", inputPrefix = "" }: Pick<AppConfig, "input" | "inputPrefix">,
  maxFileBytes = Number.POSITIVE_INFINITY,
): Promise<Input> {
  const path = resolve(given);
  const there = await stat(path).catch(() => undefined);
  if (there?.isFile()) {
    const key = inputPrefix + basename(path);
    return { path, name: basename(path), key, files: [{ path, key, bytes: there.size }], bytes: there.size };
  }
  if (input === "file") throw new UsageError(`There is no file ${path}.`);
  if (!there?.isDirectory()) throw new UsageError(`There is no file or directory ${path}.`);
  const files = (await filesBelow(path)).flatMap(({ file, bytes }) =>
    bytes > maxFileBytes ? [] : [{ path: file, key: inputPrefix + keyOf(path, file), bytes }],
  );
  if (files.length === 0) throw new UsageError(`There are no files below ${path}.`);
  return {
    path,
    name: basename(path),
    key: inputPrefix,
    files,
    bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

async function filesBelow(directory: string): Promise<{ readonly file: string; readonly bytes: number }[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const files: { file: string; bytes: number }[] = [];
  for (let at = 0; at < paths.length; at += AT_ONCE) {
    const sizes = await Promise.all(
      // One that has gone meanwhile is no input.
      paths
        .slice(at, at + AT_ONCE)
        .map(async (file) => ({ file, bytes: (await stat(file).catch(() => undefined))?.size })),
    );
    for (const { file, bytes } of sizes) if (bytes !== undefined) files.push({ file, bytes });
  }
  return files;
}

function keyOf(root: string, file: string): string {
  return relative(root, file).split(sep).join("/");
}
