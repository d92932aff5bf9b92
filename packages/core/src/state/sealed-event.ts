import { EventError } from "../errors.ts";
import { type Envelope, type OpenedEvent, parseEnvelope } from "../recursion/envelope.ts";
import { fromJson } from "./json.ts";
import type { StateSeal } from "./seal.ts";

// State and metadata are sealed together, bound to the rest of the event.

/** The text that travels in place of the state. */
export function sealState(
  seal: StateSeal,
  base: OpenedEvent["base"],
  state: unknown,
  envelope: Envelope,
): Promise<string> {
  return seal.seal(JSON.stringify({ state, envelope }), JSON.stringify(base));
}

/**
 * Whether a sealed function was given an event without a seal that may be that of a sweeper, which cannot seal: it continues
 * a run and brings no state. The run's record decides.
 */
export function isWakeUp({ state, envelope }: OpenedEvent): boolean {
  return envelope !== undefined && state === undefined;
}

/**
 * Opens a sealed event. The metadata inside the seal counts, not what travels beside it. An event that only begins a run
 * passes as it is.
 *
 * @throws {@link EventError} if an event with a state, or of a run under way, is not sealed, or not by this function.
 */
export async function openSealed(seal: StateSeal, opened: OpenedEvent): Promise<OpenedEvent> {
  const { base, state, envelope } = opened;
  if (!envelope) {
    if (state === undefined) return opened;
    throw new EventError("The event brings a state that is not sealed; this function takes only sealed ones.");
  }
  if (typeof state !== "string") {
    throw new EventError("The event continues a run but is not sealed; this function takes only sealed ones.");
  }
  const plain = fromJson(await seal.open(state, JSON.stringify(base))) as Record<string, unknown>;
  return { base, state: plain.state, envelope: parseEnvelope(plain.envelope) };
}
