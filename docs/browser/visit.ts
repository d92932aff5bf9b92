import { globSync } from "node:fs";
import { join } from "node:path";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, onTestFinished } from "vitest";
import { DOCS } from "../generate/places.ts";
import { startChromium } from "./chromium.ts";
import { type ServedSite, serveSite } from "./static-server.ts";

/** The built site. */
export const site = join(DOCS, "dist");
/** Its pages, as paths. */
export const pages: readonly string[] = globSync("**/*.html", { cwd: site, exclude: ["pagefind/**"] }).sort();

/** The files that a browser fetched for a page. */
export interface Fetched {
  readonly url: string;
  readonly kind: string;
  readonly body: Buffer;
}

/** A page in a browser, with what it fetched and what went wrong. */
export interface Visit {
  readonly tab: Page;
  readonly fetched: Fetched[];
  readonly errors: string[];
}

/** Serves the site and starts Chromium for the tests of a file; answers with what opens a page, until its test is over. */
export function visits(): {
  visit(path: string, options?: BrowserContextOptions): Promise<Visit>;
  served(): ServedSite;
} {
  let browser: Browser;
  let served: ServedSite;
  beforeAll(async () => {
    served = await serveSite(site);
    browser = await startChromium();
  });
  afterAll(async () => {
    await browser.close();
    await served[Symbol.asyncDispose]();
  });
  return { visit: (path, options = {}) => visit(browser, served, path, options), served: () => served };
}

async function visit(
  browser: Browser,
  served: ServedSite,
  path: string,
  options: BrowserContextOptions,
): Promise<Visit> {
  const context = await browser.newContext(options);
  onTestFinished(() => context.close());
  const tab = await context.newPage();
  const fetched: Fetched[] = [];
  const errors: string[] = [];
  const bodies: Promise<void>[] = [];
  tab.on("pageerror", ({ message }) => errors.push(message));
  tab.on("console", (message) => message.type() === "error" && errors.push(message.text()));
  tab.on("response", (response) => {
    const body = response.body().catch(() => Buffer.alloc(0));
    bodies.push(
      body.then(
        (bytes) => void fetched.push({ url: response.url(), kind: response.request().resourceType(), body: bytes }),
      ),
    );
  });
  await tab.goto(/^\w+:/.test(path) ? path : served.url + path, { waitUntil: "load" });
  await Promise.all(bodies);
  return { tab, fetched, errors };
}
