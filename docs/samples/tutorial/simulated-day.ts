import { type LoadHandler, type SimulateOptions, type SimulationResult, simulate } from "@longhaul/core/testing";

/** A day on Lambda as the tutorial assumes it: 15 minutes for each invocation, no faults, and nobody who helps. */
export function simulatedDay(handler: LoadHandler, options: Partial<SimulateOptions> = {}): Promise<SimulationResult> {
  return simulate({
    seed: 1,
    faults: { from: "calm", coldStart: 0 },
    timeoutMs: 900_000,
    store: false,
    redrive: false,
    tracesSteps: true,
    limitMs: 24 * 3_600_000,
    ...options,
    handler,
  });
}
