import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { forkRun } from "./fork-run.ts";
import { naiveRun } from "./naive-run.ts";

const page = readFileSync(new URL("../../src/content/docs/explanation/why-it-is-hard.mdx", import.meta.url), "utf8");

/** As the page writes numbers. */
function written(count: number): string {
  return count.toLocaleString("en-US");
}

describe("the figures of the page are those of its runs", () => {
  it("out of time", async () => {
    const { outcome, stats, effects } = await naiveRun();
    expect(outcome).toBe("on-failure");
    expect(stats.timeouts).toBe(3);
    expect(page).toContain(`the same ${written(effects.values.size)} photos three times`);
    expect(effects.attempts).toHaveLength(3 * effects.values.size);
  });

  it("a duplicated event", async () => {
    const { outcome, effects } = await forkRun();
    expect(outcome).toBe("done");
    expect(effects.values.size).toBe(1_800);
    expect(page).toContain(`${written(effects.attempts.length)} resizes for 1,800 photos`);
  });
});
