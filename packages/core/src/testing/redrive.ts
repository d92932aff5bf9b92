import { eventOfRecord } from "../recursion/event-of-record.ts";
import type { RunStore } from "../state/run-store.ts";
import { functionIn } from "./platform.ts";
import type { Queue, QueuedEvent } from "./queue.ts";
import type { JobResult } from "./simulation-result.ts";
import type { World } from "./world.ts";

/** Reasons that faults alone can bring about: nothing is wrong with the work. */
const BY_FAULTS: readonly string[] = ["STALLED", "MAX_ATTEMPTS"];

/**
 * Does what an operator does when the trouble is over: resumes the runs that faults may have ended, and sends the events
 * that were given up again. From then on there are no faults: work that is right is done in the end. Answers with the jobs.
 */
export async function redrive(
  world: World,
  queue: Queue,
  store: RunStore | undefined,
  jobs: readonly JobResult[],
  givenUp: readonly QueuedEvent[],
): Promise<ReadonlySet<number>> {
  const redriven = new Set<number>();
  if (world.lastFaultMs === 0) return redriven;
  const send = ({ job, ...event }: Pick<QueuedEvent, "job" | "hop" | "payload" | "to" | "version">) => {
    redriven.add(job);
    world.note({ job }, { type: "asked", ask: "redrive", isTaken: true });
    queue.enqueue({ job, ...event, requestId: world.id(), retry: 0 }, "outside");
  };
  for (const { job, run, outcome, reason } of jobs) {
    if (store && run !== undefined && reason && BY_FAULTS.includes(reason.code)) {
      const resumed = await store.resume(run, world.timeline.nowMs);
      if (!resumed) continue;
      const { payload } = eventOfRecord(resumed);
      send({ job, hop: resumed.hop, payload, ...functionIn(resumed.target) });
    } else if (outcome === "on-failure") {
      // Without a store a run may have forked: nobody knows which of its events is the one.
      for (const event of givenUp.filter((each) => each.job === job)) send(event);
    }
  }
  if (redriven.size > 0) world.endFaults();
  return redriven;
}
