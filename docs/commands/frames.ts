/**
 * Measures how fluid the playground of the built site is, while a run of nine hops and one of 10,000 play: the time between two
 * frames, and the main thread's own processor time for each. The second tells the page from a machine that is busy.
 *
 * usage: node --conditions=longhaul-source docs/commands/frames.ts [SECONDS]
 */
import { join } from "node:path";
import type { CDPSession, Page } from "playwright-core";
import { startChromium } from "../browser/chromium.ts";
import { serveSite } from "../browser/static-server.ts";
import { DOCS } from "../generate/places.ts";

const seconds = Number(process.argv[2] ?? 10);
await using served = await serveSite(join(DOCS, "dist"));
const browser = await startChromium();
try {
  for (const hash of ["#hops", "#ten-thousand-hops"]) {
    const tab = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    await tab.addInitScript(`{
      const { requestAnimationFrame } = globalThis;
      globalThis.frameTimes = [];
      globalThis.requestAnimationFrame = (draw) => requestAnimationFrame((at) => {
        draw(at);
        globalThis.frameTimes.push(at);
      });
    }`);
    const metrics = await tab.context().newCDPSession(tab);
    await metrics.send("Performance.enable", { timeDomain: "threadTicks" });
    await tab.goto(`${served.url}playground.html${hash}`);
    await tab.locator('[data-part="play"][data-state="playing"]').waitFor();
    await measure(tab, metrics, `${hash}, while it is computed`);
    if (hash === "#hops") continue;
    await tab.locator('[data-part="computing"]:empty').waitFor({ state: "attached", timeout: 600_000 });
    await tab.locator('[data-part="scrub"]').press("Home");
    await tab.locator('[data-part="play"]').click();
    await tab.locator('[data-part="play"][data-state="playing"]').waitFor();
    await measure(tab, metrics, `${hash}, computed before`);
    await tab.close();
  }
} finally {
  await browser.close();
}

async function measure(tab: Page, metrics: CDPSession, name: string): Promise<void> {
  const before = await processorSeconds(metrics);
  await tab.evaluate("globalThis.frameTimes.length = 0");
  await tab.waitForTimeout(seconds * 1_000);
  const at = await tab.evaluate<number[]>("globalThis.frameTimes");
  const usedMs = ((await processorSeconds(metrics)) - before) * 1_000;
  const between = at.slice(1).map((each, index) => each - at[index]!);
  const shown = await tab.locator('[data-part="invocations"]').textContent();
  console.log(
    `${name}: ${at.length} frames, ${shown} invocations shown; between two ${quantiles(between)}; ` +
      `${(usedMs / at.length).toFixed(1)} ms of the main thread for each`,
  );
}

async function processorSeconds(session: CDPSession): Promise<number> {
  const { metrics } = await session.send("Performance.getMetrics");
  return metrics.find(({ name }) => name === "TaskDuration")?.value ?? 0;
}

function quantiles(values: readonly number[]): string {
  const sorted = values.toSorted((one, other) => one - other);
  const at = (share: number) => `${(sorted[Math.floor(share * (sorted.length - 1))] ?? 0).toFixed(1)} ms`;
  return `median ${at(0.5)}, 95 % ${at(0.95)}, most ${at(1)}`;
}
