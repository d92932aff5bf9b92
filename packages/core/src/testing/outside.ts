import { eventOfRecord } from "../recursion/event-of-record.ts";
import type { RunStore } from "../state/run-store.ts";
import { nameIn } from "./platform.ts";
import type { Queue } from "./queue.ts";
import { WORLD_BEGINS_MS, type World } from "./world.ts";

/** Something asked of a run from outside while it is under way. */
export interface OutsideRequest {
  /** `delete`: the record vanishes, as if it had expired or somebody had deleted it. */
  readonly ask: "stop" | "pause" | "resume" | "delete";
  /** When, in virtual milliseconds since the simulation began; of a range, a seeded moment. */
  readonly atMs: number | readonly [number, number];
  /** Which of the events given to the simulation. Default 0. */
  readonly job?: number;
}

/** Makes the requests at their times; an operator sees errors and does not err, so there are no faults here. */
export function askFromOutside(world: World, store: RunStore, queue: Queue, requests: readonly OutsideRequest[]): void {
  for (const { ask, atMs, job = 0 } of requests) {
    const moment = typeof atMs === "number" ? atMs : world.random.between(atMs);
    world.timeline.await(WORLD_BEGINS_MS + moment - world.timeline.nowMs, async () => {
      const run = world.runOfJob.get(job);
      world.lastFaultMs = Math.max(world.lastFaultMs, world.atMs);
      if (run === undefined) return world.note({ job }, { type: "asked", ask, isTaken: false });
      if (ask === "delete") return world.note({ job }, { type: "asked", ask, isTaken: world.records.delete(run) });
      if (ask !== "resume") {
        const isTaken = await store.request(run, ask);
        return world.note({ job }, { type: "asked", ask, isTaken });
      }
      const record = await store.resume(run, world.timeline.nowMs);
      world.note({ job }, { type: "asked", ask, isTaken: record !== undefined });
      if (!record) return;
      const { payload } = eventOfRecord(record);
      const to = nameIn(record.target);
      queue.enqueue({ payload, to, job, hop: record.hop, requestId: world.id(), retry: 0 }, "outside");
    });
  }
}
