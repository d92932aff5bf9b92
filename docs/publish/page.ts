import type { Element, Root } from "hast";
import { fromHtml } from "hast-util-from-html";
import { toString as textOf } from "hast-util-to-string";
import { EXIT, visit } from "unist-util-visit";

/** A page of the built site. */
export interface Page {
  /** Its path in the site, for example `explanation/guarantees.html`. */
  readonly path: string;
  readonly tree: Root;
  readonly title: string;
  readonly description: string;
  /** The content of the page: the rest is navigation. */
  readonly main: Element | undefined;
  /** Every `id`, for links to anchors. */
  readonly anchors: ReadonlySet<string>;
}

/** Reads a page. */
export function pageOf(path: string, html: string): Page {
  const tree = fromHtml(html);
  const anchors = new Set<string>();
  let title = "";
  let description = "";
  visit(tree, "element", (element) => {
    const { id, name, content } = element.properties;
    if (typeof id === "string") anchors.add(id);
    if (element.tagName === "h1" && title === "") title = textOf(element).trim();
    if (element.tagName === "meta" && name === "description" && typeof content === "string") description = content;
  });
  return { path, tree, title, description, main: contentOf(tree), anchors };
}

function contentOf(tree: Root): Element | undefined {
  let main: Element | undefined;
  visit(tree, "element", (element) => {
    if (!classesOf(element).includes("sl-markdown-content")) return;
    main = element;
    return EXIT;
  });
  return main;
}

/** The classes of an element. */
export function classesOf({ properties: { className } }: Element): readonly string[] {
  return Array.isArray(className) ? className.map(String) : [];
}
