import { memoryRunStore } from "@longhaul/core";
import type { RunRecord } from "@longhaul/core/store";
import { type JobOutcome, simulate, type TraceEvent } from "@longhaul/core/testing";
import type { Ask } from "./link.ts";
import { type Settings, usesRecord } from "./settings.ts";
import { simulationOf } from "./simulation.ts";

/** An event of the trace that the page shows, with the run's record as it was after it, if that changed. */
export type WatchedEvent = TraceEvent & { readonly record?: RunRecord };

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
  let told: RunRecord | undefined;
  const { outcome, jobs, endedAtMs } = await simulate({
    ...simulationOf(settings, asks),
    store:
      usesRecord(settings) &&
      ((ofSimulation) => {
        records = ofSimulation;
        return memoryRunStore(ofSimulation);
      }),
    onTrace(event) {
      if (!SHOWN.has(event.type) || (event.type === "swept" && event.report.sent === 0)) return;
      const [record] = records.values();
      if (record === told || !record) return onEvent(event);
      told = record;
      onEvent({ ...event, record });
    },
  });
  const { reason, lastError } = jobs[0]!;
  return { outcome, endedAtMs, reason: reason?.message ?? (outcome === "done" ? undefined : lastError) };
}
