import type { HandOffDriver, InvocationContext, Outcome } from "@longhaul/core";

/** What splitting an event came to: a run for each of its records. */
export interface SplitOutcome {
  readonly status: "split";
  readonly runs: number;
}

/**
 * Gives each record of a notification a run of its own: an event with several is sent on record by record. Sending twice
 * after a failure is harmless, as a run's id comes from its object's version.
 */
export function splitRecords<Result>(
  driver: HandOffDriver,
  handler: (event: object, context: InvocationContext) => Promise<Outcome<Result>>,
): (event: object, context: InvocationContext) => Promise<Outcome<Result> | SplitOutcome> {
  return async (event, context) => {
    const { Records } = event as { readonly Records?: unknown };
    if (!Array.isArray(Records) || Records.length === 1) return handler(event, context);
    for (const record of Records) {
      const single = { ...event, Records: [record] };
      await driver.send({
        run: "",
        hop: 0,
        event: single,
        payload: JSON.stringify(single),
        target: context.invokedFunctionArn,
      });
    }
    return { status: "split", runs: Records.length };
  };
}
