import { type Check, invariant } from "./check.ts";
import { isSame } from "./is-same.ts";

/**
 * If the run is done, each of these effects has happened at least once.
 *
 * @param options - `job`: which of several runs, by its index in `events`; default 0
 */
export function everyItemAtLeastOnce(keys: Iterable<string>, options: { readonly job?: number } = {}): Check {
  const { job = 0 } = options;
  const all = [...keys];
  return invariant("everyItemAtLeastOnce", (result, fail) => {
    if (result.jobs[job]?.outcome !== "done") return;
    const seen = new Set(result.effects.attempts.filter(({ isAccepted }) => isAccepted).map(({ key }) => key));
    const missing = all.filter((key) => !seen.has(key));
    if (missing.length > 0)
      fail(`the run is done, but ${missing.length} of ${all.length} effects never happened: ${few(missing)}.`);
  });
}

/** In the end the world outside is exactly as if each effect had happened once; of a run that is not done, a part of it. */
export function exactlyOnceWhereIdempotent(expected: Readonly<Record<string, unknown>>): Check {
  return invariant("exactlyOnceWhereIdempotent", (result, fail) => {
    const { values } = result.effects;
    const foreign = [...values.keys()].filter((key) => !Object.hasOwn(expected, key));
    if (foreign.length > 0) fail(`effects that nothing asked for: ${few(foreign)}.`);
    for (const [key, value] of values) {
      if (!isSame(value, expected[key])) {
        fail(`effect ${key} ended as ${JSON.stringify(value)} instead of ${JSON.stringify(expected[key])}.`);
      }
    }
    if (!result.jobs.every(({ outcome }) => outcome === "done")) return;
    const missing = Object.keys(expected).filter((key) => !values.has(key));
    if (missing.length > 0) fail(`everything is done, but effects are missing: ${few(missing)}.`);
  });
}

/**
 * Every run ends: done, or stopped or paused for a reason; none stalls for ever.
 *
 * @param options - `withinMs`: virtual time after the last fault or request (or the beginning) in which all must be over;
 * default: any
 */
export function theRunEnds(options: { readonly withinMs?: number } = {}): Check {
  const { withinMs = Number.POSITIVE_INFINITY } = options;
  return invariant("theRunEnds", (result, fail) => {
    for (const { job, outcome } of result.jobs) {
      if (outcome === "unfinished") {
        fail(`run ${job} was still not over at ${Math.round(result.endedAtMs)} ms, and nothing was under way.`);
      }
    }
    const lateMs = result.endedAtMs - result.lastFaultAtMs;
    if (lateMs > withinMs) fail(`it took ${Math.round(lateMs)} ms after the last fault, more than ${withinMs} ms.`);
  });
}

/** No step began, after the first of its hop, that the time left could not hold: `remaining > reserve + predicted`. */
export const noStepTheBudgetCouldNotHold: Check = invariant("noStepTheBudgetCouldNotHold", (result, fail) => {
  for (const event of result.trace) {
    if (event.type !== "step" || event.steps === 0 || event.remainingMs > event.neededMs) continue;
    fail(
      `step ${event.steps + 1} of invocation ${event.invocation} began at ${Math.round(event.at)} ms with ${Math.round(event.remainingMs)} ms left, and needed ${Math.round(event.neededMs)} ms.`,
    );
  }
});

/** No timer of the engine fired for a hop whose handler had answered. */
export const timersOfEndedHopsNeverFire: Check = invariant("timersOfEndedHopsNeverFire", (result, fail) => {
  for (const event of result.trace) {
    if (event.type !== "late-timer") continue;
    fail(`a timer of invocation ${event.invocation} fired at ${Math.round(event.at)} ms, after it had ended.`);
  }
});

/** No invocation ran into its timeout. For calm simulations: under faults a service can be slower than any reserve. */
export const noTimeouts: Check = invariant("noTimeouts", (result, fail) => {
  const { timeouts, invocations } = result.stats;
  if (timeouts > 0) fail(`${timeouts} of ${invocations} invocations ran into the timeout.`);
});

function few(keys: readonly string[]): string {
  return keys.slice(0, 5).join(", ") + (keys.length > 5 ? ", ..." : "");
}
