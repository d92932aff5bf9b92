import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { DOCS } from "./places.ts";

/** A file of the repository that is a page of the site, too. */
interface Prose {
  /** The page's path on the site, without its ending. */
  readonly page: string;
  readonly description: string;
}

/** Pages that live beside this folder, under paths that the code and the READMEs link to. */
export const PROSE: Readonly<Record<string, Prose>> = {
  "guarantees.md": {
    page: "explanation/guarantees",
    description: "What the guarantees are, and which configuration each one needs.",
  },
  "promises.md": {
    page: "explanation/promises",
    description:
      "Each promise of the guarantees, the lease protocol and the event contract, and the test that shows it.",
  },
  "time-budget.md": {
    page: "explanation/time-budget",
    description: "How a hop decides whether one more step fits into its remaining time.",
  },
  "lease-protocol.md": {
    page: "explanation/lease-protocol",
    description: "One record per run, one conditional write per step, and why at most one attempt commits.",
  },
  "walk-protocol.md": {
    page: "explanation/walk-protocol",
    description: "How a bucket is walked by many runs at once, and why each object is counted once.",
  },
  "walks.md": {
    page: "explanation/walks",
    description: "How a walk is asked for, what its actions promise, and how it fails.",
  },
  "queue-loops.md": {
    page: "explanation/queue-loops",
    description: "How polling loops become runs, and why no loop is lost or doubled.",
  },
  "testing.md": {
    page: "how-to/test-a-handler",
    description: "How to run a handler in virtual time, under faults that a seed decides, and what the checks show.",
  },
  "constructs.md": {
    page: "reference/constructs",
    description: "What each construct sets and permits, and the reason for each setting.",
  },
  "embedded-aws.md": {
    page: "reference/embedded-aws",
    description: "How far the embedded AWS behaves as AWS does, and where it differs.",
  },
  "embedded-aws-served.md": {
    page: "reference/served-by-the-embedded-aws",
    description: "Each operation and field that the embedded AWS serves, accepts with a reason, or refuses by name.",
  },
};

/** Copies these pages into the site: the first heading becomes the title, links lead to pages of the site. */
export async function writeProse(): Promise<void> {
  for (const [file, { page, description }] of Object.entries(PROSE)) {
    const source = join(DOCS, file);
    if (!existsSync(source)) continue;
    const target = join(DOCS, "src", "content", "docs", `${page}.md`);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, pageOfProse(await readFile(source, "utf8"), description));
  }
}

/** Turns a Markdown file of the repository into a page. */
export function pageOfProse(text: string, description: string): string {
  const [, title, body] = /^# (.+)\n([\s\S]*)$/.exec(text) ?? [];
  if (title === undefined || body === undefined) throw new Error(`A page has to begin with "# Title".`);
  const linked = body
    // Beside it: another page.
    .replace(/\]\(([\w-]+\.md)(#[\w-]+)?\)/g, (link, file: string, anchor = "") => {
      const page = PROSE[file]?.page;
      return page === undefined ? link : `](/${page}.html${anchor})`;
    })
    // Code of the repository has no address on the site: its name stays.
    .replace(/\[([^\]]+)\]\(\.\.\/[^)]+\)/g, "$1");
  return `---\ntitle: ${JSON.stringify(title)}\ndescription: ${JSON.stringify(description)}\n---\n${linked}`;
}
