import { call } from "../calls/call.ts";
import { StateError } from "../errors.ts";
import type { Host } from "../host.ts";
import type { StateRef } from "../recursion/envelope.ts";

/** Keeps states that are too large for an event or a record. `s3Spill` is one. */
export interface StateSpill {
  /**
   * Stores the text durably; called with the run's id so that states of a run can be found and expire together. It may be
   * called again for the same text; its caller aborts `signal` when it takes too long. What was stored before stays: the
   * history of a run refers to it.
   */
  put(run: string, hop: number, text: string, signal?: AbortSignal): Promise<StateRef>;
  /** Reads it back. */
  get(ref: StateRef, signal?: AbortSignal): Promise<string>;
}

/** The same spill, each of whose calls has a time limit and is repeated within the budget. */
export function spillWithin(spill: StateSpill, host: Host, budgetMs: () => number): StateSpill {
  const options = { kind: "stream", host, budgetMs } as const;
  return {
    put: (run, hop, text) =>
      call((signal) => spill.put(run, hop, text, signal), { ...options, name: "Spilling a state" }),
    get: (ref) => call((signal) => spill.get(ref, signal), { ...options, name: "Reading a spilled state" }),
  };
}

/** @throws {@link StateError} if its content is not what was stored. */
export async function readSpilled(spill: StateSpill, ref: StateRef): Promise<string> {
  const text = await spill.get(ref);
  if ((await sha256Hex(text)) === ref.sha256) return text;
  throw new StateError("state", `what is stored at ${ref.uri} is not what was spilled there.`);
}

/** SHA-256 of a text in hex. */
export async function sha256Hex(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
