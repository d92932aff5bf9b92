import { simulateMany } from "@longhaul/core/testing";
import { describe, expect, it } from "vitest";
import { families } from "./simulated-families.ts";

describe("outputs and caches are exact whatever goes wrong", () => {
  for (const [name, { atLeastDone, ...options }] of Object.entries(families)) {
    it(`${name} (${options.seeds} seeds)`, async () => {
      const command = `npx vitest run test/simulation.test.ts -t "${name}"`;
      const { runs, outcomes, redriven } = await simulateMany({ ...options, command });
      // One replayed seed need not be done.
      if (runs === 1) return;
      expect((outcomes.done - redriven) / runs).toBeGreaterThanOrEqual(atLeastDone);
    });
  }
});
