import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { AxeBuilder } from "@axe-core/playwright";
import { describe, expect, it } from "vitest";
import { type Fetched, pages, site, visits } from "./visit.ts";

const FIRST_PAGE_MAX_BYTES = 100_000;
const SCRIPT_MAX_BYTES = 60_000;
/** The core, its simulator, and the parts of the other packages that the tutorial's chapters need. */
const PLAYGROUND_MAX_BYTES = 205_000;

const { visit, served } = visits();

function bytesOf(fetched: readonly Fetched[], measure: (body: Buffer) => number): number {
  return fetched.reduce((sum, { body }) => sum + measure(body), 0);
}

describe.each(pages)("%s", (path) => {
  it("fits every width, asks nobody else for anything, and loads little script", async () => {
    const { tab, fetched, errors } = await visit(path, { viewport: { width: 360, height: 800 }, colorScheme: "dark" });
    for (const width of [360, 768, 1280]) {
      await tab.setViewportSize({ width, height: 800 });
      expect(await tab.evaluate("document.scrollingElement.scrollWidth")).toBeLessThanOrEqual(width);
    }
    expect(errors).toEqual([]);
    // A worker's script is made by the page's own script, of which it is a part.
    const { url: ofSite } = served();
    const asked = fetched.filter(({ url }) => !url.startsWith(`blob:${new URL(ofSite).origin}/`));
    expect(asked.filter(({ url }) => !url.startsWith(ofSite)).map(({ url }) => url)).toEqual([]);
    const inline = [...readFileSync(join(site, path), "utf8").matchAll(/<script[^>]*>([\s\S]*?)<\/script>/g)];
    const scripts = asked.filter(({ kind }) => kind === "script");
    const bytes =
      bytesOf(scripts, ({ length }) => length) + inline.reduce((sum, [, text = ""]) => sum + text.length, 0);
    expect(bytes).toBeLessThanOrEqual(path === "playground.html" ? PLAYGROUND_MAX_BYTES : SCRIPT_MAX_BYTES);
  });
});

describe("the site", () => {
  it.each(["index.html", "explanation/guarantees.html"])("can be read without script: %s", async (path) => {
    const { tab } = await visit(path, { javaScriptEnabled: false, viewport: { width: 1280, height: 800 } });
    expect(await tab.locator("h1").first().isVisible()).toBe(true);
    expect((await tab.locator(".sl-markdown-content").textContent())?.length).toBeGreaterThan(100);
    expect(await tab.getByRole("button", { name: "Search" }).isVisible()).toBe(false);
  });

  it("has a first page that is light", async () => {
    const { fetched } = await visit("index.html");
    const bytes = bytesOf(fetched, (body) => gzipSync(body).length);
    console.log(`first page: ${(bytes / 1000).toFixed(1)} kB gzip`);
    expect(bytes).toBeLessThanOrEqual(FIRST_PAGE_MAX_BYTES);
  });

  it("opens from the file system, with its styles and links", async () => {
    const { tab } = await visit(pathToFileURL(join(site, "index.html")).href);
    expect(await tab.evaluate("getComputedStyle(document.body).fontFamily")).toContain("Instrument Sans");
    await tab.getByRole("link", { name: "Why it is hard" }).click();
    expect(await tab.locator("h1").first().textContent()).toContain("hard");
  });

  it("is found through by keyboard: skip link, search, result", async () => {
    const { tab, errors } = await visit("index.html");
    await tab.keyboard.press("Tab");
    expect(await tab.locator(":focus").textContent()).toContain("Skip");
    await tab.keyboard.press("Control+k");
    await tab.keyboard.type("lease");
    const first = tab.getByRole("dialog").getByRole("listitem").first();
    await first.waitFor();
    const { violations } = await new AxeBuilder({ page: tab }).include("dialog").analyze();
    expect(violations).toEqual([]);
    await tab.keyboard.press("ArrowDown");
    await tab.keyboard.press("Enter");
    await tab.waitForURL((url) => !url.pathname.endsWith("index.html"));
    expect(tab.url().startsWith(served().url)).toBe(true);
    expect((await tab.locator("main").textContent())?.toLowerCase()).toContain("lease");
    expect(errors).toEqual([]);
  });

  it("says so when nothing is found", async () => {
    const { tab } = await visit("index.html");
    await tab.keyboard.press("/");
    await tab.keyboard.type("☃");
    await tab.getByText("Nothing found for “☃”.").waitFor();
    await tab.keyboard.press("Escape");
    expect(await tab.getByRole("dialog").isVisible()).toBe(false);
  });

  it("has a theme that a reader chooses, and that stays", async () => {
    const { tab } = await visit("index.html", { colorScheme: "dark", viewport: { width: 1280, height: 800 } });
    const ground = () => tab.evaluate("getComputedStyle(document.body).backgroundColor");
    const dark = await ground();
    await tab.getByRole("button", { name: "Colour theme: auto" }).click();
    expect(await ground()).not.toBe(dark);
    await tab.reload();
    expect(await ground()).not.toBe(dark);
    await tab.getByRole("button", { name: "Colour theme: light" }).click();
    expect(await ground()).toBe(dark);
  });

  it("has a menu on a phone", async () => {
    const page = pages.find((path) => path !== "index.html") ?? "";
    const { tab } = await visit(page, { viewport: { width: 360, height: 740 } });
    const link = tab.locator("nav.sidebar a").first();
    expect(await link.isVisible()).toBe(false);
    await tab.getByRole("button", { name: "Menu" }).click();
    expect(await link.isVisible()).toBe(true);
  });

  it("does not move where a reader asks for less motion", async () => {
    const { tab } = await visit("index.html", { reducedMotion: "reduce" });
    expect(await tab.evaluate("document.getAnimations().length")).toBe(0);
    expect(await tab.evaluate("getComputedStyle(document.querySelector('button')).transitionDuration")).toMatch(/^0s/);
  });

  it("prints as text on white, without navigation", async () => {
    const { tab } = await visit("explanation/guarantees.html", { colorScheme: "dark" });
    await tab.emulateMedia({ media: "print" });
    expect(await tab.locator("nav.sidebar").isVisible()).toBe(false);
    expect(await tab.locator("header.header").isVisible()).toBe(false);
    expect(await tab.evaluate("getComputedStyle(document.body).backgroundColor")).toBe("rgb(255, 255, 255)");
    expect((await tab.pdf()).length).toBeGreaterThan(10_000);
  });
});
