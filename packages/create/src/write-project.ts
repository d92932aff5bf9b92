import { constants } from "node:fs";
import { copyFile, lstat, mkdir, readdir, realpath, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { DataFileError, FolderLinkError, FolderNameError, FolderNotEmptyError } from "./errors.ts";
import type { ProjectFiles } from "./project-files.ts";

/** Names that an empty folder may hold. */
const IGNORED: ReadonlySet<string> = new Set([".git", ".DS_Store", "Thumbs.db"]);

/** A file of the user's that becomes part of the project. */
export interface CopiedFile {
  readonly from: string;
  /** Below the project. */
  readonly to: string;
}

/**
 * Lists what a folder holds; nothing if there is none.
 *
 * @throws {@link FolderNameError} if it is not a folder.
 */
export async function contentOf(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).filter((name) => !IGNORED.has(name)).sort();
  } catch (error) {
    if (codeOf(error) === "ENOENT") return [];
    if (codeOf(error) === "ENOTDIR") throw new FolderNameError(folder, "there is a file of this name.");
    throw new FolderNameError(folder, `it cannot be read (${codeOf(error)}).`);
  }
}

/**
 * Writes a project into its folder and nowhere else, and answers with the paths of its files.
 *
 * @param mayReplace - whether the folder may hold something, and files of the same name are replaced.
 * @throws {@link FolderNotEmptyError} if the folder holds something. {@link FolderLinkError} if a link in it leads elsewhere; then
 * nothing was written.
 */
export async function writeProject(
  folder: string,
  files: ProjectFiles,
  copied: readonly CopiedFile[],
  mayReplace: boolean,
): Promise<readonly string[]> {
  const content = await contentOf(folder);
  if (content.length > 0 && !mayReplace) throw new FolderNotEmptyError(folder, content);
  const paths = [...files.keys(), ...copied.map(({ to }) => to)];
  for (const path of paths) checkInside(path);
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw new FolderNameError(folder, `it cannot be made (${codeOf(error)}).`);
  });
  const root = await realpath(folder);
  for (const path of paths) await checkPlain(root, path);
  for (const [path, text] of files) await put(root, path, (file) => writeFile(file, text, { flag: "wx" }));
  for (const { from, to } of copied) {
    // The file is in its place already, and must not be replaced by itself.
    if ((await realpath(from)) === join(root, to)) continue;
    // A large file shares its blocks with its copy where the file system can.
    const mode = constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE;
    await put(root, to, (file) => copyFile(from, file, mode));
  }
  return paths.sort();
}

/**
 * Checks a file of the user's before anything is written, and answers with its full path.
 *
 * @throws {@link DataFileError} if it is no file with content, or its name has none of the endings.
 */
export async function checkDataFile(
  file: string,
  workingDirectory: string,
  endings: readonly string[],
): Promise<string> {
  if (endings.length > 0 && !endings.some((ending) => file.endsWith(ending))) {
    throw new DataFileError(file, `the app reads files that end with ${endings.join(", ")}.`);
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are refused
  if (/[\u0000-\u001f\u007f\\]/.test(file))
    throw new DataFileError(file, "its name has a character that it may not have.");
  let found: Awaited<ReturnType<typeof stat>>;
  try {
    found = await stat(resolve(workingDirectory, file));
  } catch (cause) {
    throw new DataFileError(file, codeOf(cause) === "ENOENT" ? "there is no such file." : String(codeOf(cause)), {
      cause,
    });
  }
  if (!found.isFile()) throw new DataFileError(file, "it is not a file.");
  if (found.size === 0) throw new DataFileError(file, "it is empty.");
  return resolve(workingDirectory, file);
}

async function put(root: string, path: string, write: (file: string) => Promise<void>): Promise<void> {
  const file = join(root, path);
  await mkdir(dirname(file), { recursive: true });
  // A file that is there is unlinked, not written through: it may be one that another place shares.
  await rm(file, { force: true });
  await write(file);
}

/** A template's own fault, never the user's. */
function checkInside(path: string): void {
  const parts = path.split("/");
  if (
    path.startsWith("/") ||
    path.includes("\\") ||
    parts.some((part) => part === "" || part === "." || part === "..")
  ) {
    throw new Error(`The template has the path ${JSON.stringify(path)}, which leads out of the project.`);
  }
}

/** Checks that what is at a path, and at each folder above it, is a plain file and plain folders, or not there. */
async function checkPlain(root: string, path: string): Promise<void> {
  const parts = path.split("/");
  for (let depth = 1; depth <= parts.length; depth++) {
    const place = join(root, ...parts.slice(0, depth));
    const found = await lstat(place).catch((error: unknown) => {
      if (codeOf(error) === "ENOENT") return undefined;
      throw error;
    });
    if (found === undefined) return;
    if (depth < parts.length ? !found.isDirectory() : !found.isFile()) throw new FolderLinkError(place);
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
