import { EventTooLargeError, StateTooLargeError } from "../errors.ts";
import type { StateStorage } from "../state/codec.ts";
import { toJson, utf8Bytes } from "../state/json.ts";
import { sealState } from "../state/sealed-event.ts";
import { storedText } from "../state/stored.ts";
import { closeEvent, type Envelope } from "./envelope.ts";

/** An event ready to be sent. */
export interface NextEvent {
  readonly event: Record<string, unknown>;
  readonly payload: string;
}

/** The parts of a hop's event. */
export interface ComposeRequest {
  readonly base: Readonly<Record<string, unknown>>;
  readonly stateKey: string | undefined;
  readonly state: unknown;
  readonly envelope: Envelope;
  readonly codec: StateStorage;
  /** The largest event of the channel, in bytes. */
  readonly maxBytes: number;
  readonly channel: string;
  /** Whether a record has the state too, so that an event it does not fit into may go without. */
  readonly isRecorded: boolean;
}

/**
 * Puts the next hop's event together: the state in its place, sealed if so configured, spilled if too large.
 *
 * @throws {@link StateError} if the state is not JSON, {@link StateTooLargeError} if it fits nowhere,
 * {@link EventTooLargeError} if the event does not fit even without it.
 */
export async function composeEvent(request: ComposeRequest): Promise<NextEvent> {
  const { base, stateKey, envelope, codec, maxBytes, channel, isRecorded } = request;
  let state = request.state;
  if (state !== undefined) toJson(state);
  if (codec.seal) state = await sealState(codec.seal, base, state, envelope);
  const whole = finishEvent(closeEvent(base, stateKey, state, envelope));
  const bytes = utf8Bytes(whole.payload);
  if (bytes <= maxBytes) return whole;
  if (request.state === undefined) throw new EventTooLargeError(bytes, maxBytes, channel);
  const bare = finishEvent(closeEvent(base, stateKey, undefined, envelope));
  const bareBytes = utf8Bytes(bare.payload);
  if (bareBytes > maxBytes) throw new EventTooLargeError(bareBytes, maxBytes, channel);
  if (isRecorded) return bare;
  if (!codec.spill) throw new StateTooLargeError(bytes, maxBytes, channel);
  const text = await storedText(codec, request.state, envelope.run);
  const stateRef = await codec.spill.put(envelope.run, envelope.hop, text);
  return composeEvent({ ...request, state: undefined, envelope: { ...envelope, stateRef } });
}

/** The event with the text that is sent. */
export function finishEvent(event: Record<string, unknown>): NextEvent {
  return { event, payload: JSON.stringify(event) };
}
