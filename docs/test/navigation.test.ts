import { globSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { DOCS } from "../generate/places.ts";
import { API_PAGES, NAVIGATION } from "../navigation.ts";

const written = globSync("**/*.{md,mdx}", { cwd: join(DOCS, "src", "content", "docs") })
  .map((file) => file.replace(/\.mdx?$/, ""))
  .filter((page) => page !== "index" && !page.startsWith(`${API_PAGES}/`));
const named = NAVIGATION.flatMap(({ pages }) => pages);

describe("the navigation", () => {
  it("has every page that is written", () => {
    expect(written.filter((page) => !named.includes(page))).toEqual([]);
  });

  it("names no page twice", () => {
    expect(new Set(named).size).toBe(named.length);
  });
});
