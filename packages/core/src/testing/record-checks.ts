import { type Check, invariant } from "./check.ts";
import { isSame } from "./is-same.ts";

/** Each hop works on the event of its run's record, whatever the event that woke it says. */
export const parametersComeFromTheRecord: Check = invariant("parametersComeFromTheRecord", (result, fail) => {
  if (!result.hasStore) return;
  for (const event of result.trace) {
    if (event.type !== "works-on") continue;
    const record = result.records.get(event.run);
    if (!record || isSame(JSON.parse(record.event), JSON.parse(event.event))) continue;
    fail(
      `hop ${event.hop} of run ${event.run} worked on ${event.event} at ${Math.round(event.at)} ms, and the record says ${record.event}.`,
    );
  }
});

/** An invocation that finds no record of its run fails, so that the platform keeps its event; it is no duplicate. */
export const aMissingRecordIsAnError: Check = invariant("aMissingRecordIsAnError", (result, fail) => {
  const foundNone = new Set<number | undefined>();
  for (const event of result.trace) {
    if (event.type === "write" && event.answer === "refused" && event.recordHop === undefined) {
      foundNone.add(event.invocation);
    }
    if (event.type === "returned" && event.status === "duplicate" && foundNone.has(event.invocation)) {
      fail(
        `invocation ${event.invocation} found no record of its run, and answered "duplicate" at ${Math.round(event.at)} ms, so that its event is gone.`,
      );
    }
  }
});

/** Nothing is sent or written that the far side refuses for its size: it was spilled, or refused before. */
export const nothingIsTooLarge: Check = invariant("nothingIsTooLarge", (result, fail) => {
  for (const event of result.trace) {
    if (event.type !== "too-large") continue;
    fail(
      `${event.what} had ${event.bytes} bytes at ${Math.round(event.at)} ms, and at most ${event.maxBytes} are taken.`,
    );
  }
});
