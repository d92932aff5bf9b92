import { memoryRunStore } from "@longhaul/core";
import type { RunRecord } from "@longhaul/core/store";
import { type JobOutcome, simulate, type TraceEvent, type TracePlace } from "@longhaul/core/testing";
import type { Ask } from "./link.ts";
import { keepsHistory, type Settings } from "./settings.ts";
import { simulationOf } from "./simulation.ts";

/** An event of the trace that the page shows, with the record of a run as it was after it, if that changed. */
export type WatchedEvent = (TraceEvent | Told | Kept) & { readonly record?: RunRecord };

/** Something that a service beside the function did. */
interface Told extends TracePlace {
  readonly at: number;
  readonly type: "told";
  readonly tone: "plain" | "good" | "bad";
  readonly text: string;
}

/** The state that a hop begins with was written beside the record. */
interface Kept extends TracePlace {
  readonly at: number;
  readonly type: "kept";
}

/** The end of a simulation. */
export interface PlayEnd {
  readonly outcome: JobOutcome;
  readonly reason?: string | undefined;
  readonly endedAtMs: number;
}

/** Kinds of events that the page shows; steps and thawed timers are not among them. */
const SHOWN: ReadonlySet<TraceEvent["type"]> = new Set<TraceEvent["type"]>([
  "sent",
  "invoked",
  "returned",
  "threw",
  "timed-out",
  "crashed",
  "on-failure",
  "write",
  "effect",
  "fault",
  "swept",
  "asked",
]);

/** Simulates a play and tells what the page shows of it, as it happens. */
export async function watchPlay(
  settings: Settings,
  asks: readonly Ask[],
  onEvent: (event: WatchedEvent) => void,
): Promise<PlayEnd> {
  let records: ReadonlyMap<string, RunRecord> = new Map();
  const seen = new Map<string, RunRecord>();
  let atMs = 0;
  const simulation = simulationOf(settings, asks, (tone, text) => onEvent({ at: atMs, type: "told", tone, text }));
  const { store, containersBeside } = simulation;
  const makeStore = typeof store === "function" ? store : memoryRunStore;
  const { outcome, jobs, endedAtMs } = await simulate({
    ...simulation,
    store:
      store !== undefined &&
      store !== false &&
      ((ofSimulation) => {
        records = ofSimulation;
        const made = makeStore(ofSimulation);
        const { history } = made;
        if (!history || !keepsHistory(settings)) return made;
        return {
          ...made,
          history: {
            ...history,
            keep(request) {
              onEvent({ at: atMs, type: "kept" });
              return history.keep(request);
            },
          },
        };
      }),
    onTrace(event) {
      atMs = event.at;
      if (event.container !== undefined && containersBeside?.has(event.container)) return;
      if (!SHOWN.has(event.type) || (event.type === "swept" && event.report.sent === 0)) return;
      for (const [run, record] of records) {
        if (seen.get(run) === record) continue;
        seen.set(run, record);
        // One event changes one record.
        return onEvent({ ...event, record });
      }
      onEvent(event);
    },
  });
  const { reason, lastError } = jobs[0]!;
  return { outcome, endedAtMs, reason: reason?.message ?? (outcome === "done" ? undefined : lastError) };
}
