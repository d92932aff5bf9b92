import { StateError } from "../errors.ts";
import type { StateRef } from "../recursion/envelope.ts";
import type { DecodedState, StateCodecOptions } from "./codec.ts";
import { decodeStored, storedText } from "./stored.ts";

/** Where texts are kept that are too large for an event or a record. */
export interface SpillPlace {
  /** Stores the text durably; called with the run's id so that states of a run can be found and expire together. */
  put(run: string, hop: number, text: string): Promise<StateRef>;
  /** Reads it back. */
  get(ref: StateRef): Promise<string>;
}

/** Keeps states that are too large for an event or a record. Made by {@link stateSpill}. */
export interface StateSpill extends SpillPlace {
  /** How states are put there and read; with the spill, so that a handler without one does not carry it. */
  readonly states: typeof spilledStates;
}

/**
 * Makes a spill of a place of your own.
 *
 * @example `recursive({ start, run, spill: stateSpill({ put, get }) })`
 */
export function stateSpill({ put, get }: SpillPlace): StateSpill {
  return { put, get, states: spilledStates };
}

const spilledStates = {
  async write(codec: StateCodecOptions<never>, run: string, hop: number, state: unknown): Promise<StateRef> {
    return (codec.spill as SpillPlace).put(run, hop, await storedText(codec, state, run));
  },

  /** @throws {@link StateError} if its content is not what was stored. */
  async read(codec: StateCodecOptions<never>, ref: StateRef, run: string): Promise<DecodedState> {
    const text = await (codec.spill as SpillPlace).get(ref);
    if ((await sha256Hex(text)) !== ref.sha256) {
      throw new StateError("state", `what is stored at ${ref.uri} is not what was spilled there.`);
    }
    return decodeStored(codec, text, run);
  },
};

/** SHA-256 of a text in hex. */
export async function sha256Hex(text: string): Promise<string> {
  return Buffer.from(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text))).toString("hex");
}
