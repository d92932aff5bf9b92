import { quoteFaults, unquotedFigures } from "../../bench/src/quotes.ts";
import { RESULTS_PATH } from "../../bench/src/results.ts";
import { type Finding, placeAt } from "./finding.ts";
import { pagesOf } from "./markdown.ts";
import type { Tree } from "./tree.ts";

/** Pages in which each measured figure has to be quoted: the READMEs of the workspace and its packages. */
const READMES = /^(?:packages\/[^/]+\/)?README\.md$/;

/** Finds figures that are not those of `bench/results.json`, stand without their command, or are written by hand. */
export function wrongFigures(tree: Tree): Finding[] {
  const results = JSON.parse(tree.text(RESULTS_PATH) || "{}");
  return pagesOf(tree).flatMap((path) => {
    const page = tree.text(path);
    return [...quoteFaults(page, results), ...(READMES.test(path) ? unquotedFigures(page) : [])].map(
      ({ offset, message }) => ({ rule: "figures", place: placeAt(path, page, offset), message }),
    );
  });
}
