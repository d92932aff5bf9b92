import { EventTooLargeError } from "../errors.ts";
import { fromJson, utf8Bytes } from "../state/json.ts";
import type { RunRecord } from "../state/run-store.ts";
import type { StoredState } from "../state/stored.ts";
import type { HandOffDriver, HandOffMessage } from "./driver.ts";
import { closeEvent, type Envelope } from "./envelope.ts";
import { finishEvent, type NextEvent } from "./next-event.ts";

/**
 * The event of a record's hop, to send it again. The record is the authority: its state travels only if it is plain and the
 * channel has room for it.
 *
 * @throws {@link EventTooLargeError} if the event does not fit even without it.
 */
export function eventOfRecord(
  record: RunRecord,
  maxBytes = Number.POSITIVE_INFINITY,
  channel = "the channel",
): NextEvent {
  const { run, hop, stateKey, stats, pinned } = record;
  const base = fromJson(record.event, "record.event") as Record<string, unknown>;
  const stored = record.state === undefined ? {} : (fromJson(record.state, "record.state") as StoredState);
  const envelope: Envelope = {
    v: 1,
    run,
    hop,
    startedAt: record.startedAtMs,
    stats,
    ...(stored.version !== undefined && { stateVersion: stored.version }),
    ...(pinned !== undefined && { pinned }),
  };
  const whole = finishEvent(closeEvent(base, stateKey, stored.value, envelope));
  if (utf8Bytes(whole.payload) <= maxBytes) return whole;
  const bare = finishEvent(closeEvent(base, stateKey, undefined, envelope));
  const bytes = utf8Bytes(bare.payload);
  if (bytes > maxBytes) throw new EventTooLargeError(bytes, maxBytes, channel);
  return bare;
}

/** The hand-off of a record's hop, to make it again through a driver. */
export function handOffOfRecord(record: RunRecord, driver: Pick<HandOffDriver, "name" | "maxBytes">): HandOffMessage {
  const { run, hop, target, tenantId } = record;
  const next = eventOfRecord(record, driver.maxBytes, `the ${driver.name} driver`);
  return { run, hop, target, tenantId, ...next };
}
