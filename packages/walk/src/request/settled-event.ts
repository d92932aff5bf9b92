import { SERIAL_STATE_KEY } from "../serial/serial-state.ts";
import { modeOf, type RequestRules, readerOf, type WalkDefaults, type WalkMode } from "./walk-request.ts";

/**
 * The first event of a parallel walk, with what it left to the settings: in all of its parts and hops the walk is the one
 * that was begun, whatever is deployed meanwhile.
 *
 * @param walkId - Id of the walk, if the event has none. It has to be in the event before the run's record holds the
 * event, since the sweeper sends that under another request id.
 */
export function settledEvent(event: object, rules: RequestRules, walkId: string): object {
  if (isContinued(event)) return event;
  const { name: action, fields } = readerOf(event, rules);
  const defined = Object.entries(fields).filter(([, value]) => value !== undefined);
  const left = { ...rules.defaults, action, ...Object.fromEntries(defined), walkId };
  // What is `null` is left to the settings, too.
  const said = Object.entries(event).filter(([name, value]) => !(name in left) || (value ?? undefined) !== undefined);
  return { ...left, ...Object.fromEntries(said), mode: "parallel" satisfies WalkMode };
}

/** The same with the time from which ages are told: the first part hands its event on to the others. */
export function withTime(event: object, startedAtMs: number): object {
  const { asOf } = event as { readonly asOf?: unknown };
  return { ...event, asOf: asOf ?? new Date(startedAtMs).toISOString() };
}

/** The mode of the walk that an event begins or continues. Parallel walks say so in every event but the first. */
export function modeOfWalk(event: object, defaults: Pick<WalkDefaults, "mode">): WalkMode {
  if (SERIAL_STATE_KEY in event) return "serial";
  return modeOf(event, isContinued(event) ? { mode: "serial" } : defaults);
}

/** Whether a walk wrote it, for its next hop or for another part. */
export function isContinued(event: object): boolean {
  return "longhaul" in event || "walkPart" in event;
}
