import { StateTooLargeError } from "../errors.ts";
import type { StateCodecOptions } from "../state/codec.ts";
import { toJson, utf8Bytes } from "../state/json.ts";
import { closeEvent, type Envelope } from "./envelope.ts";

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
  if (codec.seal) state = await codec.seal.events.seal(codec.seal, base, state, envelope);
  const whole = finishEvent(closeEvent(base, stateKey, state, envelope));
  const bytes = utf8Bytes(whole.payload);
  if (bytes <= maxBytes) return whole;
  if (isRecorded && state !== undefined) {
    const bare = finishEvent(closeEvent(base, stateKey, undefined, envelope));
    if (utf8Bytes(bare.payload) <= maxBytes) return bare;
  }
  if (!codec.spill || request.state === undefined) throw new StateTooLargeError(bytes, maxBytes, channel);
  const stateRef = await codec.spill.states.write(codec, envelope.run, envelope.hop, request.state);
  return composeEvent({ ...request, state: undefined, envelope: { ...envelope, stateRef } });
}

/** The event with the text that is sent. */
export function finishEvent(event: Record<string, unknown>): NextEvent {
  return { event, payload: JSON.stringify(event) };
}
