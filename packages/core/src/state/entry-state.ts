import { EventError } from "../errors.ts";
import type { Settings } from "../options.ts";
import type { OpenedEvent } from "../recursion/envelope.ts";
import type { DecodedState, StateCodecOptions } from "./codec.ts";
import type { Lease } from "./lease-protocol.ts";

/**
 * Finds the state that a hop goes on from: the record's after a failed attempt, else the event's, or where the event says
 * that it was spilled to; nothing if the run only begins.
 *
 * @throws {@link EventError} if the event continues a run and its state is nowhere.
 */
export async function entryState(
  settings: Pick<Settings<never, never, never>, "stateVersion" | "stateKey" | "spill">,
  { state, envelope }: OpenedEvent,
  run: string,
  lease: Lease | undefined,
): Promise<DecodedState | undefined> {
  const { stateVersion, stateKey, spill } = settings;
  const { stateRef } = envelope ?? {};
  let found = await lease?.state(state !== undefined);
  if (!found && state !== undefined) {
    // An event without an envelope was not written by us, so its state is taken to be current.
    found = { state, version: (envelope ? envelope.stateVersion : stateVersion) ?? 0 };
  }
  if (!found && stateRef) {
    if (!spill) throw new EventError(`The state was spilled to ${stateRef.uri}; configure the same spill to continue.`);
    found = await spill.states.read(settings as StateCodecOptions<never>, stateRef, run);
  }
  if (!found && envelope && envelope.hop > 0) {
    // Beginning anew here would do all work again and look like success.
    throw new EventError(
      `The event continues run ${run} at hop ${envelope.hop}, but has no state under its key "${stateKey}". Was the state key changed, or the state dropped on the way?`,
    );
  }
  return found;
}
