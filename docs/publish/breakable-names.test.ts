import { toHtml } from "hast-util-to-html";
import { expect, it } from "vitest";
import { makeNamesBreakable } from "./breakable-names.ts";
import { pageOf } from "./page.ts";

function published(content: string): string {
  const page = pageOf("page.html", `<!doctype html><main class="sl-markdown-content">${content}</main>`);
  makeNamesBreakable(page);
  return toHtml(page.tree);
}

const inTable = (name: string) => `<table><tbody><tr><td><code>${name}</code></td></tr></tbody></table>`;

it.each([
  ["exactlyOnceWhereIdempotent(expected)", "exactly<wbr>Once<wbr>Where<wbr>Idempotent(<wbr>expected)"],
  ["LONGHAUL_RESUME_AFTER_MS", "LONGHAUL_<wbr>RESUME_<wbr>AFTER_<wbr>MS"],
  ["src/sqs/operations.ts", "src/<wbr>sqs/<wbr>operations.<wbr>ts"],
  ["maxHops", "maxHops"],
])("a long name in a table may break between its words: %s", (name, broken) => {
  expect(published(inTable(name))).toContain(`<code>${broken}</code>`);
});

it("leaves code outside of tables as it is", () => {
  const text = "<p><code>exactlyOnceWhereIdempotent(expected)</code></p>";
  expect(published(text)).toContain(text);
});
