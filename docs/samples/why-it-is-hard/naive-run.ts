import { type SimulationResult, simulate } from "@longhaul/core/testing";
import { naiveHandler } from "./naive.ts";

/** 3,000 photos of 2 s each, in a function that may take 15 minutes. */
export function naiveRun(): Promise<SimulationResult> {
  return simulate({
    seed: 1,
    faults: "calm",
    store: false,
    timeoutMs: 900_000,
    event: { photos: 3_000 },
    limitMs: 4 * 3_600_000,
    handler: (world) => {
      const handler = naiveHandler(async (photo) => {
        await world.step(2_000);
        await world.effect(String(photo), "resized");
      });
      return async (event: { photos: number }) => {
        const result = await handler(event);
        return { status: "done", run: "", hop: 0, message: result, result };
      };
    },
  });
}
