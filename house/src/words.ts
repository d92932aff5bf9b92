import { type Finding, placeAt } from "./finding.ts";
import { pagesOf } from "./markdown.ts";
import type { Module } from "./module.ts";
import type { Tree } from "./tree.ts";

/** Words that Plain English avoids, and what to write. */
const AVOIDED: readonly (readonly [RegExp, string])[] = [
  [/\bstands\b/gi, 'say what it does: "is", "holds", "is written"'],
  [/\btells of\b/gi, '"names", "describes"'],
  [/\bcomes to\b/gi, '"reaches", "is", "totals"'],
  [/\bgoes on\b/gi, '"continues"'],
  [/\bsees to it\b/gi, '"ensures"'],
  [/\bwhoever\b/gi, "name who: the caller, the reader, the user"],
  [/\bthat there (?:is|are)\b/gi, "name the thing itself"],
  [/\bfor good\b/gi, '"permanently"'],
  [/\bin vain\b/gi, '"without effect", "needlessly"'],
];

const HEADLESS = /^\*[\s*]*What\b(?!['’]s\b)/;

/** Finds words that Plain English avoids, in pages, comments and errors. */
export function avoidedWords(tree: Tree, modules: readonly Module[]): Finding[] {
  const inCode = modules.flatMap(({ path, comments, errorTexts }) =>
    [...comments, ...errorTexts].flatMap(({ text, offset }) => found(path, tree.text(path), text, offset)),
  );
  const inPages = pagesOf(tree).flatMap((path) => found(path, tree.text(path), withoutCode(tree.text(path)), 0));
  return [...inPages, ...inCode];
}

/** Finds documentation that begins with a headless "What ...": it is to begin with a noun or a verb. */
export function headlessComments(tree: Tree, modules: readonly Module[]): Finding[] {
  return modules.flatMap(({ path, comments }) =>
    comments
      .filter(({ text, isDoc }) => isDoc && HEADLESS.test(text))
      .map(({ offset }) => ({
        rule: "headless-comments",
        place: placeAt(path, tree.text(path), offset),
        message: 'The comment begins with "What". Begin with what it is ("The ...") or does ("Reads ...").',
      })),
  );
}

function found(path: string, whole: string, text: string, offset: number): Finding[] {
  return AVOIDED.flatMap(([pattern, instead]) =>
    [...text.matchAll(pattern)].map(({ 0: words, index }) => ({
      rule: "avoided-words",
      place: placeAt(path, whole, offset + index),
      message: `"${words}": ${instead}.`,
    })),
  );
}

/** The text of a page with code blanked out, so that offsets stay. */
function withoutCode(text: string): string {
  return text.replace(/^(?:```|~~~)[\s\S]*?^(?:```|~~~)|`[^`\n]+`/gm, (code) => code.replace(/[^\n]/g, " "));
}
