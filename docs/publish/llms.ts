import type { NavigationGroup } from "../navigation.ts";

/** A page as `llms.txt` lists it. */
export interface ListedPage {
  /** Its name in the navigation, for example `explanation/guarantees`. */
  readonly page: string;
  readonly title: string;
  readonly description: string;
  readonly markdown: string;
}

const ABOUT = `# Longhaul

> Long work on AWS Lambda: an ordinary loop that outlasts 15 minutes. It saves its state, hands that state to a fresh invocation of the same function, and stops. TypeScript; no runtime dependency.`;

const SKILL = "A skill for coding agents: [make a Lambda function long-running](skills/long-running-lambda/SKILL.md).";

/** The table of contents for programs: https://llmstxt.org */
export function llmsTxt(groups: readonly NavigationGroup[], pages: readonly ListedPage[]): string {
  const sections = groups.flatMap(({ label, pages: names }) => {
    const lines = names.flatMap((name) => {
      const listed = pages.find(({ page }) => page === name);
      return listed ? [`- [${listed.title}](${name}.md)${listed.description && `: ${listed.description}`}`] : [];
    });
    return lines.length === 0 ? [] : [`## ${label}\n\n${lines.join("\n")}`];
  });
  return `${[ABOUT, "Everything in one file: [llms-full.txt](llms-full.txt).", SKILL, ...sections].join("\n\n")}\n`;
}

/** All pages, one after the other. */
export function llmsFullTxt(pages: readonly ListedPage[]): string {
  return `${[ABOUT, ...pages.map(({ page, markdown }) => `<!-- ${page}.md -->\n\n${markdown.trim()}`)].join("\n\n")}\n`;
}
