import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { fleetReport } from "../../demo/queue-loops/fleet-report.ts";
import { htmlReport } from "../../packages/cli/src/report/html-report.ts";
import type { RunHistory } from "../../packages/cli/src/report/run-history.ts";
import { check as lease } from "../../packages/core/test/verify/lease-check.ts";
import { tracePage } from "../../verify/src/trace-page.ts";
import { startChromium } from "../browser/chromium.ts";
import { DOCS } from "../generate/places.ts";
import { fleetHistory } from "./fleet.ts";
import { longRun } from "./long-run.ts";
import { findingsOf } from "./look.ts";
import { recordedHistory } from "./recorded.ts";

/** Where the pictures of all reports are left, for people to look at. */
const PICTURES = join(DOCS, "screenshots", "reports");
const WIDTHS_PX = [360, 768, 1_280];
const THEMES = ["light", "dark"] as const;
const LONG_HOPS = 3_000;
/** Of a long table, all but the first rows of its first two pieces. */
const MORE_ROWS = "section.each details:nth-of-type(n + 3), section.each details tbody tr:nth-child(n + 11)";

const REPORTS: Readonly<Record<string, () => RunHistory | Promise<RunHistory>>> = {
  "one-file": () => recordedHistory("one-file"),
  "several-files": () => recordedHistory("several-files"),
  walk: () => recordedHistory("walk"),
  long: () => longRun(LONG_HOPS),
};

let browser: Browser;
const folder = mkdtempSync(join(tmpdir(), "longhaul-reports-"));
const pages = new Map<string, string>();

beforeAll(async () => {
  browser = await startChromium();
  mkdirSync(PICTURES, { recursive: true });
  for (const [name, make] of Object.entries(REPORTS)) {
    const history = await make();
    pages.set(name, htmlReport(history, history.endedAtMs ?? 0));
  }
  pages.set("fleet", fleetReport(fleetHistory()));
  const { finding } = await lease.search("requests", "a resumed run begins at its first hop");
  pages.set("trace", tracePage(finding!));
});
afterAll(async () => {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Opens a report from its file, as its reader does; answers with its tab and all that it asked for. */
async function open(name: string, options: BrowserContextOptions = {}, change = (html: string) => html) {
  const file = join(folder, `${name}-${performance.now()}.html`);
  writeFileSync(file, change(pages.get(name) ?? ""));
  const context = await browser.newContext({ viewport: { width: 768, height: 900 }, ...options });
  onTestFinished(() => context.close());
  const tab = await context.newPage();
  const asked: string[] = [];
  const errors: string[] = [];
  tab.on("request", (request) => asked.push(request.url()));
  tab.on("pageerror", ({ message }) => errors.push(message));
  tab.on("console", (message) => message.type() === "error" && errors.push(message.text()));
  const url = pathToFileURL(file).href;
  await tab.goto(url);
  return { tab, asked, errors, url };
}

const shown = (tab: Page, selector: string) => tab.locator(`${selector}:visible`).count();

describe.each([...Object.keys(REPORTS), "fleet", "trace"])("the report %s", (name) => {
  it.each(THEMES)("is readable at all widths, %s", async (colorScheme) => {
    const { tab, errors } = await open(name, { colorScheme });
    // Axe takes minutes for thousands of rows, closed or not. Rows are alike, so a few are enough.
    await tab.evaluate(`for (const each of document.querySelectorAll("${MORE_ROWS}")) each.remove()`);
    const findings: string[] = [];
    for (const width of WIDTHS_PX) {
      await tab.setViewportSize({ width, height: 900 });
      findings.push(...(await findingsOf(tab)).map((finding) => `${width} px: ${finding}`));
      await tab.screenshot({ path: join(PICTURES, `${name}.${width}.${colorScheme}.png`), fullPage: true });
    }
    expect(findings).toEqual([]);
    expect(errors).toEqual([]);
  });
});

describe.each(Object.keys(REPORTS))("the report of the run %s", (name) => {
  it("asks for nothing but itself, and is complete without its script", async () => {
    const { tab, asked, url } = await open(name, { javaScriptEnabled: false });
    expect(asked).toEqual([url]);
    expect(await shown(tab, "form.filter")).toBe(0);
    expect(await shown(tab, ".plot svg")).toBeGreaterThanOrEqual(4);
    const first = tab.locator("section.each details summary").first();
    if ((await first.count()) > 0) await first.click();
    expect(await shown(tab, "table.hops tbody tr")).toBeGreaterThan(5);
  });

  it("is filtered by keyboard: invocations with an error", async () => {
    const { tab } = await open(name);
    await reach(tab, "bad");
    await tab.keyboard.press("Space");
    const bad = await tab.locator("table.hops tbody tr[data-bad]").count();
    expect(bad).toBeGreaterThan(0);
    expect(await shown(tab, "table.hops tbody tr")).toBe(bad);
    expect(await tab.locator("form.filter output").textContent()).toMatch(
      new RegExp(`^${bad.toLocaleString("en-US")} `),
    );
  });
});

describe.each(["several-files", "walk"])("the several runs of %s", (name) => {
  it("are told apart by colour, and by a filter that the keyboard reaches", async () => {
    const { tab, errors } = await open(name);
    await reach(tab, "run");
    await tab.keyboard.press("ArrowDown");
    expect(await tab.getByLabel("Show").inputValue()).toBe("0");
    const own = await tab.locator('table.hops tbody tr[data-run="0"]').count();
    expect(await shown(tab, "table.hops tbody tr")).toBe(own);
    expect(await tab.locator("svg .dim").count()).toBeGreaterThan(0);
    expect(await tab.locator('svg .dim[data-run="0"]').count()).toBe(0);
    const colors = await tab.evaluate<string[]>(
      `[...document.querySelectorAll("table.runs .swatch")].map((each) => getComputedStyle(each).backgroundColor)`,
    );
    expect(new Set(colors).size).toBeGreaterThan(2);
    expect(errors).toEqual([]);
  });
});

describe("the checks notice", () => {
  it.each([
    ["a fixed width", "</style>", "main{width:900px}</style>", /scrolls sideways: 9\d\d px of 360/],
    ["a contrast that is too low", "--soft:#566072", "--soft:#aab2c0", /color-contrast/],
    ["texts that shrink with their chart", "</style>", ".plot{zoom:.5}</style>", /chart text .* is 6\.0 px/],
  ])("%s", async (_, from, to, finding) => {
    const { tab } = await open("one-file", { viewport: { width: 360, height: 900 } }, (html) => {
      expect(html).toContain(from);
      return html.replace(from, to);
    });
    expect(await findingsOf(tab)).toContainEqual(expect.stringMatching(finding));
  });
});

/** Presses Tab until the field of that name has the focus. */
async function reach(tab: Page, name: string): Promise<void> {
  for (let presses = 0; presses < 200; presses++) {
    await tab.keyboard.press("Tab");
    if ((await tab.evaluate("document.activeElement.name")) === name) return;
  }
  throw new Error(`The Tab key does not reach the field ${name}.`);
}
