import { join } from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { DOCS } from "../generate/places.ts";
import { startChromium } from "./chromium.ts";
import { type ServedSite, serveSite } from "./static-server.ts";

let browser: Browser;
let served: ServedSite;

beforeAll(async () => {
  served = await serveSite(join(DOCS, "dist"));
  browser = await startChromium();
});
afterAll(async () => {
  await browser.close();
  await served[Symbol.asyncDispose]();
});

async function open(page: string, options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  onTestFinished(() => context.close());
  const tab = await context.newPage();
  await tab.goto(served.url + page, { waitUntil: "load" });
  return tab;
}

async function findingsIn(tab: Page, part: string): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page: tab }).include(part).analyze();
  return violations.map(({ id }) => id);
}

describe("the calculator", () => {
  const PAGE = "explanation/recursion-or-something-else.html";

  it("counts anew what is typed, by keyboard alone, and says which way costs least", async () => {
    const tab = await open(PAGE);
    const calculator = tab.locator("cost-calculator");
    expect(await calculator.locator("tr.cheapest").textContent()).toContain("$0.55, the least");
    await tab.getByLabel("Runs a month").focus();
    await tab.keyboard.press("Control+A");
    await tab.keyboard.type("10");
    expect(await calculator.locator("tr.cheapest").textContent()).toContain("$5.49, the least");
    await tab.keyboard.press("Shift+Tab");
    expect(await tab.locator(":focus").getAttribute("name")).toBe("memoryMb");
  });

  it("says which number cannot be used, and keeps the last table", async () => {
    const tab = await open(PAGE);
    await tab.getByLabel("Seconds an item").fill("0");
    expect(await tab.getByRole("status").textContent()).toBe("There is no usable number of seconds an item.");
    expect(await tab.getByLabel("Seconds an item").getAttribute("aria-invalid")).toBe("true");
    expect(await tab.locator("cost-calculator tr.cheapest").textContent()).toContain("$0.55");
    expect(await findingsIn(tab, "cost-calculator")).toEqual([]);
  });

  it("is not there without script; worked examples are", async () => {
    const tab = await open(PAGE, { javaScriptEnabled: false });
    expect(await tab.locator("cost-calculator").isVisible()).toBe(false);
    const examples = tab.getByRole("group", { name: "Worked examples" });
    expect(await examples.isVisible()).toBe(true);
    expect(await examples.textContent()).toContain("$96.46");
  });
});

describe("the walk to look at", () => {
  const PAGE = "explanation/how-a-walk-divides.html";

  it("shows the ranges of a moment that is chosen by keyboard", async () => {
    const tab = await open(PAGE);
    const slider = tab.getByLabel("Moment");
    const moment = tab.locator("walk-trace .moment");
    expect(await moment.textContent()).toMatch(/: \d\d ranges, 0 requests under way, 100,000 keys listed$/);
    await slider.focus();
    await tab.keyboard.press("Home");
    expect(await moment.textContent()).toBe("At 0 ms: 0 ranges, 0 requests under way, 0 keys listed");
    expect(await tab.locator("walk-trace .plane rect:visible").count()).toBe(0);
    await slider.fill("700");
    expect(await moment.textContent()).toMatch(/^At 700 ms: \d+ ranges, \d requests? under way/);
    const ranges = Number(/(\d+) ranges/.exec((await moment.textContent()) ?? "")?.[1]);
    expect(await tab.locator("walk-trace .strip .open").count()).toBe(ranges);
  });

  it("shows the call and the answer of a request that is clicked, and of the next", async () => {
    const tab = await open(PAGE);
    await tab.locator('walk-trace [data-index="2"]').dispatchEvent("click");
    const details = tab.locator("walk-trace dl");
    expect(await details.textContent()).toMatch(/request 2.*start-after=invoices\/.*1,000 keys, invoices\//s);
    await tab.getByRole("button", { name: "Later request" }).click();
    expect(await details.textContent()).toContain("request 3");
    expect(await findingsIn(tab, "walk-trace")).toEqual([]);
  });

  it("is a picture and a table without script", async () => {
    const tab = await open(PAGE, { javaScriptEnabled: false });
    expect(await tab.getByLabel("Moment").isVisible()).toBe(false);
    expect(await tab.locator("walk-trace .plane rect").count()).toBeGreaterThan(100);
    expect(await tab.getByRole("img", { name: /list requests over/ }).isVisible()).toBe(true);
    await tab.getByText("The same as a table").click();
    expect(await tab.getByText("start-after=logs/39", { exact: false }).first().isVisible()).toBe(true);
  });
});
