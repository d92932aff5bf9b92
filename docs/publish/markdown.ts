import type { Element, ElementContent } from "hast";
import { defaultHandlers, type State, toMdast } from "hast-util-to-mdast";
import { toString as textOf } from "hast-util-to-string";
import type { Nodes } from "mdast";
import { gfmToMarkdown } from "mdast-util-gfm";
import { toMarkdown } from "mdast-util-to-markdown";
import { visit } from "unist-util-visit";
import { classesOf, type Page } from "./page.ts";

/** A page as Markdown, with its samples and outputs in place: for programs, and for people who read in a terminal. */
export function markdownOf({ main, title, description }: Page): string {
  if (!main) return "";
  const tree = toMdast(main, {
    nodeHandlers: { comment: nothing },
    handlers: {
      a: link,
      pre: codeBlock,
      svg: nothing,
      figure,
      button: nothing,
      style: nothing,
      script: nothing,
      details: nothing,
      div: division,
      span: inline,
    },
  });
  const body = toMarkdown(tree, { bullet: "-", rule: "-", fences: true, extensions: [gfmToMarkdown()] });
  return `# ${title}\n\n${description && `> ${description}\n\n`}${body}`;
}

/** The highlighter's names for a block without a language. */
const PLAIN: ReadonlySet<string> = new Set(["text", "plaintext"]);

/** Expressive Code puts each line of a sample into a `div`. */
function codeBlock(_: State, element: Element): Nodes {
  const lines: string[] = [];
  const collect = (node: ElementContent) => {
    if (node.type !== "element") return;
    if (classesOf(node).includes("ec-line")) lines.push(textOf(node).replace(/\n$/, ""));
    else node.children.forEach(collect);
  };
  collect(element);
  const { dataLanguage } = element.properties;
  const value = lines.length > 0 ? lines.join("\n") : textOf(element).trim();
  return {
    type: "code",
    lang: typeof dataLanguage === "string" && !PLAIN.has(dataLanguage) ? dataLanguage : null,
    value,
  };
}

function nothing(): undefined {
  return undefined;
}

/** Words that only screen readers hear, such as "Terminal window", are about the page's looks. */
function inline(state: State, element: Element): Nodes[] {
  return classesOf(element).includes("sr-only") ? [] : (state.all(element) as Nodes[]);
}

/** From Markdown to Markdown. */
function link(state: State, element: Element): Nodes | undefined {
  const { href } = element.properties;
  const isPage = typeof href === "string" && !href.includes(":") && /\.html(?:#|$)/.test(href);
  const properties = isPage ? { ...element.properties, href: href.replace(".html", ".md") } : element.properties;
  return defaultHandlers.a(state, { ...element, properties });
}

/** A picture is said in words; its caption says the rest. */
function figure(state: State, element: Element): Nodes[] {
  let alt = "";
  const rest = element.children.filter((child) => child.type !== "element" || child.tagName === "figcaption");
  visit(element, { tagName: "svg" }, ({ properties }: Element) => {
    if (typeof properties.ariaLabel === "string") alt = properties.ariaLabel;
  });
  if (alt === "") return state.toFlow(state.all(element));
  const picture: Nodes = { type: "paragraph", children: [{ type: "text", value: `[Picture: ${alt}]` }] };
  return [picture, ...state.toFlow(state.all({ ...element, children: rest }))];
}

/** Links of headings to themselves are left out, and what only script brings to life. */
function division(state: State, element: Element): Nodes[] {
  if (element.properties.dataMarkdown === "omit") return [];
  return state.toFlow(
    state.all({
      ...element,
      children: element.children.filter(
        (child) => child.type !== "element" || !classesOf(child).includes("sl-anchor-link"),
      ),
    }),
  );
}
