import type { Guards } from "@longhaul/core";
import { type FaultsOption, type SimulatedHost, simulate, standardChecks } from "@longhaul/core/testing";
import { type CallScope, controlCall } from "../src/runs/call-scope.ts";
import type { PartState } from "../src/runs/part-state.ts";
import type { WalkAction } from "../src/runs/walk-action.ts";
import type { SpreadSettings } from "../src/runs/walk-part.ts";
import { walkParts } from "../src/runs/walk-parts.ts";
import type { WalkRecords } from "../src/runs/walk-records.ts";
import { faultyWalkRecords, type LateCalls, type RecordFaults } from "./faulty-walk-records.ts";
import { keepKeys } from "./keep-keys.ts";
import { KEY_SHAPES } from "./key-shapes.ts";
import { MemoryWalkRecords } from "./memory-walk-records.ts";
import { SimulatedBucket } from "./simulated-bucket.ts";

/** Keys of a page. */
export const PAGE_KEYS = 10;
const SETTINGS: Partial<SpreadSettings> = { maxRuns: 4, concurrency: 4, giveAboveMs: 2_000, pageKeys: PAGE_KEYS };
const CALM: RecordFaults = { before: 0, after: 0, late: 0 };
const CHAOS: RecordFaults = { before: 0.02, after: 0.02, late: 0.02 };

/** Checks of each part of a walk. A part also starts others, which is not handing off twice. */
export const partChecks = standardChecks.filter(({ name }) => name !== "neverTwoSuccessors");

/** A walk of a simulated bucket. */
export interface SimulatedWalkOptions<Summary> {
  readonly seed: number;
  readonly keys: readonly string[];
  readonly faults: FaultsOption;
  readonly faultsForMs?: number;
  /** Faults of the walk's table. Default: as many as the simulation's. */
  readonly recordFaults?: RecordFaults;
  readonly records?: MemoryWalkRecords;
  /** Keys that are there as well, as of a request. */
  readonly volatileKeys?: (request: number) => readonly string[];
  /** An error in place of a listing, or of a call to the walk's table; asked for each. */
  readonly failure?: (world: SimulatedHost, service: "s3" | "table") => Error | undefined;
  readonly action: (world: SimulatedHost) => WalkAction<Summary>;
  readonly timeoutMs?: number;
  /** Default: hardly any, for faults that kill more often than runs are made for. */
  readonly guards?: Guards;
}

/** Keys of one of the shapes. */
export function keysOfSeed(seed: number, count: number): string[] {
  const shapes = Object.values(KEY_SHAPES);
  const keyAt = shapes[seed % shapes.length] as (typeof shapes)[number];
  return Array.from({ length: count }, (_, i) => keyAt(i, count));
}

/** Walks it, over as many runs and hops as it takes, whatever goes wrong, and keeps the keys that were counted. */
export function simulatedWalk(options: Omit<SimulatedWalkOptions<string[]>, "action">) {
  return simulatedAction({ ...options, action: () => keepKeys });
}

/** The same, with any action. */
export async function simulatedAction<Summary>(options: SimulatedWalkOptions<Summary>) {
  const { seed, faults, records = new MemoryWalkRecords(), volatileKeys, failure, timeoutMs = 15_000 } = options;
  const bucket = new SimulatedBucket(options.keys, { pageKeys: PAGE_KEYS });
  const late: LateCalls = [];
  const recordFaults = options.recordFaults ?? (faults === "calm" ? CALM : CHAOS);
  const result = await simulate({
    seed,
    faults,
    event: { id: "w" },
    timeoutMs,
    maxContainers: 20,
    tracesSteps: false,
    ...(options.faultsForMs !== undefined && { faultsForMs: options.faultsForMs }),
    handler: (world) => {
      if (!world.store) throw new Error("The simulation has a store.");
      const action = options.action(world);
      const parts = walkParts<unknown>({
        request: () => ({ bucket: "b", id: "w", action }),
        list:
          () =>
          async ({ signal, ...place }) => {
            bucket.requests++;
            await world.step(world.random.between([100, 1_500]), { signal });
            const error = failure?.(world, "s3");
            if (error) throw error;
            if (volatileKeys === undefined) return bucket.pageAt(place);
            const now = new SimulatedBucket([...bucket.keys, ...volatileKeys(bucket.requests)], {
              pageKeys: PAGE_KEYS,
            });
            return now.pageAt(place);
          },
        records: (scope) =>
          throttledRecords(faultyWalkRecords(records, world, recordFaults, late), scope, () =>
            failure?.(world, "table"),
          ),
        store: world.store,
        driver: world.driver,
        settings: SETTINGS,
        host: world.host,
      });
      // A summary is known to the action alone.
      return world.recursive<object, PartState<unknown>>({
        ...parts,
        time: { checkpointEveryMs: 1_000 },
        guards: { ...parts.guards, ...(options.guards ?? { maxAttempts: 1_000, maxStalledHops: 1_000 }) },
      });
    },
  });
  return { result, records, bucket, walk: records.walks.get("w") };
}

/** Records whose calls fail for now, and are made again as those to a real table are. */
function throttledRecords(inner: WalkRecords, scope: CallScope, failure: () => Error | undefined): WalkRecords {
  const again = <Args extends unknown[], Answer>(act: (...args: Args) => Promise<Answer>) => {
    return (...args: Args): Promise<Answer> =>
      controlCall(
        "the walk's table",
        () => {
          const error = failure();
          return error ? Promise.reject(error) : act(...args);
        },
        scope,
      );
  };
  return {
    open: again(inner.open),
    get: again(inner.get),
    log: again(inner.log),
    append: again(inner.append),
    outlines: again(inner.outlines),
    ending: again(inner.ending),
    claim: again(inner.claim),
    release: again(inner.release),
    finish: again(inner.finish),
    hint: again(inner.hint),
    keepHint: again(inner.keepHint),
  };
}
