import { LonghaulError } from "@longhaul/core";
import * as v from "valibot";

/** A change of state of an alarm on a queue's depth. */
export interface QueueAlarm {
  readonly alarmArn: string;
  readonly region: string;
  readonly accountId: string;
  readonly queueName: string;
  readonly oldState: AlarmState;
  readonly newState: AlarmState;
  /** Time of the change, in ISO 8601. */
  readonly changedAt: string;
}

export type AlarmState = v.InferOutput<typeof State>;

/** An event from which no change of an alarm can be read. */
export class AlarmEventError extends LonghaulError {
  constructor(path: string, problem: string) {
    super("ALARM_EVENT", `${path} ${problem}`);
  }
}

/** One alarm of an event. `path` is its place, such as `Records[1]`; `read` throws an {@link AlarmEventError}. */
interface AlarmRecord {
  readonly path: string;
  read(): QueueAlarm;
}

const ARN = /^arn:[\w-]+:cloudwatch:([\w-]+):(\d{12}):alarm:/;
const Arn = v.pipe(v.string(), v.regex(ARN));
const State = v.picklist(["OK", "ALARM", "INSUFFICIENT_DATA"]);
/** CloudWatch writes zones without a colon (`+0000`), which not every reader of dates takes. */
const Time = v.pipe(
  v.string(),
  v.transform((text) => new Date(text.replace(/([+-]\d\d)(\d\d)$/, "$1:$2"))),
  v.date(),
  v.transform((date) => date.toISOString()),
);

const Fields = v.record(v.string(), v.unknown());
/** Names of queues in dimensions as SNS carries them: a list, whose fields CloudWatch writes in small letters. */
const Listed = v.pipe(
  v.array(Fields),
  v.transform((all) =>
    all.flatMap(({ name, Name = name, value, Value = value }) => (Name === "QueueName" ? [Value] : [])),
  ),
);
/** The same in dimensions as CloudWatch itself sends them: an object. */
const Mapped = v.pipe(
  Fields,
  v.transform(({ QueueName }) => (QueueName === undefined ? [] : [QueueName])),
);

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html */
const Published = v.object({
  AlarmArn: Arn,
  OldStateValue: State,
  NewStateValue: State,
  StateChangeTime: Time,
  Trigger: v.object({
    Dimensions: v.optional(Listed, []),
    Metrics: v.optional(
      v.array(v.object({ MetricStat: v.optional(v.object({ Metric: v.object({ Dimensions: v.optional(Listed) }) })) })),
      [],
    ),
  }),
});
const Described = v.object({
  previousState: v.object({ value: State }),
  state: v.object({ value: State, timestamp: Time }),
  configuration: v.object({
    metrics: v.array(
      v.object({ metricStat: v.optional(v.object({ metric: v.object({ dimensions: v.optional(Mapped) }) })) }),
    ),
  }),
});
/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-actions-Lambda.html */
const Direct = v.object({ alarmArn: Arn, alarmData: Described });
/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html */
const Bridged = v.object({
  "detail-type": v.literal("CloudWatch Alarm State Change"),
  resources: v.looseTuple([Arn]),
  detail: Described,
});
const FromCloudWatch = v.looseObject({ source: v.literal("aws.cloudwatch") });
const Records = v.object({ Records: v.array(v.unknown()) });
const SnsRecord = v.object({
  EventSource: v.optional(v.literal("aws:sns")),
  eventSource: v.optional(v.literal("aws:sns")),
  Sns: v.object({ Message: v.pipe(v.string(), v.parseJson()) }),
});

/**
 * Finds the alarms of an event. CloudWatch sends them through SNS, one per record, to a Lambda function directly, or through
 * EventBridge; a rule may also send to SNS. Each is read by itself, so that one bad record spoils no other.
 *
 * @throws {@link AlarmEventError} for an event without alarms.
 */
export function alarmsOf(event: unknown): readonly AlarmRecord[] {
  if (v.is(Records, event)) {
    return event.Records.map((record, at) => {
      const path = `Records[${at}]`;
      return { path, read: () => recordedAlarm(record, path) };
    });
  }
  if (v.is(FromCloudWatch, event)) return [{ path: "The event", read: () => sentAlarm(event, "") }];
  throw new AlarmEventError(
    "The event",
    "is not the change of a CloudWatch alarm: neither through SNS, nor from CloudWatch, nor through EventBridge.",
  );
}

function recordedAlarm(record: unknown, path: string): QueueAlarm {
  const message = read(SnsRecord, record, path).Sns.Message;
  const messagePath = `${path}.Sns.Message`;
  if (v.is(FromCloudWatch, message)) return sentAlarm(message, messagePath);
  const { AlarmArn, OldStateValue, NewStateValue, StateChangeTime, Trigger } = read(Published, message, messagePath);
  const inMetrics = Trigger.Metrics.flatMap(({ MetricStat }) => MetricStat?.Metric.Dimensions ?? []);
  return {
    ...placeOf(AlarmArn),
    queueName: onlyName([...Trigger.Dimensions, ...inMetrics], `${messagePath}.Trigger`),
    oldState: OldStateValue,
    newState: NewStateValue,
    changedAt: StateChangeTime,
  };
}

/** The change as CloudWatch itself sends it, to a Lambda function or to EventBridge. */
function sentAlarm(event: v.InferOutput<typeof FromCloudWatch>, path: string): QueueAlarm {
  if (event["detail-type"] === undefined) {
    const { alarmArn, alarmData } = read(Direct, event, path);
    return describedAlarm(alarmArn, alarmData, `${path}.alarmData`);
  }
  const { resources, detail } = read(Bridged, event, path);
  return describedAlarm(resources[0], detail, `${path}.detail`);
}

function describedAlarm(
  alarmArn: string,
  { previousState, state, configuration: { metrics } }: v.InferOutput<typeof Described>,
  path: string,
): QueueAlarm {
  const names = metrics.flatMap(({ metricStat }) => metricStat?.metric.dimensions ?? []);
  return {
    ...placeOf(alarmArn),
    queueName: onlyName(names, `${path}.configuration.metrics`),
    oldState: previousState.value,
    newState: state.value,
    changedAt: state.timestamp,
  };
}

function onlyName(names: readonly unknown[], path: string): string {
  const [name, ...others] = new Set(names);
  if (typeof name === "string" && others.length === 0) return name;
  const count = name === undefined ? 0 : others.length + 1;
  throw faultAt(path, `must name one queue in the dimension QueueName; it names ${count}.`);
}

function placeOf(alarmArn: string): Pick<QueueAlarm, "alarmArn" | "accountId" | "region"> {
  const [, region = "", accountId = ""] = ARN.exec(alarmArn) ?? [];
  return { alarmArn, region, accountId };
}

function read<Schema extends v.GenericSchema>(schema: Schema, value: unknown, path: string): v.InferOutput<Schema> {
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  const [{ path: keys = [], message }] = result.issues;
  const place = keys.map(({ key }) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`)).join("");
  throw faultAt(`${path}${place}`, `cannot be read. ${message}.`);
}

/** A path into the event itself begins with a dot. */
function faultAt(path: string, problem: string): AlarmEventError {
  return new AlarmEventError(path.replace(/^\./, "") || "The event", problem);
}
