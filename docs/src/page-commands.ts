import { SampleError } from "./region.ts";

/** A command that a page tells its reader to type, and what the page shows of its output, if anything. */
export interface PageCommand {
  readonly command: string;
  readonly shown: string | undefined;
}

/** A file that a page tells its reader to write. */
export interface PageFile {
  readonly file: string;
  readonly text: string;
}

const BLOCK = /^```(\w*)\n([\s\S]*?)\n```$/gm;

/**
 * Reads the commands of a page's Markdown: each line of its `sh` blocks. A block without a language that follows at once
 * shows what the last of them prints.
 *
 * @throws {@link SampleError} if the page has no command.
 */
export function pageCommands(page: string, markdown: string): PageCommand[] {
  const commands: PageCommand[] = [];
  let endOfCommands = -1;
  for (const { 0: block, 1: language, 2: text = "", index } of markdown.matchAll(BLOCK)) {
    if (language === "sh") {
      const lines = text.split("\n").filter((line) => line.trim() !== "" && !line.startsWith("#"));
      commands.push(...lines.map((command) => ({ command, shown: undefined })));
      endOfCommands = index + block.length;
    } else if (language === "" && endOfCommands >= 0 && markdown.slice(endOfCommands, index).trim() === "") {
      commands.push({ command: commands.pop()?.command ?? "", shown: text });
    }
  }
  if (commands.length === 0) throw new SampleError(`${page} has no command.`);
  return commands;
}

/** Reads what a page's reader does, in order: the commands, and the blocks below the path of a file, such as `src/work.ts`. */
export function pageSteps(page: string, markdown: string): readonly (PageCommand | PageFile)[] {
  const steps: (PageCommand | PageFile)[] = [];
  let begin = 0;
  for (const { 0: block, 1: language, 2: text = "", index } of markdown.matchAll(BLOCK)) {
    const [, file] = /(?:^|\n)((?:[\w-]+\/)+[\w.-]+\.\w+)\n\n$/.exec(markdown.slice(0, index)) ?? [];
    if (language === "sh" || file === undefined) continue;
    const before = markdown.slice(begin, index);
    steps.push(...(before.includes("```sh\n") ? pageCommands(page, before) : []), { file, text: `${text}\n` });
    begin = index + block.length;
  }
  return [...steps, ...pageCommands(page, markdown.slice(begin))];
}

/** The section of a Markdown file below a heading of the second level. */
export function sectionOf(file: string, markdown: string, heading: string): string {
  const [, section] = markdown.split(`\n## ${heading}\n`);
  if (section === undefined) throw new SampleError(`${file} has no section "${heading}".`);
  return section.split("\n## ")[0] ?? "";
}

/** The first line that a page shows and a command does not print, in order; a line `… N lines` is for any that are left out. */
export function lineNotPrinted(shown: string, printed: string): string | undefined {
  const lines = printed.split("\n").map((line) => line.trimEnd());
  let at = 0;
  for (const line of shown.split("\n").map((each) => each.trimEnd())) {
    if (/^… \d+ lines$/.test(line)) continue;
    const found = lines.indexOf(line, at);
    if (found < 0) return line;
    at = found + 1;
  }
  return undefined;
}
