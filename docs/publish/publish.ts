import { globSync } from "node:fs";
import { cp, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { toHtml } from "hast-util-to-html";
import { toString as textOf } from "hast-util-to-string";
import { API_PAGES, NAVIGATION, type NavigationGroup } from "../navigation.ts";
import { makeAccessible } from "./accessible.ts";
import { makeNamesBreakable } from "./breakable-names.ts";
import { relativeLinks, relativeStyles } from "./links.ts";
import { type ListedPage, llmsFullTxt, llmsTxt } from "./llms.ts";
import { markdownOf } from "./markdown.ts";
import { type Page, pageOf } from "./page.ts";
import { SiteError, type SiteProblem } from "./site-problem.ts";

/** Files for programs that are written last. */
const LISTS = ["llms.txt", "llms-full.txt"];

/** A page with less text than this has lost its content. */
const LEAST_CHARACTERS = 200;

/**
 * Makes of what Astro built the site that people read: addresses that work from any folder, Markdown of each page,
 * `llms.txt`. The folder is replaced only if nothing is wrong.
 *
 * @throws {@link SiteError} with everything that is wrong.
 */
export async function publish(built: string, site: string): Promise<void> {
  const files = globSync("**/*", { cwd: built, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(built.length)
        .replace(/^[/\\]/, ""),
    );
  const pages = await Promise.all(
    files.filter(isPage).map(async (path) => pageOf(path, await readFile(join(built, path), "utf8"))),
  );
  const known = {
    files: new Set([...files, ...LISTS, ...pages.map((page) => `${nameOf(page)}.md`)]),
    anchors: new Map(pages.map(({ path, anchors }) => [path, anchors])),
  };
  const problems = pages.flatMap((page) => [...emptiness(page), ...relativeLinks(page, known)]);
  if (problems.length > 0) throw new SiteError(problems);
  const listed = inReadingOrder(pages).map((page) => listedPage(page));

  const draft = `${site}.draft`;
  await rm(draft, { recursive: true, force: true });
  await cp(built, draft, { recursive: true });
  for (const page of pages) {
    makeAccessible(page);
    makeNamesBreakable(page);
    await writeFile(join(draft, page.path), htmlOf(page));
  }
  for (const path of files.filter((file) => file.endsWith(".css"))) {
    await writeFile(join(draft, path), relativeStyles(path, await readFile(join(built, path), "utf8")));
  }
  for (const { page, markdown } of listed) await writeFile(join(draft, `${page}.md`), markdown);
  await writeFile(join(draft, "llms.txt"), llmsTxt(allGroups(listed), listed));
  await writeFile(join(draft, "llms-full.txt"), llmsFullTxt(listed));
  await rm(site, { recursive: true, force: true });
  await mkdir(dirname(site), { recursive: true });
  await rename(draft, site);
}

function isPage(path: string): boolean {
  return path.endsWith(".html") && !path.startsWith("pagefind/");
}

function nameOf({ path }: Page): string {
  return path.slice(0, -".html".length);
}

function listedPage(page: Page): ListedPage {
  return { page: nameOf(page), title: page.title, description: page.description, markdown: markdownOf(page) };
}

function allGroups(listed: readonly ListedPage[]): NavigationGroup[] {
  const api = listed.map(({ page }) => page).filter((page) => page.startsWith(`${API_PAGES}/`));
  return [...NAVIGATION, { label: "API", pages: api }];
}

/** The order of the navigation; pages that it does not name come first, by name: the first page is one. */
function inReadingOrder(pages: readonly Page[]): Page[] {
  const order = NAVIGATION.flatMap(({ pages: names }) => names);
  const placeOf = (page: Page) => order.indexOf(nameOf(page));
  return pages.toSorted((a, b) => placeOf(a) - placeOf(b) || a.path.localeCompare(b.path, "en"));
}

function emptiness({ path, main, title }: Page): SiteProblem[] {
  const characters = main ? textOf(main).trim().length : 0;
  return [
    ...(title === "" ? [{ page: path, problem: "has no title" }] : []),
    ...(characters < LEAST_CHARACTERS
      ? [{ page: path, problem: `has ${characters} characters of text: it is empty` }]
      : []),
  ];
}

/** The theme is the reader's system's until they choose one. */
function htmlOf({ tree }: Page): string {
  for (const node of tree.children)
    if (node.type === "element" && node.tagName === "html") node.properties.dataTheme = null;
  return toHtml(tree);
}
