/**
 * Takes pictures of every page of the built site at three widths, light and dark, into `docs/screenshots`, for people to
 * look at.
 *
 * usage: node docs/commands/screenshots.ts [PAGE...]
 */
import { globSync } from "node:fs";
import { join } from "node:path";
import { startChromium } from "../browser/chromium.ts";
import { serveSite } from "../browser/static-server.ts";
import { DOCS } from "../generate/places.ts";

const WIDTHS_PX = [360, 768, 1280];

const site = join(DOCS, "dist");
const pages = globSync("**/*.html", { cwd: site, exclude: ["pagefind/**"] });
const wanted = process.argv.slice(2);
await using served = await serveSite(site);
const browser = await startChromium();
try {
  for (const colorScheme of ["light", "dark"] as const) {
    for (const width of WIDTHS_PX) {
      const context = await browser.newContext({
        viewport: { width, height: 900 },
        colorScheme,
        reducedMotion: "reduce",
      });
      const tab = await context.newPage();
      for (const page of pages) {
        const name = page.slice(0, -".html".length);
        if (wanted.length > 0 && !wanted.includes(name)) continue;
        await tab.goto(served.url + page, { waitUntil: "networkidle" });
        const path = join(DOCS, "screenshots", `${name.replaceAll("/", "-")}.${width}.${colorScheme}.png`);
        await tab.screenshot({ path, fullPage: true });
      }
      await context.close();
    }
  }
} finally {
  await browser.close();
}
