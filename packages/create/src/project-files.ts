/** Texts of files by their paths below the project, with `/` between folders. */
export type ProjectFiles = ReadonlyMap<string, string>;
