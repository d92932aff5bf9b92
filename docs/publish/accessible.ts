import type { Element } from "hast";
import { toString as textOf } from "hast-util-to-string";
import { SKIP, visit } from "unist-util-visit";
import { classesOf, type Page } from "./page.ts";

/** Lets wide tables and code scroll by keyboard, and gives both a name. Empty heads of columns become plain cells. */
export function makeAccessible({ main }: Page): void {
  if (!main) return;
  visit(main, "element", (element) => {
    if (element.tagName === "th" && textOf(element).trim() === "") element.tagName = "td";
  });
  let samples = 0;
  visit(main, "element", (element, index, parent) => {
    if (element.tagName === "pre" && element.properties.ariaLabel === undefined) {
      // Expressive Code's script makes these of its own, without a name.
      Object.assign(element.properties, scrollable(`Code sample ${++samples}`));
    }
    if (element.tagName !== "table" || index === undefined || parent?.type !== "element") return;
    if (classesOf(parent).includes("table")) return;
    const properties = { className: ["table"], ...scrollable("Table") };
    parent.children[index] = { type: "element", tagName: "div", properties, children: [element] } satisfies Element;
    return SKIP;
  });
}

function scrollable(ariaLabel: string) {
  return { tabIndex: 0, role: "group", ariaLabel };
}
