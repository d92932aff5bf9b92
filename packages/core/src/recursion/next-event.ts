import { EventError, StateTooLargeError } from "../errors.ts";
import { encodeStored, type StateCodecOptions } from "../state/codec.ts";
import { fromJson, toJson, utf8Bytes } from "../state/json.ts";
import type { RunRecord } from "../state/run-store.ts";
import { closeEvent, type Envelope, type OpenedEvent, parseEnvelope, type StateRef } from "./envelope.ts";

/** An event ready to be sent. */
export interface NextEvent {
  readonly event: Record<string, unknown>;
  readonly payload: string;
}

/** What it takes to make the event of a hop. */
export interface ComposeRequest {
  readonly base: Readonly<Record<string, unknown>>;
  readonly stateKey: string;
  readonly state: unknown;
  readonly envelope: Envelope;
  readonly codec: StateCodecOptions<never>;
  /** What the channel takes, in bytes. */
  readonly maxBytes: number;
  readonly channel: string;
  /** Whether a record has the state too, so that an event it does not fit into may go without. */
  readonly isRecorded: boolean;
}

/**
 * Puts the next hop's event together: the state under its key, sealed if so configured, spilled if too large.
 *
 * @throws {@link StateError} if the state is not JSON, {@link StateTooLargeError} if it fits nowhere.
 */
export async function composeEvent(request: ComposeRequest): Promise<NextEvent> {
  const { base, stateKey, envelope, codec, maxBytes, channel, isRecorded } = request;
  let state = request.state;
  if (state !== undefined) toJson(state);
  if (codec.seal) {
    state = await codec.seal.seal(JSON.stringify({ state, envelope }), JSON.stringify(base));
  }
  const next = finishEvent(closeEvent(base, stateKey, state, envelope));
  if (utf8Bytes(next.payload) <= maxBytes) return next;
  if (isRecorded) {
    const bare = finishEvent(closeEvent(base, stateKey, undefined, envelope));
    if (utf8Bytes(bare.payload) <= maxBytes) return bare;
  }
  if (!codec.spill || request.state === undefined)
    throw new StateTooLargeError(utf8Bytes(next.payload), maxBytes, channel);
  const where = { run: envelope.run, hop: envelope.hop, maxBytes: 0, channel };
  const { ref } = fromJson(await encodeStored(codec, request.state, where)) as { ref: StateRef };
  return composeEvent({ ...request, state: undefined, envelope: { ...envelope, stateRef: ref } });
}

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

function finishEvent(event: Record<string, unknown>): NextEvent {
  return { event, payload: JSON.stringify(event) };
}

/**
 * Opens what {@link composeEvent} sealed. The metadata inside the seal counts, not what travels beside it.
 *
 * @throws {@link EventError} if an event with a state, or of a run under way, is not sealed, or not by this function.
 */
export async function openSealed(
  opened: OpenedEvent,
  codec: StateCodecOptions<never>,
  isRecorded: boolean,
): Promise<OpenedEvent> {
  if (!codec.seal) return opened;
  if (!opened.envelope) {
    if (opened.state === undefined) return opened;
    throw new EventError("The event brings a state that is not sealed; this function takes only sealed ones.");
  }
  if (typeof opened.state !== "string") {
    // A sweeper cannot seal; its event carries no state, and the record decides.
    if (isRecorded && opened.state === undefined) return opened;
    throw new EventError("The event continues a run but is not sealed; this function takes only sealed ones.");
  }
  const plain = fromJson(await codec.seal.open(opened.state, JSON.stringify(opened.base))) as Record<string, unknown>;
  return { base: opened.base, state: plain.state, envelope: parseEnvelope(plain.envelope) };
}
