import { describe, expect, it } from "vitest";
import { runChecks, simulate, simulateMany, standardChecks } from "../src/testing.ts";
import { families } from "./simulated-families.ts";
import { itemWorker, job, wholeWork } from "./simulated-work.ts";

describe("what recursive() guarantees holds whatever goes wrong", () => {
  for (const [name, { atLeastDone, ...options }] of Object.entries(families)) {
    it(`${name} (${options.seeds} seeds)`, { timeout: 120_000 }, async () => {
      const command = `npx vitest run test/simulation.test.ts -t "${name}"`;
      const { runs, outcomes } = await simulateMany({ ...options, command });
      // One replayed seed need not be done.
      if (runs === 1) return;
      expect(outcomes.done / (runs * (options.events?.length ?? 1))).toBeGreaterThanOrEqual(atLeastDone);
    });
  }

  const one = job("one", { upTo: 10, sigma: 0.2 });
  const calm = { seed: 7, faults: "calm", event: one, timeoutMs: 20_000 } as const;

  it("a crash at each await of the first three hops, one at a time", async () => {
    const crashed = new Set<string>();
    for (const hop of [0, 1, 2]) {
      for (let point = 1; point <= 40; point++) {
        const result = await simulate({ ...calm, handler: itemWorker(), crashAt: [{ hop, await: point }] });
        runChecks(result, [...standardChecks, ...wholeWork(one)]);
        expect(result.outcome, `crash at await ${point} of hop ${hop}`).toBe("done");
        for (const event of result.trace) if (event.type === "crashed") crashed.add(event.where);
      }
    }
    for (const op of ["begin", "checkpoint", "handOff"]) expect(crashed).toContain(`after store.${op}`);
    expect(crashed).toContain("after driver.send");
  });

  it("two crashes, the second in the hop that took over", async () => {
    for (let first = 1; first <= 16; first++) {
      for (let second = 1; second <= 16; second++) {
        const crashAt = [
          { hop: 1, await: first },
          { hop: 1, await: second },
        ];
        const result = await simulate({ ...calm, handler: itemWorker(), crashAt });
        runChecks(result, [...standardChecks, ...wholeWork(one)]);
        expect(result.outcome, `crashes at awaits ${first} and ${second} of hop 1`).toBe("done");
      }
    }
  });
});
