import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright-core";
import { faultsOfLayout } from "./layout-faults.ts";

/** Texts of charts have at least this size, in CSS pixels as they are shown. */
const LEAST_TEXT_PX = 11;

/** Looks at a page as it is shown: what does not fit, what is too small, what overlaps, and what axe finds. */
export async function findingsOf(tab: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page: tab }).options({ resultTypes: ["violations"] }).analyze();
  const byAxe = violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)} ${failureSummary}`),
  );
  return [...(await tab.evaluate(faultsOfLayout, LEAST_TEXT_PX)), ...byAxe];
}
