import { EventError, type HandOffDriver, type InvocationContext, type Outcome } from "@longhaul/core";

/** What splitting an event came to: a run for each of its records. */
export interface SplitOutcome {
  readonly status: "split";
  readonly runs: number;
}

/**
 * Gives each record of a notification a run of its own: an event with several is sent on record by record. If one cannot be
 * sent the invocation fails, and its retry sends all again; that is harmless, as a run's id comes from its object's version.
 * A `position` belongs to the first record: handlers that passed one on looked at no other.
 */
export function splitRecords<Result>(
  { driver, stateKey }: { readonly driver: HandOffDriver; readonly stateKey: string },
  handler: (event: object, context: InvocationContext) => Promise<Outcome<Result>>,
): (event: object, context: InvocationContext) => Promise<Outcome<Result> | SplitOutcome> {
  return async (event, context) => {
    const records = recordsOf(event);
    if (records === undefined || records.length === 1) return handler(event, context);
    if (records.length === 0) throw new EventError("The event's Records are empty: it names no object.");
    const { [stateKey]: _, ...withoutState } = event as Record<string, unknown>;
    for (const [i, record] of records.entries()) {
      const single = { ...(i === 0 ? event : withoutState), Records: [record] };
      const payload = JSON.stringify(single);
      await driver.send({ run: "", hop: 0, event: single, payload, target: context.invokedFunctionArn });
    }
    return { status: "split", runs: records.length };
  };
}

/** What is no object at all is left to the handler, which says so. */
function recordsOf(event: unknown): readonly unknown[] | undefined {
  const records = typeof event === "object" && event !== null ? (event as { Records?: unknown }).Records : undefined;
  return Array.isArray(records) ? records : undefined;
}
