import { allServed, harmless, only } from "../gateway/inputs.ts";
import type { ServedOperation } from "../gateway/json-protocol.ts";
import { type Fields, fieldReaders } from "../gateway/request-fields.ts";
import { filterPattern } from "./filter-pattern.ts";
import type { LogEvent, LogGroup, LogGroups } from "./log-groups.ts";
import { logsErrors } from "./logs-error.ts";

/** The context of an operation. */
interface LogsContext {
  readonly groups: LogGroups;
  readonly region: string;
  readonly accountId: string;
  /** Names the permission that is about to be used. */
  authorize(action: string, resourceArn: string): void;
}

type LogsOperation = (context: LogsContext, input: Fields) => Readonly<Record<string, unknown>>;

/** Readers of a request's fields, which throw a `LogsError` that names the parameter. */
export const logsFields = fieldReaders({
  malformed: logsErrors.malformed,
  missing: (name) =>
    logsErrors.invalidParameter(
      `1 validation error detected: Value at '${name}' failed to satisfy constraint: Member must not be null`,
    ),
  invalid: logsErrors.invalidParameter,
});

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html */
const MAX_EVENTS = 10_000;
const MAX_PAGE_BYTES = 1024 * 1024;
const MAX_STREAM_NAMES = 100;
const MAX_DESCRIBED = 50;

const filterLogEvents: LogsOperation = (context, input) => {
  const group = groupOf(context, input, "FilterLogEvents");
  const names = logsFields.textList(input, "logStreamNames");
  const prefix = logsFields.optionalText(input, "logStreamNamePrefix");
  if (names.length > 0 && prefix !== undefined) {
    throw logsErrors.invalidParameter("logStreamNames and logStreamNamePrefix cannot both be given.");
  }
  if (names.length > MAX_STREAM_NAMES) {
    throw logsErrors.invalidParameter(`logStreamNames can have at most ${MAX_STREAM_NAMES} names.`);
  }
  if (names.some((name) => !group.streams.has(name))) throw logsErrors.noStream();
  const passes = filterPattern(logsFields.optionalText(input, "filterPattern") ?? "");
  const wanted = names.length > 0 ? new Set(names) : undefined;
  const isIn = timeRange(input);
  const token = logsFields.optionalText(input, "nextToken");
  const page = take(
    group.events.filter(
      (event) =>
        isIn(event) &&
        (wanted?.has(event.stream) ?? true) &&
        event.stream.startsWith(prefix ?? "") &&
        passes(event.message),
    ),
    token === undefined ? 0 : positionOf(token) + 1,
    count(input, "limit", MAX_EVENTS),
  );
  return {
    events: page.events.map((event) => ({
      logStreamName: event.stream,
      timestamp: event.atMs,
      message: event.message,
      ingestionTime: event.atMs,
      eventId: String(event.id).padStart(56, "0"),
    })),
    searchedLogStreams: [],
    ...(page.isCut && { nextToken: tokenOf(page.events) }),
  };
};

const getLogEvents: LogsOperation = (context, input) => {
  const group = groupOf(context, input, "GetLogEvents");
  const stream = logsFields.text(input, "logStreamName");
  if (!group.streams.has(stream)) throw logsErrors.noStream();
  const isIn = timeRange(input);
  const events = group.events.filter((event) => event.stream === stream && isIn(event));
  const limit = count(input, "limit", MAX_EVENTS);
  const token = logsFields.optionalText(input, "nextToken");
  let shown: readonly LogEvent[];
  if (token === undefined) shown = input.startFromHead === true ? take(events, 0, limit).events : events.slice(-limit);
  else if (token.startsWith("b/")) {
    const before = positionOf(token.slice(2));
    shown = events.filter(({ id }) => id < before).slice(-limit);
  } else shown = take(events, positionOf(token.replace(/^f\//, "")) + 1, limit).events;
  // A token that leads nowhere yet is given back as it is, which says that no more is to come.
  const [first, last] = [shown[0]?.id, shown.at(-1)?.id];
  const end = events.at(-1)?.id ?? 0;
  return {
    events: shown.map(({ atMs, message }) => ({ timestamp: atMs, message, ingestionTime: atMs })),
    nextForwardToken: last === undefined ? (token ?? `f/${end}`) : `f/${last}`,
    nextBackwardToken: first === undefined ? (token ?? `b/${end}`) : `b/${first}`,
  };
};

const describeLogGroups: LogsOperation = (context, input) => {
  const prefix = logsFields.optionalText(input, "logGroupNamePrefix") ?? "";
  context.authorize("logs:DescribeLogGroups", arnOf(context, "*"));
  const groups = context.groups.list().filter(({ name }) => name.startsWith(prefix));
  const { items, next } = listed(input, groups);
  return {
    logGroups: items.map((group) => ({
      logGroupName: group.name,
      creationTime: group.createdAtMs,
      metricFilterCount: 0,
      arn: arnOf(context, `${group.name}:*`),
      logGroupArn: arnOf(context, group.name),
      logGroupClass: "STANDARD",
      storedBytes: group.events.reduce((sum, { message }) => sum + Buffer.byteLength(message), 0),
    })),
    ...next,
  };
};

const describeLogStreams: LogsOperation = (context, input) => {
  const group = groupOf(context, input, "DescribeLogStreams");
  const prefix = logsFields.optionalText(input, "logStreamNamePrefix") ?? "";
  const isByTime = logsFields.optionalText(input, "orderBy") === "LastEventTime";
  if (isByTime && prefix !== "") {
    throw logsErrors.invalidParameter("Cannot order by LastEventTime with a logStreamNamePrefix.");
  }
  const streams = [...group.streams.values()]
    .filter(({ name }) => name.startsWith(prefix))
    .sort((a, b) => (isByTime ? a.lastAtMs - b.lastAtMs : a.name < b.name ? -1 : 1));
  if (input.descending === true) streams.reverse();
  const { items, next } = listed(input, streams);
  return {
    logStreams: items.map((stream) => ({
      logStreamName: stream.name,
      creationTime: stream.createdAtMs,
      firstEventTimestamp: stream.firstAtMs,
      lastEventTimestamp: stream.lastAtMs,
      lastIngestionTime: stream.lastAtMs,
      arn: arnOf(context, `${group.name}:log-stream:${stream.name}`),
      storedBytes: 0,
    })),
    ...next,
  };
};

const groupName = allServed("logGroupName", "logGroupIdentifier");
const interleaved = harmless("events are always interleaved, as in AWS");
const unmasked = only([false], "nothing is masked");

/**
 * The one list of what the embedded CloudWatch Logs takes: every operation, by the name that follows `Logs_20140328.` in
 * `X-Amz-Target`.
 */
export const logsOperations: Readonly<Record<string, ServedOperation<LogsOperation>>> = {
  FilterLogEvents: {
    run: filterLogEvents,
    inputs: {
      ...groupName,
      ...allServed(
        "logStreamNames",
        "logStreamNamePrefix",
        "startTime",
        "endTime",
        "filterPattern",
        "nextToken",
        "limit",
      ),
      interleaved,
      unmask: unmasked,
    },
  },
  GetLogEvents: {
    run: getLogEvents,
    inputs: {
      ...groupName,
      ...allServed("logStreamName", "startTime", "endTime", "nextToken", "limit", "startFromHead"),
      unmask: unmasked,
    },
  },
  DescribeLogGroups: { run: describeLogGroups, inputs: allServed("logGroupNamePrefix", "nextToken", "limit") },
  DescribeLogStreams: {
    run: describeLogStreams,
    inputs: {
      ...groupName,
      ...allServed("logStreamNamePrefix", "orderBy", "descending", "nextToken", "limit"),
    },
  },
};

function arnOf({ region, accountId }: Pick<LogsContext, "region" | "accountId">, name: string): string {
  return `arn:aws:logs:${region}:${accountId}:log-group:${name}`;
}

/** The group that a request names, by name or ARN. @throws if there is none. */
function groupOf(context: LogsContext, input: Fields, action: string): LogGroup {
  const identifier = logsFields.optionalText(input, "logGroupIdentifier");
  const given = identifier ?? logsFields.text(input, "logGroupName");
  const name = given.replace(/^arn:[^:]*:logs:[^:]*:\d*:log-group:/, "").replace(/:\*$/, "");
  context.authorize(`logs:${action}`, arnOf(context, `${name}:*`));
  const group = context.groups.get(name);
  if (!group) throw logsErrors.noGroup();
  return group;
}

function timeRange(input: Fields): (event: LogEvent) => boolean {
  const [fromMs, toMs] = [time(input, "startTime") ?? 0, time(input, "endTime") ?? Number.POSITIVE_INFINITY];
  return ({ atMs }) => fromMs <= atMs && atMs <= toMs;
}

function time(input: Fields, name: string): number | undefined {
  const value = input[name] ?? undefined;
  if (value === undefined) return undefined;
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
  throw logsErrors.invalidParameter(`The parameter ${name} must be a time in milliseconds since 1970.`);
}

function count(input: Fields, name: string, most: number): number {
  const value = input[name] ?? most;
  if (typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= most) return value;
  throw logsErrors.invalidParameter(
    `1 validation error detected: Value '${String(value).slice(0, 100)}' at '${name}' failed to satisfy constraint: Member must have value less than or equal to ${most}`,
  );
}

/** The events from an id on that fit into one answer. */
function take(events: readonly LogEvent[], fromId: number, limit: number) {
  const taken: LogEvent[] = [];
  let bytes = 0;
  let isCut = false;
  for (const event of events) {
    if (event.id < fromId) continue;
    bytes += Buffer.byteLength(event.message);
    isCut = taken.length >= limit || (taken.length > 0 && bytes > MAX_PAGE_BYTES);
    if (isCut) break;
    taken.push(event);
  }
  return { events: taken, isCut };
}

function tokenOf(events: readonly LogEvent[]): string {
  return String(events.at(-1)?.id ?? 0);
}

function positionOf(token: string): number {
  if (/^\d{1,15}$/.test(token)) return Number(token);
  throw logsErrors.invalidParameter("The specified nextToken is invalid.");
}

function listed<Item>(input: Fields, items: readonly Item[]) {
  const from = positionOf(logsFields.optionalText(input, "nextToken") ?? "0");
  const end = from + count(input, "limit", MAX_DESCRIBED);
  return { items: items.slice(from, end), next: end < items.length ? { nextToken: String(end) } : {} };
}
