/**
 * Takes pictures of every page of the built site at three widths, light and dark, for people to look at. A picture's
 * name has the page, the width and the theme.
 *
 * usage: node docs/commands/screenshots.ts [--into FOLDER] [--width PX] [--theme light|dark] [PAGE...]
 * default: docs/screenshots, all widths, both themes, all pages
 */
import { globSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { startChromium } from "../browser/chromium.ts";
import { serveSite } from "../browser/static-server.ts";
import { DOCS } from "../generate/places.ts";

const WIDTHS_PX = [360, 768, 1280];
const THEMES = ["light", "dark"] as const;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { into: { type: "string" }, width: { type: "string", multiple: true }, theme: { type: "string" } },
});
const widths = values.width?.map(Number) ?? WIDTHS_PX;
const themes = THEMES.filter((theme) => values.theme === undefined || theme === values.theme);
const folder = values.into === undefined ? join(DOCS, "screenshots") : resolve(values.into);
const site = join(DOCS, "dist");
const pages = globSync("**/*.html", { cwd: site, exclude: ["pagefind/**"] }).map((file) =>
  file.slice(0, -".html".length),
);
const unknown = positionals.filter((page) => !pages.includes(page));
if (unknown.length > 0) {
  console.error(`The built site has no page ${unknown.join(", ")}. A page is named as in navigation.ts.`);
  process.exit(2);
}
const wanted = positionals.length > 0 ? positionals : pages;
await using served = await serveSite(site);
const browser = await startChromium();
try {
  for (const colorScheme of themes) {
    for (const width of widths) {
      const context = await browser.newContext({
        viewport: { width, height: 900 },
        colorScheme,
        reducedMotion: "reduce",
      });
      const tab = await context.newPage();
      for (const page of wanted) {
        await tab.goto(`${served.url}${page}.html`, { waitUntil: "networkidle" });
        const path = join(folder, `${page.replaceAll("/", "-")}.${width}.${colorScheme}.png`);
        await tab.screenshot({ path, fullPage: true });
      }
      await context.close();
    }
  }
} finally {
  await browser.close();
}
console.log(`${wanted.length * widths.length * themes.length} pictures in ${folder}`);
