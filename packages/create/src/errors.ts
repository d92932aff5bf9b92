import { errorPage } from "./error-page.ts";

/** A flag is missing where nobody can be asked. */
export class FlagMissingError extends Error {
  readonly code = "FLAG_MISSING";
  readonly helpUrl = errorPage(this.code);

  /** @param flags - what is missing, as it would be typed. */
  constructor(flags: readonly string[]) {
    const list = flags.join(", ");
    super(`There is no terminal to ask on. Missing: ${list}. Or take the defaults for what is missing: --yes.`);
  }
}

/** The folder cannot be one of an app: its name, or what is there already. */
export class FolderNameError extends Error {
  readonly code = "FOLDER_NAME";
  readonly helpUrl = errorPage(this.code);

  constructor(folder: string, reason: string) {
    super(`The folder ${shown(folder)} cannot be used: ${reason}`);
  }
}

/** The folder holds something, and nobody said that files may be written into it. */
export class FolderNotEmptyError extends Error {
  readonly code = "FOLDER_NOT_EMPTY";
  readonly helpUrl = errorPage(this.code);

  constructor(folder: string, names: readonly string[]) {
    const some = names.slice(0, 3).map(shown).join(", ");
    super(
      `The folder ${shown(folder)} is not empty: it holds ${some}${names.length > 3 ? " and more" : ""}. ` +
        "Name another folder, or replace files of the same name by --force.",
    );
  }
}

/** A link in the folder leads elsewhere, so that a file would be written outside of it. */
export class FolderLinkError extends Error {
  readonly code = "FOLDER_LINK";
  readonly helpUrl = errorPage(this.code);

  constructor(path: string) {
    super(
      `${shown(path)} is a link, or no plain file or folder. Nothing was written. Remove it, or name another folder.`,
    );
  }
}

/** The package cannot have this name. */
export class PackageNameError extends Error {
  readonly code = "PACKAGE_NAME";
  readonly helpUrl = errorPage(this.code);

  constructor(name: string, reason: string) {
    super(`The package cannot be called ${shown(name)}: ${reason} Name it by --name.`);
  }
}

/** The file to take as sample data cannot be used. */
export class DataFileError extends Error {
  readonly code = "DATA_FILE";
  readonly helpUrl = errorPage(this.code);

  constructor(file: string, reason: string, options?: ErrorOptions) {
    super(`The data file ${shown(file)} cannot be used: ${reason}`, options);
  }
}

/** The app was made, and its packages could not be installed. */
export class InstallError extends Error {
  readonly code = "INSTALL_FAILED";
  readonly helpUrl = errorPage(this.code);

  constructor(folder: string, reason: string, options?: ErrorOptions) {
    super(`The app is in ${shown(folder)}, but npm install failed: ${reason}. Run npm install there.`, options);
  }
}

/** A name from outside, short and without control characters. */
function shown(text: string): string {
  const short = text.length > 120 ? `${text.slice(0, 120)}…` : text;
  return JSON.stringify(short);
}
