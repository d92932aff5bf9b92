import type { SeededRandom, SimulatedHost } from "@longhaul/core/testing";
import type { SendInvoice } from "../../samples/tutorial/invoices.ts";
import type { Settings, StepLaw } from "./settings.ts";

/** The time of one step, in milliseconds, drawn by a law around its median. */
export function stepTime(law: StepLaw, medianMs: number, random: SeededRandom): number {
  switch (law) {
    case "constant":
      return medianMs;
    case "log-normal":
      return random.logNormal(medianMs, 0.4);
    case "pareto": {
      // Shape 1.5; scaled so that half of the draws are below the median. Cut at 60 medians: steps must fit somewhere.
      const shape = 1.5;
      return Math.min(60, (1 - random.next()) ** (-1 / shape) / 2 ** (1 / shape)) * medianMs;
    }
    case "two-peaks":
      return (random.chance(0.1) ? 8 : 1) * random.logNormal(medianMs, 0.15);
  }
}

/** Work on items, as the settings say: each takes its time, and leaves an effect that the page counts. */
export function sendingWithin(world: SimulatedHost, { law, stepMs }: Settings): SendInvoice {
  return async (order, { signal } = {}) => {
    await world.step(stepTime(law, stepMs, world.random), signal && { signal });
    await world.effect(`item-${order}`, order);
  };
}
