import { describe, expect, it } from "vitest";
import { llmsFullTxt, llmsTxt } from "./llms.ts";

const PAGES = [
  { page: "a/one", title: "One", description: "The first.", markdown: "# One\n\nText.\n" },
  { page: "a/two", title: "Two", description: "", markdown: "# Two\n" },
];

describe("llms.txt", () => {
  it("lists the pages that there are, in the order of the navigation", () => {
    const text = llmsTxt(
      [
        { label: "Group", pages: ["a/two", "a/missing", "a/one"] },
        { label: "Empty", pages: ["b"] },
      ],
      PAGES,
    );
    expect(text).toContain("## Group\n\n- [Two](a/two.md)\n- [One](a/one.md): The first.");
    expect(text).not.toContain("missing");
    expect(text).not.toContain("Empty");
  });

  it("has a full form with all of their text", () => {
    expect(llmsFullTxt(PAGES)).toContain("<!-- a/one.md -->\n\n# One\n\nText.\n\n<!-- a/two.md -->\n\n# Two");
  });
});
