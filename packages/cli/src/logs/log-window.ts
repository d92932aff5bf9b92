import {
  type CloudWatchLogsClient,
  type FilterLogEventsCommandInput,
  paginateFilterLogEvents,
  ResourceNotFoundException,
} from "@aws-sdk/client-cloudwatch-logs";
import type { StreamEvent } from "./run-log.ts";

/** A while of a log group. */
export interface LogWindow {
  readonly group: string;
  /** Only streams that have a line which names this run in the while, and {@link LogWindow.streams}. */
  readonly run: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly streams: readonly string[];
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html */
const MAX_STREAM_NAMES = 100;
const MAX_PATTERN_LENGTH = 1_024;

/**
 * All events of the streams that a run was worked on in, oldest first. A function that has logged nothing has no log group
 * yet, and no events.
 */
export async function eventsBetween(client: CloudWatchLogsClient, window: LogWindow): Promise<readonly StreamEvent[]> {
  const { group, run, fromMs, toMs } = window;
  const range = { logGroupName: group, startTime: Math.max(0, fromMs), endTime: toMs };
  const marked = await eventsOf(client, { ...range, filterPattern: patternOf(run) });
  const streams = [...new Set([...window.streams, ...marked.map(({ stream }) => stream)])];
  const events: StreamEvent[] = [];
  for (let at = 0; at < streams.length; at += MAX_STREAM_NAMES) {
    const logStreamNames = streams.slice(at, at + MAX_STREAM_NAMES);
    events.push(...(await eventsOf(client, { ...range, logStreamNames })));
  }
  // The order within a stream holds at the same millisecond, since the sort is stable.
  return events.sort((a, b) => a.atMs - b.atMs);
}

/** A filter pattern for lines with an id as JSON has it. Without one, all lines are read: an id may be too long for it. */
function patternOf(run: string): string | undefined {
  const inJson = JSON.stringify(run).slice(1, -1);
  const pattern = `"${inJson.replaceAll("\\", "\\\\")}"`;
  return pattern.length <= MAX_PATTERN_LENGTH && !inJson.includes('"') ? pattern : undefined;
}

async function eventsOf(client: CloudWatchLogsClient, input: FilterLogEventsCommandInput): Promise<StreamEvent[]> {
  const found: StreamEvent[] = [];
  try {
    for await (const { events = [] } of paginateFilterLogEvents({ client }, input)) {
      for (const { eventId = "", logStreamName = "", timestamp = 0, message = "" } of events)
        found.push({ id: eventId, stream: logStreamName, atMs: timestamp, message });
    }
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException)) throw error;
  }
  return found;
}
