import { join } from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { formatDuration } from "../../packages/cli/src/report/format.ts";
import { DOCS } from "../generate/places.ts";
import { Play } from "../src/playground/play.ts";
import { PRESETS } from "../src/playground/presets.ts";
import { watchPlay } from "../src/playground/watched.ts";
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

/** Opens the playground; a script error of the page fails the test. */
async function open(hash = "", options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext({ reducedMotion: "reduce", ...options });
  const errors: string[] = [];
  onTestFinished(async () => {
    await context.close();
    expect(errors).toEqual([]);
  });
  const tab = await context.newPage();
  tab.on("pageerror", ({ message }) => errors.push(message));
  tab.on("console", (message) => message.type() === "error" && errors.push(message.text()));
  await tab.goto(`${served.url}playground.html${hash}`);
  return tab;
}

const part = (tab: Page, name: string) => tab.locator(`[data-part="${name}"]`);

/** Waits until the run has ended on the page. */
async function ended(tab: Page, outcome: string): Promise<void> {
  await tab.locator(`.playground[data-outcome="${outcome}"]`).waitFor();
}

/** The timeline as the table has it: a row for each invocation. */
async function timeline(tab: Page): Promise<string[]> {
  const table = part(tab, "table");
  if (!(await table.evaluate((details) => details.hasAttribute("open")))) await table.locator("summary").click();
  await table.locator("tbody tr").first().waitFor();
  const rows = await table
    .locator("tbody tr")
    .evaluateAll((all) => all.map(({ children }) => [...children].map(({ textContent }) => textContent).join(" | ")));
  return rows.reverse();
}

describe("the playground", () => {
  it("runs the core to the end of a prepared run, where the reader asks for less motion at once", async () => {
    const tab = await open();
    await ended(tab, "done");
    expect(await part(tab, "items-done").textContent()).toBe("200 of 200");
    expect(await part(tab, "record-phase").textContent()).toBe("done");
    expect((await timeline(tab)).length).toBeGreaterThan(5);
  });

  it("plays where nobody asks for less motion, and holds", async () => {
    const tab = await open("", { reducedMotion: "no-preference" });
    const play = part(tab, "play");
    await tab.locator('[data-part="play"][data-state="playing"]').waitFor();
    await tab.locator('[data-part="invocations"]', { hasText: "2" }).waitFor();
    await play.click();
    await tab.locator('[data-part="play"][data-state="held"]').waitFor();
    expect(await part(tab, "phase").textContent()).not.toBe("done");
  });

  it("makes an attempt 2 of a hop whose process the reader kills", async () => {
    const tab = await open("#at=90000");
    await tab.locator('[data-part="phase"]', { hasText: "running" }).waitFor();
    await tab.getByRole("button", { name: "Kill the process" }).click();
    await ended(tab, "done");
    const [killed, next] = (await timeline(tab)).slice(1);
    expect(killed).toMatch(/^2 \| 1 \| 1 \| 1 \| .* \| killed \| /);
    expect(next).toMatch(/^3 \| 1 \| 2 \| 1 \| /);
    await part(tab, "lines").getByText("You: killed the process").waitFor();
  });

  it("says why a duplicate was refused", async () => {
    const tab = await open("#at=20000");
    await tab.locator('[data-part="phase"]', { hasText: "running" }).waitFor();
    await tab.getByRole("button", { name: "Deliver the event again" }).click();
    await ended(tab, "done");
    const refused = part(tab, "refused");
    expect(await refused.locator("code").textContent()).toBe("lease-live");
    expect(await refused.locator(".why").textContent()).toMatch(
      /^Hop 0 is already running: another invocation holds its lease/,
    );
    expect(await part(tab, "refusals").textContent()).toBe("1");
  });

  it("pauses, resumes and deploys, each when it can be done", async () => {
    const tab = await open("#at=100000");
    const button = (name: string | RegExp) => tab.getByRole("button", { name });
    await tab.locator('[data-part="phase"]', { hasText: "running" }).waitFor();
    expect(await button("Resume the run").getAttribute("aria-disabled")).toBe("true");
    await button("Pause the run").click();
    await ended(tab, "paused");
    expect(await button("Pause the run").getAttribute("aria-disabled")).toBe("true");
    await button("Resume the run").click();
    await ended(tab, "done");
    await part(tab, "scrub").focus();
    await tab.keyboard.press("Home");
    await tab.keyboard.press("PageUp");
    await tab.locator('[data-part="phase"]', { hasText: "running" }).waitFor();
    await button(/Deploy version 2/).click();
    await ended(tab, "done");
    const versions = (await timeline(tab)).map((row) => row.split(" | ")[3]);
    expect(new Set(versions)).toEqual(new Set(["1", "2"]));
  });

  it("rewinds to the hop that the reader chooses, where a history is kept", async () => {
    const tab = await open("#at=300000");
    const rewind = tab.getByRole("button", { name: "Rewind to hop" });
    await tab.locator('[data-part="phase"]', { hasText: "running" }).waitFor();
    expect(await rewind.getAttribute("aria-disabled")).toBe("true");
    await tab.goto(`${served.url}playground.html#history=true&at=300000`);
    await tab.locator('[data-ask="rewind"][aria-disabled="false"]').waitFor();
    await tab.getByLabel("Hop to rewind to").selectOption("1");
    await rewind.click();
    await ended(tab, "done");
    const hops = (await timeline(tab)).map((row) => Number(row.split(" | ")[1]));
    const rewoundTo = hops.findIndex((hop, index) => hop < (hops[index - 1] ?? 0));
    expect(hops[rewoundTo]).toBe(1);
    expect(new URL(tab.url()).hash).toMatch(/^#history=true&do=rewind-1@\d+$/);
    await part(tab, "lines").getByText("You: rewound the run to hop 1").waitFor();
  });

  it("shows a run that sleeps, and for how long", async () => {
    const tab = await open("#asleep");
    await ended(tab, "done");
    expect((await timeline(tab)).filter((row) => row.includes(" | sleeping | "))).toHaveLength(4);
    await part(tab, "refused").getByText("The run sleeps").first().waitFor();
  });

  it("reproduces a run from its link: the same timeline in another browser", async () => {
    const tab = await open();
    await ended(tab, "done");
    await tab.getByRole("button", { name: "A very bad day" }).click();
    await ended(tab, "done");
    await tab.getByRole("button", { name: "Deliver the event again" }).click();
    await tab.locator('[data-part="refused"]', { hasText: "over" }).waitFor();
    await part(tab, "link").click();
    const link = new URL(tab.url()).hash;
    expect(link).toMatch(/&do=duplicate@\d+&at=\d+$/);
    const other = await open(link);
    await ended(other, "done");
    const there = await timeline(other);
    expect(there).toEqual(await timeline(tab));
    expect(there.length).toBeGreaterThan(10);
  });

  it("goes its own way with a slider, by keyboard alone", async () => {
    const tab = await open();
    await ended(tab, "done");
    await tab.getByRole("slider", { name: "Timeout" }).focus();
    await tab.keyboard.press("Home");
    await tab.locator('[data-about="own"]').waitFor();
    expect(new URL(tab.url()).hash).toBe("#timeoutS=5");
    await ended(tab, "done");
    expect((await timeline(tab)).length).toBeGreaterThan(50);
  });

  it("opens at a chapter's failure, where the tutorial leads: items twice, and nobody who tells a duplicate", async () => {
    const tab = await open("#without-a-record");
    await ended(tab, "done");
    expect(Number(await part(tab, "items-repeated").textContent())).toBeGreaterThan(50);
    await tab.getByText("nobody can tell a duplicate from the run").waitFor();
  });

  it.each(["the-etag-in-the-state", "in-parts", "a-message-deleted-too-early", "a-token-taken"])(
    "runs a chapter's services as Node does: %s",
    async (id) => {
      const { settings, asks } = PRESETS.find((preset) => preset.id === id)!;
      const play = new Play();
      const end = await watchPlay(settings, asks, (event) => play.add([event]));
      const tab = await open(`#${id}`);
      await ended(tab, end.outcome);
      const rows = (await timeline(tab)).map((row) => row.split(" | ").slice(4));
      expect(rows).toEqual(
        play.bars.map((bar) => [
          formatDuration(bar.fromMs),
          formatDuration(bar.toMs - bar.fromMs),
          bar.end,
          String(bar.items.length),
        ]),
      );
    },
  );

  it.each(["light", "dark"] as const)("has no findings of axe while it shows a full day, %s", async (colorScheme) => {
    const tab = await open("", { colorScheme, viewport: { width: 360, height: 800 } });
    await tab.getByRole("button", { name: "With a record" }).click();
    await ended(tab, "done");
    await timeline(tab);
    await tab.getByText("The prices").click();
    for (const width of [360, 768, 1280]) {
      await tab.setViewportSize({ width, height: 800 });
      const { violations } = await new AxeBuilder({ page: tab }).include(".playground").analyze();
      expect(violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`))).toEqual([]);
      expect(await tab.evaluate("document.scrollingElement.scrollWidth")).toBeLessThanOrEqual(width);
    }
  });

  it("draws something: bars in the colour of work", async () => {
    const tab = await open();
    await ended(tab, "done");
    const colours = await tab.evaluate<string[]>(`{
      const canvas = document.querySelector('[data-part="timeline"]');
      const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
      const seen = new Map();
      for (let at = 0; at < data.length; at += 4) {
        const colour = data.slice(at, at + 3).join();
        if (data[at + 3] === 255) seen.set(colour, (seen.get(colour) ?? 0) + 1);
      }
      [...seen].sort((one, other) => other[1] - one[1]).map(([colour]) => colour);
    }`);
    expect(colours[0]).toBe("47,111,222");
  });

  it("tells readers without script where the same is", async () => {
    const tab = await open("", { javaScriptEnabled: false });
    expect(await tab.getByText("The playground needs script").isVisible()).toBe(true);
    expect(await tab.getByRole("button", { name: "Kill the process" }).isVisible()).toBe(false);
  });
});
