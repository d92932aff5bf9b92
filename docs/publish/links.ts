import { posix } from "node:path";
import type { Element } from "hast";
import { visit } from "unist-util-visit";
import type { Page } from "./page.ts";
import type { SiteProblem } from "./site-problem.ts";

/** Attributes that hold an address. The `data` ones are read by the search's script. */
const ADDRESSES = ["href", "src", "dataScript", "dataRoot"] as const;
const ELSEWHERE = /^(?:[a-z][a-z0-9+.-]*:|\/\/)/i;

/** The targets of links: every file of the site, and the anchors of its pages. */
export interface Site {
  readonly files: ReadonlySet<string>;
  readonly anchors: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Makes every address of a page relative, so that the site opens from any folder; reports those that lead nowhere. */
export function relativeLinks(page: Page, site: Site): SiteProblem[] {
  const problems: SiteProblem[] = [];
  visit(page.tree, "element", (element) => {
    for (const attribute of ADDRESSES) {
      const address = element.properties[attribute];
      if (typeof address !== "string" || address === "") continue;
      if (ELSEWHERE.test(address)) {
        if (loads(element, attribute)) problems.push({ page: page.path, problem: `loads ${address} from elsewhere` });
        continue;
      }
      const target = targetOf(page.path, address);
      const problem = problemOf(target, site);
      if (problem) problems.push({ page: page.path, problem: `${address} ${problem}` });
      element.properties[attribute] = relativeTo(page.path, target);
    }
  });
  return problems;
}

/** Makes the addresses in a style sheet relative. */
export function relativeStyles(path: string, css: string): string {
  return css.replace(/url\((["']?)(\/[^)"']+)\1\)/g, (_, quote, address) => {
    return `url(${quote}${relativeTo(path, targetOf(path, address))}${quote})`;
  });
}

interface Target {
  readonly path: string;
  readonly anchor: string;
}

function targetOf(page: string, address: string): Target {
  const { pathname, hash } = new URL(address, `http://site/${page}`);
  const path = decodeURIComponent(pathname).slice(1);
  return {
    path: path === "" || path.endsWith("/") ? `${path}index.html` : path,
    anchor: decodeURIComponent(hash.slice(1)),
  };
}

function problemOf({ path, anchor }: Target, { files, anchors }: Site): string | undefined {
  if (!files.has(path)) return "leads to no page or file";
  if (anchor !== "" && !anchors.get(path)?.has(anchor)) return "leads to no such place on its page";
  return undefined;
}

function relativeTo(page: string, { path, anchor }: Target): string {
  const hash = anchor === "" ? "" : `#${encodeURIComponent(anchor)}`;
  if (path === page && hash !== "") return hash;
  return (posix.relative(posix.dirname(page), path) || posix.basename(path)) + hash;
}

/** Whether a browser fetches the address by itself. */
function loads({ tagName, properties }: Element, attribute: string): boolean {
  if (attribute === "src") return true;
  const rel = Array.isArray(properties.rel) ? properties.rel : [];
  return (
    tagName === "link" &&
    rel.some((kind) => ["stylesheet", "icon", "preload", "modulepreload", "shortcut"].includes(String(kind)))
  );
}
