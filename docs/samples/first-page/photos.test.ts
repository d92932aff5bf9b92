import { everyItemAtLeastOnce, simulateMany, standardChecks } from "@longhaul/core/testing";
import { expect, it } from "vitest";
import { resizePhotos } from "./photos.ts";

it("every photo is resized, whatever goes wrong", async () => {
  const photos = 100;
  const { outcomes } = await simulateMany({
    seeds: 50,
    faults: "chaos",
    timeoutMs: 60_000,
    event: { photos },
    handler: (world) =>
      resizePhotos({
        recursive: world.recursive,
        async resize(photo, { signal }) {
          await world.step(2_000, { signal });
          await world.effect(String(photo), "resized");
        },
      }),
    checks: [...standardChecks, everyItemAtLeastOnce(Array.from({ length: photos }, (_, photo) => String(photo)))],
  });
  expect(outcomes.done).toBeGreaterThan(0);
});
