import { globSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { withFigures } from "./quotes.ts";
import { readResults } from "./results.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Writes the figures of all pages anew from the saved results; answers with the pages that changed. */
export function writeFigures(): string[] {
  const results = readResults();
  const isOwn = (path: string) => !/(?:^|\/)(?:node_modules|dist|\.changeset)(?:\/|$)/.test(path);
  const pages = globSync("{*,{aws,bench,chaos,docs,examples,packages}/**/*}.{md,mdx}", {
    cwd: root,
    exclude: (path) => !isOwn(path),
  });
  return pages.sort().filter((path) => {
    const page = readFileSync(join(root, path), "utf8");
    const anew = withFigures(page, results);
    if (anew !== page) writeFileSync(join(root, path), anew);
    return anew !== page;
  });
}
