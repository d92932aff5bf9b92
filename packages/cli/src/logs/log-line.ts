/** An event of a run, as `jsonLogObserver` writes it. Untrusted: a function may print anything. */
export type LoggedEvent = Readonly<Record<string, unknown>> & {
  readonly type: string;
  readonly run: string;
  readonly hop: number;
};

/** A message of a function's log group, read. */
export interface LogLine {
  /** The invocation that the message names itself, if it does. */
  readonly requestId: string | undefined;
  /** The sign of the platform that an invocation begins or has ended. */
  readonly mark: "start" | "end" | undefined;
  /** The printed text, without what Lambda puts before it. */
  readonly text: string;
  readonly event: LoggedEvent | undefined;
}

/** Lambda's text format: https://docs.aws.amazon.com/lambda/latest/dg/nodejs-logging.html */
const CONSOLE = /^\d{4}-\d\d-\d\dT[\d:.]+Z\t([^\t]+)\t[A-Z]+\t(.*)$/s;
const PLATFORM = /^(START|END|REPORT) RequestId: (\S+)/;
/** Lambda's JSON format: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html */
const PLATFORM_MARKS: Readonly<Record<string, LogLine["mark"]>> = {
  "platform.start": "start",
  "platform.report": "end",
};

/** Reads a message of either of Lambda's log formats. */
export function readLogLine(message: string): LogLine {
  const whole = message.trimEnd();
  const platform = PLATFORM.exec(whole);
  if (platform) {
    const mark = platform[1] === "START" ? "start" : platform[1] === "REPORT" ? "end" : undefined;
    return { requestId: platform[2], mark, text: whole, event: undefined };
  }
  const console = CONSOLE.exec(whole);
  if (console) {
    const [, requestId, text = ""] = console;
    return {
      requestId: requestId === "-" ? undefined : requestId,
      mark: undefined,
      text,
      event: eventOf(fieldsOf(text)),
    };
  }
  const fields = fieldsOf(whole);
  const record = isFields(fields?.record) ? fields.record : undefined;
  return {
    requestId: idOf(record?.requestId) ?? idOf(fields?.requestId),
    mark: typeof fields?.type === "string" && record ? PLATFORM_MARKS[fields.type] : undefined,
    text: typeof fields?.message === "string" && fields.requestId !== undefined ? fields.message : whole,
    event: eventOf(fields) ?? eventOf(fieldsOf(fields?.message)) ?? eventOf(fields?.message),
  };
}

type Fields = Readonly<Record<string, unknown>>;

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function idOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function fieldsOf(text: unknown): Fields | undefined {
  if (typeof text !== "string" || !text.startsWith("{")) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isFields(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function eventOf(fields: unknown): LoggedEvent | undefined {
  const event = isFields(fields) ? fields.longhaul : undefined;
  if (!isFields(event)) return undefined;
  const { type, run, hop } = event;
  return typeof type === "string" && typeof run === "string" && Number.isSafeInteger(hop)
    ? (event as LoggedEvent)
    : undefined;
}
