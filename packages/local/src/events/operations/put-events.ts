import type { Fields } from "../../gateway/request-fields.ts";
import { isFields } from "../../gateway/request-fields.ts";
import { eventsErrors } from "../events-error.ts";
import { busArn, busOf, type EventsContext, type EventsOperation } from "./operation.ts";
import { eventsFields } from "./request-fields.ts";

/** Entries of a request: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html */
const MAX_ENTRIES = 10;

/** Puts events on their buses. One that is not valid is told by its place, and the others are taken. */
export const putEvents: EventsOperation = (context, input) => {
  const entries = eventsFields.recordList(input, "Entries");
  if (entries.length === 0 || entries.length > MAX_ENTRIES) {
    const bound = entries.length === 0 ? "greater than or equal to 1" : `less than or equal to ${MAX_ENTRIES}`;
    throw eventsErrors.validation(
      `1 validation error detected: Value '[${entries.length} entries]' at 'entries' failed to satisfy constraint: Member must have length ${bound}`,
    );
  }
  const answers = entries.map((entry) => put(context, entry));
  return { FailedEntryCount: answers.filter((answer) => "ErrorCode" in answer).length, Entries: answers };
};

type EntryAnswer = { readonly EventId: string } | { readonly ErrorCode: string; readonly ErrorMessage: string };

function put(context: EventsContext, entry: Fields): EntryAnswer {
  const bus = busOf(context, entry);
  context.authorize("events:PutEvents", busArn(context, bus));
  for (const name of ["Source", "DetailType", "Detail"] as const) {
    if (!eventsFields.optionalText(entry, name)) {
      return invalid(`Parameter ${name} is not valid. Reason: ${name} is a required argument.`);
    }
  }
  const source = eventsFields.optionalText(entry, "Source") ?? "";
  // https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html
  if (source.startsWith("aws.")) {
    return { ErrorCode: "NotAuthorizedForSourceException", ErrorMessage: "Not authorized for the source." };
  }
  const detail = detailOf(eventsFields.optionalText(entry, "Detail") ?? "");
  if (!detail) return { ErrorCode: "MalformedDetail", ErrorMessage: "Detail is malformed." };
  const EventId = context.newId();
  const event = {
    version: "0",
    id: EventId,
    "detail-type": eventsFields.optionalText(entry, "DetailType"),
    source,
    account: context.accountId,
    time: timeOf(entry.Time, context.nowMs),
    region: context.region,
    resources: eventsFields.textList(entry, "Resources"),
    detail,
  };
  context.publish(JSON.stringify(event), eventsFields.optionalText(entry, "TraceHeader") ?? context.traceHeader, bus);
  return { EventId };
}

function invalid(ErrorMessage: string): EntryAnswer {
  return { ErrorCode: "InvalidArgument", ErrorMessage };
}

function detailOf(text: string): Fields | undefined {
  try {
    const detail: unknown = JSON.parse(text);
    return isFields(detail) ? detail : undefined;
  } catch {
    return undefined;
  }
}

/** The time of an entry, which the SDK sends as seconds. Default: now. */
function timeOf(seconds: unknown, nowMs: number): string {
  const ms = typeof seconds === "number" ? seconds * 1_000 : nowMs;
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
