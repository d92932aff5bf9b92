import { simulate } from "@longhaul/core/testing";
import { historyOfSimulation } from "../../generate/simulated-history.ts";
import { resizePhotos } from "./photos.ts";

/** Nearly two hours of work in virtual time; one crash in the third hop. */
export default async function run() {
  const result = await simulate({
    seed: 7,
    faults: "calm",
    crashAt: [{ hop: 3, await: 900 }],
    timeoutMs: 900_000,
    event: { photos: 3_000 },
    handler: (world) =>
      resizePhotos({
        recursive: world.recursive,
        resize: (_, { signal }) => world.step(world.random.between([1_800, 2_200]), { signal }),
      }),
  });
  return historyOfSimulation(result, "photos");
}
