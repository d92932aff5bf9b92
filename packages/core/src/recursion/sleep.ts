import { assertAmount } from "../config.ts";
import { ConfigError } from "../errors.ts";

// Registered by name: in a test, two copies of this package may meet.
const WAKE = Symbol.for("@longhaul/core: sleep");

/** A safe point at which the run sleeps. Yield it; the next hop continues from its state. */
export interface Sleep<State> {
  readonly [WAKE]: (nowMs: number) => number;
  readonly state: State;
}

/**
 * A safe point at which the run sleeps until a time: nothing runs, nothing is billed, and the next hop continues from `state`
 * at that time or later, by how much depends on who wakes it. A time that has come is an ordinary safe point. Needs a RunStore, or a
 * caller that waits (`callerDriver`).
 *
 * @param time - a date, or milliseconds since 1970
 * @throws {@link ConfigError} for a time that is none
 *
 * @example `yield sleepUntil(invoice.dueAt, { ...state, isReminded: false });`
 */
export function sleepUntil<State>(time: Date | number, state: State): Sleep<State> {
  const untilMs = Number(time);
  if (!Number.isFinite(untilMs)) throw new ConfigError(`sleepUntil() needs a time, not ${String(time)}.`);
  return { [WAKE]: () => untilMs, state };
}

/**
 * {@link sleepUntil} for so many milliseconds from now.
 *
 * @throws {@link ConfigError} unless `ms` is a number above 0
 *
 * @example `yield sleepFor(24 * 3_600_000, state);`
 */
export function sleepFor<State>(ms: number, state: State): Sleep<State> {
  assertAmount("sleepFor(ms)", ms);
  return { [WAKE]: (nowMs) => nowMs + ms, state };
}

/** The state of a yielded value, and when the run is to wake if it is to sleep. */
export function yielded<State>(
  value: State | Sleep<State>,
  nowMs: () => number,
): { readonly state: State; readonly wakeAtMs?: number } {
  if (typeof value !== "object" || value === null || !(WAKE in value)) return { state: value as State };
  const now = nowMs();
  const wakeAtMs = Math.ceil(value[WAKE](now));
  return wakeAtMs > now ? { state: value.state, wakeAtMs } : { state: value.state };
}
