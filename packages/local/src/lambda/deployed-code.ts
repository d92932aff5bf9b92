import { chmod, readdir, readFile } from "node:fs/promises";
import { extname, join } from "node:path";

/** Takes away everyone's permission to write a directory's files, and to add any. */
export async function makeReadOnly(directory: string): Promise<void> {
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) await makeReadOnly(path);
    else if (entry.isFile()) await chmod(path, 0o444);
  }
  await chmod(directory, 0o555);
}

const SOURCES = new Set([".js", ".mjs", ".cjs", ".py"]);
const LITERAL_TMP = /["'`]\/tmp(?=[/"'`])/;

/** The first source file that names `/tmp` literally, below a directory; installed modules are left out. */
export async function fileThatNamesTmp(directory: string, below = ""): Promise<string | undefined> {
  for (const entry of await readdir(join(directory, below), { withFileTypes: true })) {
    const name = join(below, entry.name);
    if (entry.isDirectory() && entry.name !== "node_modules") {
      const found = await fileThatNamesTmp(directory, name);
      if (found !== undefined) return found;
    }
    if (!entry.isFile() || !SOURCES.has(extname(entry.name))) continue;
    if (LITERAL_TMP.test(await readFile(join(directory, name), "utf8"))) return name;
  }
  return undefined;
}
