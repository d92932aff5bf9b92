/** A change of state of an alarm on a queue's depth. */
export interface QueueAlarm {
  readonly alarmArn: string;
  readonly oldState: AlarmState;
  readonly newState: AlarmState;
  /** When the state changed, in ISO 8601. */
  readonly changedAt: string;
  readonly accountId: string;
  readonly region: string;
  readonly queueName: string;
}

export type AlarmState = "OK" | "ALARM" | "INSUFFICIENT_DATA";

/** An event from which no change of an alarm can be read. */
export class AlarmEventError extends Error {
  readonly code = "ALARM_EVENT";

  constructor(path: string, problem: string) {
    super(`${path} ${problem}`);
    this.name = "AlarmEventError";
  }
}

/**
 * Reads the alarms of an event: those that CloudWatch sends through SNS, one for each record, or the one it sends to a
 * Lambda function directly.
 *
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-actions-Lambda.html
 *
 * @throws {@link AlarmEventError} naming what is missing.
 */
export function alarmsOf(event: unknown): readonly QueueAlarm[] {
  const records = field(event, "Records");
  if (Array.isArray(records)) {
    return records.map((record: unknown, at) => {
      const path = `Records[${at}].Sns.Message`;
      return publishedAlarm(parsed(field(field(record, "Sns"), "Message"), path), path);
    });
  }
  if (field(event, "source") === "aws.cloudwatch") return [directAlarm(event)];
  throw new AlarmEventError("The event", "is neither an SNS notification nor the change of a CloudWatch alarm.");
}

function publishedAlarm(message: unknown, path: string): QueueAlarm {
  const trigger = field(message, "Trigger");
  const dimensions = field(trigger, "Dimensions");
  const metrics = field(trigger, "Metrics");
  return {
    ...placeOf(field(message, "AlarmArn"), `${path}.AlarmArn`),
    oldState: state(field(message, "OldStateValue"), `${path}.OldStateValue`),
    newState: state(field(message, "NewStateValue"), `${path}.NewStateValue`),
    changedAt: time(field(message, "StateChangeTime"), `${path}.StateChangeTime`),
    queueName: Array.isArray(metrics)
      ? queueOfMetrics(
          metrics.map((query) => listed(field(field(field(query, "MetricStat"), "Metric"), "Dimensions"))),
          path,
        )
      : queueOfMetrics([listed(dimensions)], `${path}.Trigger`),
  };
}

function directAlarm(event: unknown): QueueAlarm {
  const data = field(event, "alarmData");
  const metrics = field(field(data, "configuration"), "metrics");
  return {
    ...placeOf(field(event, "alarmArn"), "alarmArn"),
    oldState: state(field(field(data, "previousState"), "value"), "alarmData.previousState.value"),
    newState: state(field(field(data, "state"), "value"), "alarmData.state.value"),
    changedAt: time(field(field(data, "state"), "timestamp"), "alarmData.state.timestamp"),
    queueName: queueOfMetrics(
      (Array.isArray(metrics) ? metrics : []).map((query) =>
        mapped(field(field(field(query, "metricStat"), "metric"), "dimensions")),
      ),
      "alarmData.configuration.metrics",
    ),
  };
}

function queueOfMetrics(dimensions: readonly (ReadonlyMap<string, string> | undefined)[], path: string): string {
  const names = new Set(dimensions.flatMap((metric) => metric?.get("QueueName") ?? []));
  const [name] = names;
  if (name !== undefined && names.size === 1) return name;
  throw new AlarmEventError(path, `must name one queue in the dimension QueueName; it names ${names.size}.`);
}

/** Dimensions as SNS carries them: a list, whose fields CloudWatch writes in small letters. */
function listed(dimensions: unknown): ReadonlyMap<string, string> | undefined {
  if (!Array.isArray(dimensions)) return undefined;
  const pairs = dimensions.map((dimension: unknown) => [
    field(dimension, "name") ?? field(dimension, "Name"),
    field(dimension, "value") ?? field(dimension, "Value"),
  ]);
  return new Map(
    pairs.flatMap(([name, value]) => (typeof name === "string" && typeof value === "string" ? [[name, value]] : [])),
  );
}

/** Dimensions as Lambda gets them: an object. */
function mapped(dimensions: unknown): ReadonlyMap<string, string> | undefined {
  if (typeof dimensions !== "object" || dimensions === null) return undefined;
  return new Map(Object.entries(dimensions).filter(([, value]) => typeof value === "string"));
}

function placeOf(arn: unknown, path: string): Pick<QueueAlarm, "alarmArn" | "accountId" | "region"> {
  const [, region, accountId] = /^arn:[\w-]+:cloudwatch:([\w-]+):(\d{12}):alarm:/.exec(String(arn)) ?? [];
  if (region === undefined || accountId === undefined) throw new AlarmEventError(path, "must be the ARN of an alarm.");
  return { alarmArn: String(arn), region, accountId };
}

function state(value: unknown, path: string): AlarmState {
  if (value === "OK" || value === "ALARM" || value === "INSUFFICIENT_DATA") return value;
  throw new AlarmEventError(path, "must be OK, ALARM or INSUFFICIENT_DATA.");
}

/** CloudWatch writes zones without a colon (`+0000`), which not every reader of dates takes. */
function time(value: unknown, path: string): string {
  const text = String(value).replace(/([+-]\d\d)(\d\d)$/, "$1:$2");
  if (typeof value === "string" && !Number.isNaN(Date.parse(text))) return new Date(text).toISOString();
  throw new AlarmEventError(path, "must be a time in ISO 8601.");
}

function parsed(json: unknown, path: string): unknown {
  if (typeof json !== "string") throw new AlarmEventError(path, "must be text.");
  try {
    return JSON.parse(json);
  } catch {
    throw new AlarmEventError(path, "is not JSON.");
  }
}

function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? new Map(Object.entries(value)).get(name) : undefined;
}
