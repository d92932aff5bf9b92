import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { edit } from "../src/edit.ts";
import { readLists } from "../src/read-lists.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const mutants = await readLists(root);

describe("the deliberate bugs, which are tried at night", () => {
  it("all apply to the code as it is", () => {
    const problems = mutants.flatMap((mutant) => {
      const edited = edit(readFileSync(join(root, mutant.package, mutant.file), "utf8"), mutant.from, mutant.to);
      return "problem" in edited ? [`${mutant.package}/${mutant.id}: ${edited.problem}`] : [];
    });
    expect(mutants.length).toBeGreaterThan(300);
    expect(problems).toEqual([]);
  });

  it("name tests that are there", () => {
    const gone = mutants.filter(({ package: folder, testFile }) => !existsSync(join(root, folder, testFile)));
    expect(gone.map(({ id }) => id)).toEqual([]);
  });
});
