import { fromJson } from "../state/json.ts";
import type { RunRecord } from "../state/run-store.ts";
import { closeEvent } from "./envelope.ts";
import { finishEvent, type NextEvent } from "./next-event.ts";

/** The event of a record's hop, to send it again. The record is the authority: its state travels only if it is plain. */
export function eventOfRecord(record: RunRecord): NextEvent {
  const base = fromJson(record.event, "record.event") as Record<string, unknown>;
  const stored = record.state === undefined ? {} : (fromJson(record.state, "record.state") as Record<string, unknown>);
  return finishEvent(
    closeEvent(base, record.stateKey, stored.value, {
      v: 1,
      run: record.run,
      hop: record.hop,
      startedAt: record.startedAtMs,
      stats: record.stats,
      ...(stored.version !== undefined && { stateVersion: stored.version as number }),
      ...(record.pinned !== undefined && { pinned: record.pinned }),
    }),
  );
}
