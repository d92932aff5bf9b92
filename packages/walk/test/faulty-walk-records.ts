import type { SimulatedHost } from "@longhaul/core/testing";
import type { WalkRecords } from "../src/runs/walk-records.ts";

/** How often what goes wrong with a call, from 0 to 1. */
export interface RecordFaults {
  /** It fails, and nothing was written. */
  readonly before: number;
  /** It was done, and its answer is lost. */
  readonly after: number;
  /** It is done only after its caller gave up, at some later time. */
  readonly late: number;
}

/** Calls that are done after their callers gave up; one list for all containers. */
export type LateCalls = (() => Promise<unknown>)[];

/** Records as a container sees them: over a network, with crashes before and after each call, and with faults. */
export function faultyWalkRecords(
  inner: WalkRecords,
  world: SimulatedHost,
  faults: RecordFaults,
  late: LateCalls,
): WalkRecords {
  const { random } = world;
  async function call<Answer>(act: () => Promise<Answer>): Promise<Answer> {
    await world.sleep(random.between([1, 12]));
    while (late.length > 0 && random.chance(0.3))
      await late
        .shift()?.()
        .catch(() => {});
    if (random.chance(faults.before)) throw new Error("connection refused");
    if (random.chance(faults.late)) {
      late.push(act);
      throw new Error("socket timeout");
    }
    const answer = await act();
    await world.sleep(random.between([1, 12]));
    if (random.chance(faults.after)) throw new Error("connection reset");
    return answer;
  }
  return {
    open: (target) => call(() => inner.open(target)),
    get: (walk) => call(() => inner.get(walk)),
    log: (walk, part) => call(() => inner.log(walk, part)),
    append: (walk, part, index, entry) => call(() => inner.append(walk, part, index, entry)),
    outlines: (walk) => call(() => inner.outlines(walk)),
    ending: (walk, part, index) => call(() => inner.ending(walk, part, index)),
    claim: (walk, part, maxOpen) => call(() => inner.claim(walk, part, maxOpen)),
    release: (walk, parts) => call(() => inner.release(walk, parts)),
    finish: (walk, result) => call(() => inner.finish(walk, result)),
    hint: (bucket, prefix) => call(() => inner.hint(bucket, prefix)),
    keepHint: (bucket, prefix, hint) => call(() => inner.keepHint(bucket, prefix, hint)),
  };
}
