import { describe, expect, it } from "vitest";
import { simulate } from "../src/testing.ts";
import { itemWorker, job } from "./simulated-work.ts";

const ITEMS = 60;

/** Simulates a run of which three in ten hand-offs arrive without being confirmed. */
function run(seed: number, store: boolean) {
  return simulate({
    seed,
    faults: { sendFailsAfter: 0.3 },
    event: job("one", { upTo: ITEMS, stepMs: 3_000, sigma: 0.1 }),
    timeoutMs: 20_000,
    handler: itemWorker(),
    ...(!store && { store: false }),
  });
}

describe("a hand-off that arrives, and whose confirmation is lost, is sent again", () => {
  const seeds = [1, 2, 3];

  it("without a store both events are worked on: the chain forks, and items are done more than once", async () => {
    const attempts = await Promise.all(seeds.map(async (seed) => (await run(seed, false)).effects.attempts.length));
    expect(Math.max(...attempts)).toBeGreaterThan(2 * ITEMS);
  });

  it("with a store it begins once: each item is done once", async () => {
    for (const seed of seeds) {
      const { outcome, effects } = await run(seed, true);
      expect([outcome, effects.attempts.length]).toEqual(["done", ITEMS]);
    }
  });
});
