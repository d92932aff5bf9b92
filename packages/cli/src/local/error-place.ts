import { relative } from "node:path";
import { fileURLToPath } from "node:url";

/** Where an error is, and what it says. */
export interface PlacedError {
  /** As editors and terminals link it: `src/work.ts:2:29: SyntaxError: ...`. */
  readonly headline: string;
  /** The frames of its stack that are not Node's own. */
  readonly frames: readonly string[];
}

/**
 * Reads what Node prints of an error that nobody catches: file and line, the line itself, mostly a mark below it, the error
 * and its stack. `undefined` if it printed something else.
 */
export function placedError(printed: string): PlacedError | undefined {
  const lines = printed.split("\n").filter((line) => line !== "");
  const at = lines.findLastIndex((line) => /^(?:file:\/\/)?\/.*:\d+$/.test(line));
  const [, file = "", line] = /^(.*):(\d+)$/.exec(lines[at] ?? "") ?? [];
  if (line === undefined) return undefined;
  const rest = lines.slice(at + 1);
  const message = rest.findIndex((text) => /^(?:\w*Error|\w+ \[\w+\])\b.*:/.test(text));
  if (message === -1) return undefined;
  const source = rest.slice(0, message);
  const mark = source.findLast((text) => /^\s*\^+\s*$/.test(text));
  // Without a mark it is the end of the text.
  const column = mark === undefined ? (source.at(-1)?.length ?? 0) + 1 : mark.indexOf("^") + 1;
  return {
    headline: `${pathOf(file)}:${line}:${column}: ${rest[message]}`,
    frames: rest.slice(message + 1).filter((text) => /^\s+at /.test(text) && !text.includes("node:")),
  };
}

function pathOf(file: string): string {
  const path = file.startsWith("file://") ? fileURLToPath(file) : file;
  const short = relative(process.cwd(), path);
  return short.startsWith("..") ? path : short;
}
