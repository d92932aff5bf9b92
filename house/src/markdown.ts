import type { Tree } from "./tree.ts";

/** A command line that a page shows, or another piece of code in a line of text. */
export interface Code {
  readonly path: string;
  /** From 1. */
  readonly line: number;
  readonly text: string;
  /** Whether it is a line of a block. */
  readonly isBlock: boolean;
}

/** Pages for people: Markdown of the repository and of the site. Changesets and generated reports are left out. */
export function pagesOf(tree: Tree): readonly string[] {
  return tree.paths.filter(
    (path) => /\.mdx?$/.test(path) && !/^\.changeset\/|\/etc\/api\.md$|CHANGELOG|embedded-aws-served\.md$/.test(path),
  );
}

/** The code of a page: spans, and the lines of blocks that a shell would take. */
export function codeOf(path: string, text: string): Code[] {
  const found: Code[] = [];
  let fence: string | undefined;
  for (const [at, line] of text.split("\n").entries()) {
    const [, mark, language = ""] = /^\s*(```|~~~)\s*(\w*)/.exec(line) ?? [];
    if (mark) fence = fence === undefined ? language : undefined;
    else if (fence !== undefined) {
      if (/^(sh|bash|shell|console)$/.test(fence)) found.push({ path, line: at + 1, text: line.trim(), isBlock: true });
    } else {
      for (const [, span = ""] of line.matchAll(/`([^`]+)`/g)) {
        found.push({ path, line: at + 1, text: span, isBlock: false });
      }
    }
  }
  return found;
}

/** The commands of a recorded shell session. */
export function sessionCommands(path: string, text: string): Code[] {
  return text
    .split("\n")
    .flatMap((line, at) => (line.startsWith("$ ") ? [{ path, line: at + 1, text: line.slice(2), isBlock: true }] : []));
}
