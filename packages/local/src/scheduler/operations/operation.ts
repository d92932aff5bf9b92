import { type Fields, fieldReaders } from "../../gateway/request-fields.ts";
import type { SchedulerService } from "../scheduler.ts";
import { schedulerErrors } from "../scheduler-error.ts";

/** The context of an operation. */
export interface SchedulerContext {
  readonly scheduler: SchedulerService;
  readonly region: string;
  readonly accountId: string;
  /** The requests of `CreateSchedule` that were served, by the ARN of their schedule. */
  readonly creations: Map<string, string>;
  /** Names the permission that is about to be used. */
  authorize(action: string, resourceArn: string): void;
}

/** One operation of the EventBridge Scheduler API. Its input has the names of the SDK, wherever they travel. */
export type SchedulerOperation = (context: SchedulerContext, input: Fields) => Readonly<Record<string, unknown>>;

/** Readers of a request's fields, which throw a `SchedulerError` that names the parameter. */
export const schedulerFields = fieldReaders({
  malformed: schedulerErrors.malformed,
  missing: (name) =>
    schedulerErrors.validation(
      `1 validation error detected: Value at '${name[0]?.toLowerCase()}${name.slice(1)}' failed to satisfy constraint: Member must not be null`,
    ),
  invalid: schedulerErrors.validation,
});

/** Time as the API tells it: seconds since 1970. */
export function seconds(ms: number): number {
  return ms / 1_000;
}

/** One page of a list that is sorted by `keyOf`. The token names what comes next. */
export function pageOf<Item>(items: readonly Item[], keyOf: (item: Item) => string, input: Fields) {
  const from = schedulerFields.optionalText(input, "NextToken");
  const most = Number(input.MaxResults ?? 100);
  if (!Number.isInteger(most) || most < 1 || most > 100) {
    throw schedulerErrors.validation(
      `1 validation error detected: Value '${String(input.MaxResults).slice(0, 40)}' at 'maxResults' failed to satisfy constraint: Member must have value between 1 and 100`,
    );
  }
  const sorted = items
    .filter((item) => from === undefined || keyOf(item) >= from)
    .sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  const next = sorted[most];
  return { items: sorted.slice(0, most), ...(next && { NextToken: keyOf(next) }) };
}
