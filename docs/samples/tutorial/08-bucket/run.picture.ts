import type { SimulationResult } from "@longhaul/core/testing";
import type { RunHistory } from "../../../../packages/cli/src/report/run-history.ts";
import { historyOfSimulation } from "../../../generate/simulated-history.ts";
import { written } from "../invoices.ts";
import { simulatedDay } from "../simulated-day.ts";
import { bigBucket } from "./big-bucket.ts";
import { walkBucket } from "./handler.ts";

export const OBJECTS = 3_000_000;
/** Objects of a page: what ListObjectsV2 answers at most. */
export const PAGE = 1_000;

export function run(make = walkBucket, limitMs = 6 * 3_600_000): Promise<SimulationResult> {
  return simulatedDay(
    (world) =>
      make({
        recursive: world.recursive,
        s3: bigBucket(OBJECTS),
        async workOn([first = ""], { signal }) {
          await world.step(1_000, { signal });
          await world.effect(world.host.id(), first);
        },
      }),
    { event: { bucket: "photos" }, limitMs, tracesSteps: true },
  );
}

/** Pages worked on: how many different ones, and in all. */
export function pages({ effects }: SimulationResult): { readonly different: number; readonly inAll: number } {
  return { different: new Set(effects.values.values()).size, inAll: effects.values.size };
}

/** The walk's history, checked against the bucket. */
export function walkHistory(result: SimulationResult, name: string): RunHistory {
  const { different, inAll } = pages(result);
  const found = `${written(different * PAGE)} of ${written(OBJECTS)} objects`;
  const message = `${found}, in ${written(inAll)} pages of which ${written(inAll - different)} were repeated`;
  return { ...historyOfSimulation(result, name), check: { isOk: different * PAGE === OBJECTS, message } };
}

export default async () => walkHistory(await run(), "a token");
