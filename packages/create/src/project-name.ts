import { basename, resolve } from "node:path";
import { FolderNameError, PackageNameError } from "./errors.ts";

/** https://docs.npmjs.com/cli/v11/configuring-npm/package-json#name */
const PACKAGE_NAME = /^(?:@[a-z0-9][a-z0-9._-]*\/)?[a-z0-9][a-z0-9._-]*$/;
const MAX_NAME_CHARACTERS = 214;
const MAX_FOLDER_CHARACTERS = 1_000;
/** CloudFormation's limit is 128 characters. */
const MAX_STACK_CHARACTERS = 100;

/**
 * Checks the name of a folder, and answers with its full path.
 *
 * @throws {@link FolderNameError} if no folder can be called so, or its scripts could not run.
 */
export function checkedFolder(folder: string, workingDirectory: string): string {
  const refuse = (reason: string): never => {
    throw new FolderNameError(folder, reason);
  };
  if (folder.trim() === "") refuse("it has no name.");
  if (folder.length > MAX_FOLDER_CHARACTERS) refuse("its name is too long.");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are refused
  if (/[\u0000-\u001f\u007f]/.test(folder)) refuse("its name has control characters.");
  if (folder.startsWith("-")) refuse("a name that begins with a dash would be taken for an option.");
  if (folder.startsWith("~")) refuse("only a shell knows ~. Write the path out.");
  const path = resolve(workingDirectory, folder);
  if (basename(path) === "") refuse("it is the root of the file system.");
  if (path.includes(":")) refuse("npm finds no programs in a folder whose path has a colon.");
  return path;
}

/**
 * Checks the name of a package, or makes one from the name of its folder.
 *
 * @param taken - names that it depends on; npm refuses a package that depends on itself.
 * @throws {@link PackageNameError} if the name is not one of npm's, or none can be made.
 */
export function packageNameOf(given: string | undefined, folderPath: string, taken: ReadonlySet<string>): string {
  if (given === undefined) {
    const folder = basename(folderPath);
    const made = folder
      .normalize("NFKD")
      .replace(/\p{M}/gu, "")
      .toLowerCase()
      .replace(/[^a-z0-9._-]+/g, "-")
      .replace(/^[._-]+|[._-]+$/g, "");
    if (made === "") throw new PackageNameError(folder, "no letter of the folder's name can be in a package's.");
    return packageNameOf(taken.has(made) || isReserved(made) ? `${made}-app` : made, folderPath, taken);
  }
  if (given.length > MAX_NAME_CHARACTERS) throw new PackageNameError(given, "it is longer than 214 characters.");
  if (!PACKAGE_NAME.test(given))
    throw new PackageNameError(given, "npm allows lower-case letters, digits, and . _ - between them.");
  if (isReserved(given)) throw new PackageNameError(given, "npm keeps this name for itself.");
  if (taken.has(given)) throw new PackageNameError(given, "the app depends on a package of this name.");
  return given;
}

function isReserved(name: string): boolean {
  return name === "node_modules" || name === "favicon.ico";
}

/** The name of a package's stack: `my-photos` becomes `MyPhotos`. Two apps of one account need two names. */
export function stackNameOf(packageName: string): string {
  const words = packageName
    .replace(/^@[^/]*\//, "")
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== "");
  const name = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");
  return (/^[A-Z]/.test(name) ? name : `App${name}`).slice(0, MAX_STACK_CHARACTERS);
}
