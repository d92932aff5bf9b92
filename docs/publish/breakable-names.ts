import type { Element, ElementContent } from "hast";
import { visit } from "unist-util-visit";
import type { Page } from "./page.ts";

/** Shorter names fit beside an explanation on any screen. */
const LEAST_CHARACTERS = 14;
/** Between the words of a name: behind a sign, and before a capital letter. */
const BETWEEN_WORDS = /(?<=[a-z0-9](?=[A-Z]))|(?<=[./_,:(-])(?=\w)/;

/**
 * Lets long names in tables break between their words, so that on a phone the column beside them is not off the screen. The
 * styles decide on which screens they do.
 */
export function makeNamesBreakable({ main }: Page): void {
  if (!main) return;
  visit(main, { tagName: "table" }, (table: Element) => {
    visit(table, { tagName: "code" }, (code: Element) => {
      visit(code, "text", (text, index, parent) => {
        if (index === undefined || parent?.type !== "element" || text.value.length < LEAST_CHARACTERS) return;
        const words = text.value.split(BETWEEN_WORDS);
        const parts = words.flatMap((value, at): ElementContent[] => [
          ...(at > 0 ? [{ type: "element", tagName: "wbr", properties: {}, children: [] } satisfies Element] : []),
          { type: "text", value },
        ]);
        parent.children.splice(index, 1, ...parts);
        return index + parts.length;
      });
    });
  });
}
