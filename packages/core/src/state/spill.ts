import { StateError } from "../errors.ts";
import type { StateRef } from "../recursion/envelope.ts";

/** Keeps states that are too large for an event or a record. */
export interface StateSpill {
  /** Stores the text durably; called with the run's id so that states of a run can be found and expire together. */
  put(run: string, hop: number, text: string): Promise<StateRef>;
  /** Reads it back. */
  get(ref: StateRef): Promise<string>;
}

/** SHA-256 of a text in hex. */
export async function sha256Hex(text: string): Promise<string> {
  return Buffer.from(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text))).toString("hex");
}

/**
 * Reads a spilled state and checks that it is the one referred to.
 *
 * @throws {@link StateError} if its content is not what was stored.
 */
export async function readSpilled(spill: StateSpill, ref: StateRef): Promise<string> {
  const text = await spill.get(ref);
  if ((await sha256Hex(text)) !== ref.sha256) {
    throw new StateError("state", `what is stored at ${ref.uri} is not what was spilled there.`);
  }
  return text;
}
