import type { RunEvent } from "@longhaul/core";
import { simulate, WORLD_BEGINS_MS } from "@longhaul/core/testing";
import { SeenRuns } from "../../packages/cli/src/local/seen-runs.ts";
import type { RunHistory } from "../../packages/cli/src/report/run-history.ts";
import { historyOfSimulation } from "../generate/simulated-history.ts";

/** Records of each hop, about. */
const RECORDS_A_HOP = 8;
/** Longer than the faults and all hops take. */
const LIMIT_MS = 400 * 3_600_000;

/** A run of so many hops in virtual time, as an observer sees it; each 97th is killed once. */
export async function longRun(hops: number): Promise<RunHistory> {
  const records = hops * RECORDS_A_HOP;
  const seen: RunEvent[] = [];
  const result = await simulate({
    seed: 14,
    faults: "calm",
    crashAt: Array.from({ length: Math.floor(hops / 97) }, (_, at) => ({ hop: (at + 1) * 97, await: 12 })),
    skewMs: 0,
    timeoutMs: 60_000,
    limitMs: LIMIT_MS,
    tracesSteps: false,
    handler: (world) =>
      world.recursive({
        observers: [{ observe: (event) => void seen.push(event) }],
        start: () => ({ next: 0 }),
        async *run(state: { next: number }, { signal, progress }) {
          for (let next = state.next; next < records; next++) {
            await world.step(world.random.between([5_500, 6_500]), { signal });
            progress({ records: next + 1 });
            yield { next: next + 1 };
          }
        },
      }),
  });
  const history = sinceTheWorldBegan(historyOfSimulation(result, "a long run"));
  const notes = new SeenRuns(history);
  for (const event of seen) {
    const hop = history.hops.find(
      ({ hop, startedAtMs, endedAtMs = event.at }) =>
        hop === event.hop && startedAtMs <= event.at && event.at <= endedAtMs,
    );
    if (hop === undefined) continue;
    const { status } = hop;
    notes.note(hop, { ...event });
    // What the platform saw of a hop that died is more than what the hop said.
    hop.status = status;
  }
  return history;
}

/** The times of a simulation's trace count from its beginning; those of observers are the clock's. */
function sinceTheWorldBegan(history: RunHistory): RunHistory {
  const { startedAtMs, endedAtMs = 0, hops } = history;
  return {
    ...history,
    startedAtMs: startedAtMs + WORLD_BEGINS_MS,
    endedAtMs: endedAtMs + WORLD_BEGINS_MS,
    hops: hops.map((hop) => ({
      ...hop,
      startedAtMs: hop.startedAtMs + WORLD_BEGINS_MS,
      ...(hop.endedAtMs !== undefined && { endedAtMs: hop.endedAtMs + WORLD_BEGINS_MS }),
      ...(hop.status === "exit" && { error: "RequestId: … Error: Runtime exited with error: signal: killed" }),
    })),
  };
}
