import { readFileSync } from "node:fs";

/** The text of a tutorial page, on one line: to compare its figures with a run. */
export function pageText(name: string): string {
  const file = new URL(`../../src/content/docs/tutorial/${name}.mdx`, import.meta.url);
  return readFileSync(file, "utf8").replace(/\s+/g, " ");
}
