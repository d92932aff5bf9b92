import type { OutputState } from "./output-state.ts";

/** The output a mark belongs to; symbols are left out of JSON. */
export const OWNER: unique symbol = Symbol("the output a mark belongs to");

/**
 * A place in an output, taken at a safe point: costs an object. Put it in the yielded state, and let
 * {@link persistOutput} turn it into an {@link OutputState} when the state is saved.
 */
export interface OutputMark {
  readonly bytes: number;
  /** @internal */
  readonly [OWNER]: MarkOwner;
}

/** An output that can make a state of a mark. */
interface MarkOwner {
  persist(mark: OutputMark): Promise<OutputState>;
  suspend(mark: OutputMark): Promise<OutputState>;
}

/**
 * Makes the durable state of a mark; for the hook that runs before a state is saved. At a hand-off the output is closed
 * too, so an abandoned step can no longer write. A state that is durable already is returned as it is.
 *
 * @example
 * ```ts
 * onPersist(async (state: State, reason) => ({ ...state, output: await persistOutput(state.output, reason) }));
 * ```
 */
export async function persistOutput(
  place: OutputMark | OutputState,
  reason: "checkpoint" | "handoff",
): Promise<OutputState> {
  if (!(OWNER in place)) return place;
  return reason === "handoff" ? place[OWNER].suspend(place) : place[OWNER].persist(place);
}
