/**
 * Measures how fluid the playground of the built site is: the time between two frames, and how much of it script takes, while
 * a run of 200 hops and one of 10,000 play.
 *
 * usage: node --conditions=longhaul-source docs/commands/frames.ts [SECONDS]
 */
import { join } from "node:path";
import { startChromium } from "../browser/chromium.ts";
import { serveSite } from "../browser/static-server.ts";
import { DOCS } from "../generate/places.ts";

const seconds = Number(process.argv[2] ?? 10);
await using served = await serveSite(join(DOCS, "dist"));
const browser = await startChromium();
try {
  for (const name of ["A run in hops", "10,000 hops"]) {
    const tab = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    // The page's own callback is timed; what it draws with is not known to it.
    await tab.addInitScript(`{
      const { requestAnimationFrame } = globalThis;
      globalThis.frames_ = { at: [], script: [] };
      globalThis.requestAnimationFrame = (draw) => requestAnimationFrame((at) => {
        const beganMs = performance.now();
        draw(at);
        globalThis.frames_.script.push(performance.now() - beganMs);
        globalThis.frames_.at.push(at);
      });
    }`);
    await tab.goto(`${served.url}playground.html`);
    await tab.getByRole("button", { name, exact: true }).click();
    await tab.evaluate("globalThis.frames_.at.length = 0; globalThis.frames_.script.length = 0");
    await tab.waitForTimeout(seconds * 1_000);
    const { at, script } = await tab.evaluate<{ at: number[]; script: number[] }>("globalThis.frames_");
    const between = at.slice(1).map((each, index) => each - at[index]!);
    const invocations = await tab.locator('[data-part="invocations"]').textContent();
    console.log(
      `${name}: ${at.length} frames in ${seconds} s, ${invocations} invocations shown; ` +
        `between two ${quantiles(between)}; script ${quantiles(script)}`,
    );
    await tab.close();
  }
} finally {
  await browser.close();
}

function quantiles(values: readonly number[]): string {
  const sorted = values.toSorted((one, other) => one - other);
  const at = (share: number) => `${(sorted[Math.floor(share * (sorted.length - 1))] ?? 0).toFixed(1)} ms`;
  return `median ${at(0.5)}, 95 % ${at(0.95)}, most ${at(1)}`;
}
