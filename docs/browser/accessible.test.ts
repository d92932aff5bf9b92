import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { pages, visits } from "./visit.ts";

const { visit } = visits();

/** The faults that axe finds. */
async function findingsOf(tab: Page) {
  const { violations } = await new AxeBuilder({ page: tab }).options({ resultTypes: ["violations"] }).analyze();
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => ({ id, html, failureSummary })));
}

function isGenerated(path: string): boolean {
  return path.startsWith("reference/api/");
}

describe.each(pages)("%s", (path) => {
  it("is accessible, dark and light", async () => {
    const { tab } = await visit(path, { viewport: { width: 360, height: 800 }, colorScheme: "dark" });
    expect(await findingsOf(tab)).toEqual([]);
    // Pages of one generator differ in words only; they are long.
    if (path !== pages.find(isGenerated) && isGenerated(path)) return;
    await tab.emulateMedia({ colorScheme: "light" });
    expect(await findingsOf(tab)).toEqual([]);
  });
});
