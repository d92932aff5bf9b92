import { type SimulationResult, simulate } from "@longhaul/core/testing";
import { resizePhotos } from "../first-page/photos.ts";

/** With this seed the event of the third invocation arrives twice, and no other. */
const SEED = 7;

/** The same work with hand-offs and without a run store, on a platform that delivers one event twice. */
export function forkRun(): Promise<SimulationResult> {
  return simulate({
    seed: SEED,
    faults: { from: "calm", duplicated: 0.15, coldStart: 0 },
    store: false,
    timeoutMs: 900_000,
    faultsForMs: 3_600_000,
    event: { photos: 1_800 },
    handler: (world) =>
      resizePhotos({
        recursive: world.recursive,
        resize: async (photo, { signal }) => {
          await world.step(2_000, { signal });
          await world.effect(String(photo), "resized");
        },
      }),
  });
}
