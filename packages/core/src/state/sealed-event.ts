import { EventError } from "../errors.ts";
import { type Envelope, type OpenedEvent, parseEnvelope } from "../recursion/envelope.ts";
import { fromJson } from "./json.ts";
import type { StateCipher } from "./seal.ts";

/** How events are sealed: state and metadata together, bound to the rest of the event. */
export const sealedEvents = {
  /** What travels under the state key. */
  seal(cipher: StateCipher, base: OpenedEvent["base"], state: unknown, envelope: Envelope): Promise<string> {
    return cipher.seal(JSON.stringify({ state, envelope }), JSON.stringify(base));
  },

  /**
   * Opens a sealed event. The metadata inside the seal counts, not what travels beside it.
   *
   * @throws {@link EventError} if an event with a state, or of a run under way, is not sealed, or not by this function.
   */
  async open(cipher: StateCipher, opened: OpenedEvent, isRecorded: boolean): Promise<OpenedEvent> {
    const { base, state, envelope } = opened;
    if (!envelope) {
      if (state === undefined) return opened;
      throw new EventError("The event brings a state that is not sealed; this function takes only sealed ones.");
    }
    if (typeof state !== "string") {
      // A sweeper cannot seal; its event carries no state, and the record decides.
      if (isRecorded && state === undefined) return opened;
      throw new EventError("The event continues a run but is not sealed; this function takes only sealed ones.");
    }
    const plain = fromJson(await cipher.open(state, JSON.stringify(base))) as Record<string, unknown>;
    return { base, state: plain.state, envelope: parseEnvelope(plain.envelope) };
  },
};
