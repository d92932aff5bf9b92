import { EventError } from "../errors.ts";
import { type OpenedEvent, placeOfState } from "../recursion/envelope.ts";
import type { DecodedState, StateStorage } from "./codec.ts";
import type { RunRecord } from "./run-store.ts";
import { decodeSpilled, decodeStored } from "./stored.ts";

/** Facts that decide where the state of a hop comes from. */
export interface EntryFacts {
  readonly opened: OpenedEvent;
  readonly run: string;
  /** The run's record, with this attempt counted; `undefined` without a store. */
  readonly record: RunRecord | undefined;
  readonly codec: StateStorage;
  readonly stateKey: string | undefined;
}

/**
 * Finds the state that a hop continues from; nothing if the run only begins. With a record it is the record's. The one
 * exception is for a neighbour in another language, which knows the state's key alone: on the first attempt of a hop the
 * event's state counts, if it has a key of its own and is not sealed. Not of a run that was rewound: a late event may bring the
 * state of a hop that does not count any more.
 *
 * @throws {@link EventError} if the event continues a run and its state is nowhere.
 */
export async function entryState(facts: EntryFacts): Promise<DecodedState | undefined> {
  const { opened, run, record, codec, stateKey } = facts;
  if (record) {
    const mayBringState = stateKey !== undefined && !codec.seal && record.attempt === 1 && !record.rewinds;
    if (mayBringState && opened.state !== undefined) return broughtState(opened, codec);
    return record.state === undefined ? undefined : decodeStored(codec, record.state, run);
  }
  const { state, envelope } = opened;
  if (state !== undefined) return broughtState(opened, codec);
  if (envelope?.stateRef) return decodeSpilled(codec, envelope.stateRef, run);
  if (!envelope || envelope.hop === 0) return undefined;
  // Beginning anew here would do all work again and look like success.
  throw new EventError(
    `The event continues run ${run} at hop ${envelope.hop}, but has no state under ${placeOfState(stateKey)}. Was the state key changed, or the state dropped on the way?`,
  );
}

/** The state that an event brings. One without an envelope was not written by us, so its state is taken to be current. */
export function broughtState({ state, envelope }: OpenedEvent, codec: StateStorage): DecodedState {
  return { state, version: (envelope ? envelope.stateVersion : codec.stateVersion) ?? 0 };
}
