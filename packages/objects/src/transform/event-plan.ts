import { EventError } from "@longhaul/core";
import { uploadNewsOf } from "@longhaul/core/news";
import { type Source, sourceOf } from "./source.ts";

type Fields = Readonly<Record<string, unknown>>;

/** The work that an event asks for. */
export type EventPlan =
  /** One run, for one object. */
  | { readonly kind: "object"; readonly source: Source }
  /** A run for each of these events. */
  | { readonly kind: "parts"; readonly events: readonly object[] }
  /** Nothing: S3 sends a test when notifications are set up. */
  | { readonly kind: "test" };

/**
 * Reads the work that an event asks for. `position` is the state that came with it, and belongs to its first part: handlers that
 * only count records pass on that of the first alone.
 *
 * @throws EventError for an event of no records, or one part that names no object. Of several parts each fails alone.
 */
export function planOf(event: object, position: unknown = 0): EventPlan {
  const [first, ...others] = partsOf(event);
  if (first === undefined) throw new EventError("The event's Records are empty: it names no object.");
  if (others.length === 0) return isTest(first) ? { kind: "test" } : { kind: "object", source: sourceOf(first) };
  const events = [position === 0 ? first : { ...first, [STATE_KEY]: position }, ...others];
  const objects = events.filter((part) => !isTest(part));
  return objects.length === 0 ? { kind: "test" } : { kind: "parts", events: objects };
}

/** The key of the event under which the state of a run travels. */
export const STATE_KEY = "position";

function isTest(event: object): boolean {
  const [news, ...more] = uploadNewsOf(event);
  return news?.kind === "test" && more.length === 0;
}

/**
 * The events that one event is made of: one for each record of a notification, also of those that SNS wrapped, or the
 * event itself. Each part keeps the other fields of the event.
 */
function partsOf(event: object): readonly object[] {
  const { Records } = Object(event) as Fields;
  if (!Array.isArray(Records)) return [event];
  return Records.flatMap((record: unknown) => {
    const wrapped = wrappedBySns(record);
    if (wrapped !== undefined) return partsOf(wrapped);
    return Records.length === 1 ? [event] : [{ ...event, Records: [record] }];
  });
}

/** https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html */
function wrappedBySns(record: unknown): object | undefined {
  const { Sns } = Object(record) as Fields;
  const { Message } = Object(Sns) as Fields;
  try {
    const wrapped: unknown = typeof Message === "string" ? JSON.parse(Message) : undefined;
    return typeof wrapped === "object" && wrapped !== null && !Array.isArray(wrapped) ? wrapped : undefined;
  } catch {
    return undefined;
  }
}
