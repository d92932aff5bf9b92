import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { PROSE, pageOfProse } from "./prose.ts";

const ignored = readFileSync(new URL("../.gitignore", import.meta.url), "utf8").split("\n");

it.each(Object.values(PROSE))("$page, which is made of another file, is not committed", ({ page }) => {
  expect(ignored).toContain(`src/content/docs/${page}.md`);
});

it("a page has the title of its file, and links that lead within the site", () => {
  const page = pageOfProse("# A title\n\n[one](testing.md#part), [code](../packages/core/src/a.ts)\n", "About.");
  expect(page).toBe(
    '---\ntitle: "A title"\ndescription: "About."\n---\n\n[one](/how-to/test-a-handler.html#part), code\n',
  );
});
