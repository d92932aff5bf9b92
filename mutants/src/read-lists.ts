import { globSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import type { ListedMutant, Mutant } from "./mutant.ts";

/** Where the lists are, from the root. */
const LISTS = "packages/*/test/mutants.ts";

const FIELDS = ["id", "promise", "file", "from", "to", "testFile", "test"] as const;

/**
 * Reads the lists of all packages.
 *
 * @throws for an entry that cannot be meant: without a field, twice in its package, or an edit that changes nothing.
 */
export async function readLists(root: string): Promise<ListedMutant[]> {
  const listed: ListedMutant[] = [];
  for (const path of globSync(LISTS, { cwd: root }).sort()) {
    const { mutants } = (await import(pathToFileURL(join(root, path)).href)) as { readonly mutants: readonly Mutant[] };
    const folder = dirname(dirname(path));
    const ids = new Set<string>();
    for (const mutant of mutants) {
      const missing = FIELDS.filter((field) => typeof mutant[field] !== "string" || (field !== "to" && !mutant[field]));
      if (missing.length > 0) throw new Error(`${path}: mutant ${mutant.id} has no ${missing.join(", ")}.`);
      if (ids.has(mutant.id)) throw new Error(`${path}: there are two mutants "${mutant.id}".`);
      if (mutant.from === mutant.to) throw new Error(`${path}: mutant ${mutant.id} changes nothing.`);
      ids.add(mutant.id);
      listed.push({ ...mutant, package: folder });
    }
  }
  return listed;
}
