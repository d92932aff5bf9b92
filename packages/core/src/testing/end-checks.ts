import { type Check, invariant } from "./check.ts";
import type { JobResult, SimulationResult } from "./simulation-result.ts";

/**
 * Every run is done in the end, or has ended as {@link SimulateOptions.ends} allows. Faults are no excuse: an operator
 * resumes what they have ended.
 */
export const runIsDone: Check = invariant("runIsDone", (result, fail) => {
  for (const job of result.jobs) {
    const { outcome, ends } = job;
    if (ends.includes(outcome)) continue;
    fail(
      `run ${job.job} ended as "${outcome}", not as ${ends.map((end) => `"${end}"`).join(" or ")}. ${whyOf(job, result)} Mend the work; or, if it is meant to end so, give simulate() ends: ["${outcome}"].`,
    );
  }
});

/** The known reasons. */
function whyOf({ job, outcome, reason, lastError }: JobResult, { trace, hasStore }: SimulationResult): string {
  const said: string[] = [];
  if (reason) said.push(`${reason.code}: ${reason.message}`);
  if (lastError !== undefined) said.push(`Its handler threw last: ${lastError.replace(/\.$/, "")}.`);
  const waits = trace.findLast((event) => event.type === "waits" && event.job === job);
  if (waits?.type === "waits") {
    said.push(
      `${waits.what} of hop ${waits.hop} waited for something that the simulation does not know: wrap it in external(), or see whether it can ever settle.`,
    );
  }
  const lost = trace.findLast((event) => event.type === "sent" && event.deliveries === 0 && event.job === job);
  if (outcome === "unfinished" && lost && !hasStore) {
    said.push("An event was lost, and without a store nothing sends it again: give recursive() a store.");
  }
  return said.join(" ");
}

/** Every yielded state is carried on unchanged by JSON. */
export const statesTravel: Check = invariant("statesTravel", (result, fail) => {
  for (const event of result.trace) {
    if (event.type !== "bad-state" || event.kind !== "cannot-travel") continue;
    fail(
      `step ${event.steps} of hop ${event.hop} yielded a state that cannot travel to the next hop: ${event.detail} Yield what JSON carries: plain objects, arrays, texts, finite numbers, booleans, null.`,
    );
  }
});

/** No state is changed after it was yielded. */
export const yieldedStatesStay: Check = invariant("yieldedStatesStay", (result, fail) => {
  for (const event of result.trace) {
    if (event.type !== "bad-state" || event.kind !== "changed") continue;
    fail(
      `the state that a step before step ${event.steps + 1} of hop ${event.hop} yielded was changed afterwards: ${event.detail}. Yield a new object each time, such as { ...state }: the hop may end there at any moment.`,
    );
  }
});
