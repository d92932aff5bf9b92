import {
  type CloudWatchClient,
  DeleteAlarmsCommand,
  DescribeAlarmsCommand,
  DisableAlarmActionsCommand,
  EnableAlarmActionsCommand,
  GetMetricDataCommand,
  GetMetricStatisticsCommand,
  type GetMetricStatisticsCommandInput,
  ListMetricsCommand,
  ListTagsForResourceCommand,
  type MetricDatum,
  type MetricStat,
  PutMetricAlarmCommand,
  type PutMetricAlarmCommandInput,
  PutMetricDataCommand,
  SetAlarmStateCommand,
  type StateValue,
  TagResourceCommand,
  UntagResourceCommand,
} from "@aws-sdk/client-cloudwatch";
import { CreateTopicCommand, type SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import { expect } from "vitest";

/** An AWS with metrics and alarms, and what rows need of the other services. */
export interface CloudWatchPlace {
  readonly cloudwatch: CloudWatchClient;
  readonly sns: SNSClient;
  readonly sqs: SQSClient;
  readonly region: string;
  readonly accountId: string;
  newName(): string;
  /** Settles after the next change of an alarm to this state. */
  changed(alarmName: string, state: StateValue): Promise<void>;
}

/** A call, and the facts of AWS's answer. */
export interface RecordedCloudWatchCall {
  /** The recording: a test of LocalStack's `tests/aws/services/cloudwatch/test_cloudwatch.py`, recorded in 2025 and 2026, and its label. */
  readonly recording: string;
  call(place: CloudWatchPlace): Promise<unknown>;
  readonly answer: unknown;
}

type Row = readonly [recording: string, call: RecordedCloudWatchCall["call"], answer: unknown];

const MINUTE_MS = 60_000;
/** A whole minute that is over. */
const minute = new Date(Math.floor(Date.now() / MINUTE_MS - 2) * MINUTE_MS);
const later = (bySeconds: number) => new Date(minute.getTime() + bySeconds * 1000);
const isDate = expect.any(Date) as Date;
const isText = expect.any(String) as string;
/** The SDK's own words where AWS sent none. */
const NO_MESSAGE = "UnknownError";
const refused = (status: number, code: string, message: string) => ({ status, code, message });

const put = ({ cloudwatch }: CloudWatchPlace, Namespace: string, ...data: readonly Partial<MetricDatum>[]) =>
  cloudwatch.send(
    new PutMetricDataCommand({
      Namespace,
      MetricData: data.map((each) => ({ MetricName: "metric1", Timestamp: minute, ...each })),
    }),
  );
const stats = (
  { cloudwatch }: CloudWatchPlace,
  Namespace: string,
  MetricName: string,
  more: Pick<GetMetricStatisticsCommandInput, "Statistics"> & Partial<GetMetricStatisticsCommandInput>,
) =>
  cloudwatch
    .send(
      new GetMetricStatisticsCommand({
        ...{ Namespace, MetricName, StartTime: later(-60), EndTime: later(60), Period: 60 },
        ...more,
      }),
    )
    .then(withoutMetadata);
interface Query extends Partial<Omit<MetricStat, "Metric">> {
  readonly id?: string;
  readonly name?: string;
}
const data = (
  { cloudwatch }: CloudWatchPlace,
  Namespace: string,
  queries: readonly Query[],
  Dimensions: MetricDatum["Dimensions"] = [],
) =>
  cloudwatch
    .send(
      new GetMetricDataCommand({
        MetricDataQueries: queries.map(({ id = "result1", name = "metric1", ...stat }) => ({
          Id: id,
          MetricStat: { Metric: { Namespace, MetricName: name, Dimensions }, Period: 60, Stat: "Sum", ...stat },
        })),
        StartTime: later(-60),
        EndTime: later(60),
      }),
    )
    .then(withoutMetadata);
const found = (
  ...results: readonly (readonly [Id: string, Label: unknown, Values: readonly number[], more?: object])[]
) => ({
  Messages: [],
  MetricDataResults: results.map(([Id, Label, Values, more]) => ({
    ...{ Id, Label, Values, StatusCode: "Complete" },
    Timestamps: Values.map(() => isDate),
    ...more,
  })),
});
function withoutMetadata<T extends { readonly $metadata: unknown }>({ $metadata, ...rest }: T): Omit<T, "$metadata"> {
  return rest;
}

const SET = { SampleCount: 10, Sum: 55, Minimum: 1, Maximum: 10 };
const SECONDS = { Unit: "Seconds" } as const;

const metrics: readonly Row[] = [
  [
    "TestCloudWatchMultiProtocol::test_basic_operations_multiple_protocols[json], get-metric-data",
    async (place) => {
      const Namespace = place.newName();
      await put(place, Namespace, { Value: 23 }, { Value: 18 }, { MetricName: "ug", Value: 23 });
      return data(place, Namespace, [{ id: "some" }, { id: "part", name: "ug" }]);
    },
    found(["some", isText, [41]], ["part", isText, [23]]),
  ],
  [
    "test_put_metric_data_values_list[json]",
    async (place) => {
      const Namespace = place.newName();
      await put(place, Namespace, { MetricName: "test-metric", Values: [1, 10], Counts: [2, 4], Unit: "Count" });
      return stats(place, Namespace, "test-metric", { Statistics: ["SampleCount", "Sum", "Maximum"] });
    },
    {
      Label: "test-metric",
      Datapoints: [{ Maximum: 10, SampleCount: 6, Sum: 42, Timestamp: isDate, Unit: "Count" }],
    },
  ],
  [
    "test_put_metric_data_validation[json], invalid-param-combination",
    (place) => put(place, place.newName(), { Value: 1.5, Values: [1, 10], Unit: "Count" }),
    refused(
      400,
      "InvalidParameterCombination",
      "The parameters MetricData.member.1.Value and MetricData.member.1.Values are mutually exclusive and you have specified both.",
    ),
  ],
  [
    "test_put_metric_data_validation[json], invalid-param-value",
    (place) => put(place, place.newName(), { Values: [1, 10], Counts: [2, 4, 5], Unit: "Count" }),
    refused(
      400,
      "InvalidParameterValue",
      "The parameters MetricData.member.1.Values and MetricData.member.1.Counts must be of the same size.",
    ),
  ],
  [
    "test_put_metric_data_validation[json], invalid-param-combination-2",
    (place) => put(place, place.newName(), { Value: 1.5, StatisticValues: SET, Unit: "Count" }),
    refused(
      400,
      "InvalidParameterCombination",
      "The parameters MetricData.member.1.Value and MetricData.member.1.StatisticValues are mutually exclusive and you have specified both.",
    ),
  ],
  [
    "test_put_metric_data_validation[json], values beside statistic values are accepted",
    async (place) =>
      withoutMetadata(await put(place, place.newName(), { Values: [1, 10], StatisticValues: SET, Unit: "Count" })),
    {},
  ],
  [
    "test_get_metric_data_for_multiple_metrics[json]",
    async (place) => {
      const Namespace = place.newName();
      await put(place, Namespace, { Value: 50, ...SECONDS });
      await put(place, Namespace, { MetricName: "metric2", Value: 25, ...SECONDS });
      await put(place, Namespace, { MetricName: "metric3", StatisticValues: SET, ...SECONDS });
      return data(
        place,
        Namespace,
        [1, 2, 3].map((index) => ({ id: `result${index}`, name: `metric${index}` })),
      );
    },
    found(["result1", "metric1", [50]], ["result2", "metric2", [25]], ["result3", "metric3", [55]]),
  ],
  ...(
    [
      ["query-Sum", 66],
      ["smithy-rpc-v2-cbor-SampleCount", 11],
      ["json-Minimum", 1],
      ["query-Maximum", 11],
      ["json-Average", 6],
    ] as const
  ).map(
    ([label, value]): Row => [
      `test_get_metric_data_stats[${label}]`,
      async (place) => {
        const Namespace = place.newName();
        await put(place, Namespace, { Value: 11, ...SECONDS });
        await put(place, Namespace, { StatisticValues: SET, ...SECONDS });
        return data(place, Namespace, [{ Stat: label.split("-").at(-1) ?? "" }]);
      },
      found(["result1", "metric1", [value]]),
    ],
  ),
  [
    "test_get_metric_data_with_dimensions[json]",
    async (place) => {
      const Namespace = place.newName();
      const one = [{ Name: "InstanceId", Value: "one" }];
      await put(place, Namespace, { Value: 11, Dimensions: one, ...SECONDS });
      await put(place, Namespace, { Value: 11, Dimensions: [{ Name: "InstanceId", Value: "two" }], ...SECONDS });
      await put(place, Namespace, { StatisticValues: SET, ...SECONDS });
      return data(place, Namespace, [{}], one);
    },
    found(["result1", "metric1", [11]]),
  ],
  [
    "test_get_metric_data_with_zero_and_labels[json]",
    async (place) => {
      const Namespace = place.newName();
      await put(place, Namespace, ...[0, 2, 4, 3.5, 7, 100].map((Value) => ({ Value, ...SECONDS })));
      const wanted = ["Average", "Sum", "Minimum", "Maximum"];
      return data(
        place,
        Namespace,
        wanted.map((Stat) => ({ id: `result_${Stat}`, Stat })),
      );
    },
    found(
      ["result_Average", "metric1 Average", [19.416666666666668]],
      ["result_Sum", "metric1 Sum", [116.5]],
      ["result_Minimum", "metric1 Minimum", [0]],
      ["result_Maximum", "metric1 Maximum", [100]],
    ),
  ],
  [
    "test_get_metric_statistics[json]",
    async (place) => {
      const Namespace = place.newName();
      for (let Value = 0; Value < 10; Value += 1) await put(place, Namespace, { MetricName: "metric", Value });
      return stats(place, Namespace, "metric", {
        Statistics: ["Average", "Sum", "Minimum", "Maximum", "SampleCount"],
      });
    },
    {
      Label: "metric",
      Datapoints: [{ Average: 4.5, Maximum: 9, Minimum: 0, SampleCount: 10, Sum: 45, Timestamp: isDate, Unit: "None" }],
    },
  ],
  [
    "test_handle_different_units[json]",
    async (place) => {
      const Namespace = place.newName();
      await put(place, Namespace, { Value: 1, ...SECONDS }, { Value: 5, Unit: "Count" }, { Value: 10 });
      const { Datapoints = [], Label } = await stats(place, Namespace, "metric1", { Statistics: ["Average"] });
      return { Label, Datapoints: Datapoints.toSorted((a, b) => Number(b.Average) - Number(a.Average)) };
    },
    {
      Label: "metric1",
      Datapoints: [
        { Average: 10, Timestamp: isDate, Unit: "None" },
        { Average: 5, Timestamp: isDate, Unit: "Count" },
        { Average: 1, Timestamp: isDate, Unit: "Seconds" },
      ],
    },
  ],
  [
    "test_get_metric_data_with_different_units[json]",
    async (place) => {
      const Namespace = place.newName();
      await put(place, Namespace, { Value: 1, ...SECONDS }, { Value: 1, Unit: "Count" });
      return data(place, Namespace, [{ id: "m1", ...SECONDS }]);
    },
    found(["m1", "metric1", [1]]),
  ],
  ...(
    [
      ["metric_data0", 1, false, "Milliseconds, Seconds", 60_000],
      ["metric_data1", 2, false, "Milliseconds, Seconds", 120_000],
      ["metric_data2", 2, true, "Count, Milliseconds, Seconds", 5],
    ] as const
  ).map(
    ([label, times, isCounted, units, sum]): Row => [
      `test_get_metric_data_different_units_no_unit_in_query[json-${label}]`,
      async (place) => {
        const Namespace = place.newName();
        const both = [{ Value: 60_000, Unit: "Milliseconds" } as const, { Value: 60, ...SECONDS }];
        const count = isCounted ? [{ Value: 5, Unit: "Count" } as const] : [];
        await put(place, Namespace, ...Array.from({ length: times }, () => both).flat(), ...count);
        return data(place, Namespace, [{ id: "m1" }]);
      },
      found([
        ...(["m1", "metric1", [sum]] as const),
        { Messages: [{ Code: "MultipleUnits", Value: `Multiple units returned: '[${units}]'` }] },
      ]),
    ],
  ),
  ...(
    [
      ["query-input_pairs0", ["Minimum", 30, "Seconds"], " Sum 60", " Minimum 30", [0]],
      ["json-input_pairs1", ["Minimum", 60, "Seconds"], " Sum", " Minimum", [0]],
      ["query-input_pairs2", ["Sum", 30, "Seconds"], " 60", " 30", [109]],
      ["json-input_pairs3", ["Minimum", 30, "Milliseconds"], " Sum 60", " Minimum 30", []],
      ["json-input_pairs4", ["Minimum", 60, "Milliseconds"], " Sum", " Minimum", []],
      ["json-input_pairs5", ["Sum", 30, "Milliseconds"], " 60", " 30", []],
      ["query-input_pairs6", ["Sum", 60, "Milliseconds"], "", "", []],
    ] as const
  ).map(
    ([label, [Stat, Period, Unit], first, second, values]): Row => [
      `test_label_generation[${label}]`,
      async (place) => {
        const Namespace = place.newName();
        await put(place, Namespace, ...[0, 2, 7, 100].map((Value) => ({ Value, ...SECONDS })));
        return data(place, Namespace, [
          { id: "a", Stat: "Sum", Period: 60, ...SECONDS },
          { id: "b", Stat, Period, Unit },
        ]);
      },
      found(["a", `metric1${first}`, [109]], ["b", `metric1${second}`, values]),
    ],
  ),
  [
    "test_get_metric_with_null_dimensions[json]",
    async (place) => {
      const Namespace = place.newName();
      await put(place, Namespace, { Value: 1, Dimensions: [{ Name: "foo", Value: "bar" }], ...SECONDS });
      return data(place, Namespace, [{ id: "m1" }]);
    },
    found(["m1", isText, []]),
  ],
  [
    "test_get_metric_with_no_results[json]",
    async (place) => {
      const Namespace = place.newName();
      await put(place, Namespace, { Value: 1 });
      return data(place, Namespace, [{ id: "result" }], [{ Name: "foo", Value: "bar" }]);
    },
    found(["result", isText, []]),
  ],
  ...multipleDimensions(),
  [
    "test_invalid_amount_of_datapoints[smithy-rpc-v2-cbor], error-invalid-amount-datapoints",
    (place) =>
      stats(place, "namespace", "name", {
        ...{ StartTime: minute, EndTime: later(86_400), Period: 1, Statistics: ["SampleCount"] },
      }),
    refused(
      400,
      "InvalidParameterCombination",
      "You have requested up to 86400 datapoints, which exceeds the limit of 1440. You may reduce the datapoints requested by increasing Period, or decreasing the time range.",
    ),
  ],
  [
    "test_invalid_amount_of_datapoints[smithy-rpc-v2-cbor], error-invalid-time-frame",
    (place) =>
      stats(place, "namespace", "name", { StartTime: minute, EndTime: minute, Period: 1, Statistics: ["SampleCount"] }),
    refused(400, "InvalidParameterValue", "The parameter StartTime must be less than the parameter EndTime."),
  ],
  [
    "test_invalid_amount_of_datapoints[smithy-rpc-v2-cbor], get-metric-statitics",
    (place) =>
      stats(place, place.newName(), "metric_name", {
        ...{ StartTime: minute, EndTime: later(86_400), Statistics: ["SampleCount"] },
      }),
    { Label: "metric_name", Datapoints: [] },
  ],
];

function multipleDimensions(): readonly Row[] {
  const Dimensions = Object.entries({
    ...{ error: "none", exception: "none", method: "GET", outcome: "SUCCESS", status: "200", uri: "/greetings" },
  }).map(([Name, Value]) => ({ Name, Value }));
  const MetricName = "http.server.requests.count";
  const measured = async (place: CloudWatchPlace) => {
    const Namespace = place.newName();
    for (const Value of [0, 5]) {
      await put(place, Namespace, { MetricName, Value, Unit: "Count", StorageResolution: 1, Dimensions });
    }
    return Namespace;
  };
  return [
    [
      "test_multiple_dimensions_statistics[json], get-metric-stats-max",
      async (place) =>
        data(
          place,
          await measured(place),
          [{ name: MetricName, Period: 10, Stat: "Maximum", Unit: "Count" }],
          Dimensions,
        ),
      found(["result1", MetricName, [5]]),
    ],
    [
      "test_multiple_dimensions_statistics[json], list-metrics",
      async (place) => {
        const Namespace = await measured(place);
        const { Metrics } = await place.cloudwatch.send(new ListMetricsCommand({ Namespace, MetricName, Dimensions }));
        return Metrics;
      },
      [{ Dimensions, MetricName, Namespace: isText }],
    ],
  ];
}

/** An alarm as the recordings set it, and what they show of it. */
const LEAST = {
  MetricName: "metric1",
  EvaluationPeriods: 1,
  ComparisonOperator: "GreaterThanThreshold",
  Period: 60,
  Statistic: "Sum",
  Threshold: 30,
} as const;
const INITIAL = { StateReason: "Unchecked: Initial alarm creation", StateValue: "INSUFFICIENT_DATA" };
const isArnOfAlarm = expect.stringMatching(/^arn:aws:cloudwatch:[a-z0-9-]+:\d{12}:alarm:/) as string;
const shown = (settings: object, state: object = INITIAL) => ({
  CompositeAlarms: [],
  MetricAlarms: [
    {
      ...{ ActionsEnabled: true, AlarmActions: [], OKActions: [], InsufficientDataActions: [], Dimensions: [] },
      ...{ AlarmArn: isArnOfAlarm, AlarmName: isText, AlarmConfigurationUpdatedTimestamp: isDate, Namespace: isText },
      ...{ StateTransitionedTimestamp: isDate, StateUpdatedTimestamp: isDate },
      ...LEAST,
      ...settings,
      ...state,
    },
  ],
});
async function alarm(place: CloudWatchPlace, more: Partial<PutMetricAlarmCommandInput> = {}): Promise<string> {
  const AlarmName = place.newName();
  await place.cloudwatch.send(new PutMetricAlarmCommand({ Namespace: place.newName(), ...LEAST, ...more, AlarmName }));
  return AlarmName;
}
const described = ({ cloudwatch }: CloudWatchPlace, name: string) =>
  cloudwatch.send(new DescribeAlarmsCommand({ AlarmNames: [name] })).then(withoutMetadata);
const arnOf = async (place: CloudWatchPlace, name: string) =>
  (await described(place, name)).MetricAlarms?.[0]?.AlarmArn ?? "";
const set = ({ cloudwatch }: CloudWatchPlace, AlarmName: string, StateValue: StateValue, StateReason: string) =>
  cloudwatch.send(new SetAlarmStateCommand({ AlarmName, StateValue, StateReason }));

/** A topic with a queue behind it. */
async function heard(place: CloudWatchPlace) {
  const { TopicArn = "" } = await place.sns.send(new CreateTopicCommand({ Name: place.newName() }));
  const { QueueUrl = "" } = await place.sqs.send(new CreateQueueCommand({ QueueName: place.newName() }));
  const asked = await place.sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["QueueArn"] }));
  await place.sns.send(new SubscribeCommand({ TopicArn, Protocol: "sqs", Endpoint: asked.Attributes?.QueueArn ?? "" }));
  const next = async () => {
    const { Messages } = await place.sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 10 }));
    const { Message } = JSON.parse(Messages?.[0]?.Body ?? "{}") as { Message: string };
    return JSON.parse(Message) as unknown;
  };
  return { TopicArn, next };
}

const instance = (Value: string) => [{ Name: "InstanceId", Value }];
const WATCHED = {
  AlarmDescription: "testing cloudwatch alarms",
  MetricName: "my-metric101",
  Period: 10,
  Threshold: 2,
  Dimensions: instance("abc"),
  Unit: "Seconds",
  Statistic: "Average",
  EvaluationPeriods: 2,
} as const;
const isTopic = [expect.stringMatching(/^arn:aws:sns:/) as string];
const WATCHED_SHOWN = { ...WATCHED, TreatMissingData: "ignore", AlarmActions: isTopic, OKActions: isTopic };
/** A moment as messages write it. */
const isMoment = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000$/) as string;
const told = (reason: string, TreatMissingData: string) => ({
  AWSAccountId: expect.stringMatching(/^\d{12}$/),
  AlarmActions: isTopic,
  AlarmArn: isArnOfAlarm,
  AlarmConfigurationUpdatedTimestamp: isMoment,
  AlarmDescription: "testing cloudwatch alarms",
  AlarmName: isText,
  InsufficientDataActions: [],
  NewStateReason: reason,
  NewStateValue: "ALARM",
  OKActions: isTopic,
  OldStateValue: "INSUFFICIENT_DATA",
  Region: "US East (N. Virginia)",
  StateChangeTime: isMoment,
  Trigger: {
    ComparisonOperator: "GreaterThanThreshold",
    Dimensions: [{ name: "InstanceId", value: "abc" }],
    EvaluateLowSampleCountPercentile: "",
    EvaluationPeriods: 2,
    MetricName: "my-metric101",
    Namespace: isText,
    Period: 10,
    Statistic: "AVERAGE",
    StatisticType: "Statistic",
    Threshold: 2,
    TreatMissingData,
    Unit: "Seconds",
  },
});
const NO_DATA =
  "Threshold Crossed: no datapoints were received for 2 periods and 2 missing datapoints were treated as [Breaching].";

async function watched(place: CloudWatchPlace, TreatMissingData: string) {
  const { TopicArn, next } = await heard(place);
  const name = await alarm(place, { ...WATCHED, TreatMissingData, OKActions: [TopicArn], AlarmActions: [TopicArn] });
  return { name, next };
}
const CPU = {
  AlarmDescription: "Test Alarm when CPU exceeds 50 percent",
  MetricName: "CPUUtilization-3",
  ActionsEnabled: true,
  Period: 300,
  Threshold: 50,
  Dimensions: instance("i-0317828c84edbe100"),
  Unit: "Percent",
  Statistic: "Average",
  EvaluationPeriods: 2,
  TreatMissingData: "ignore",
} as const;
const ON = { StateValue: "ALARM", StateReason: "testing alarm" };
const OFF = { StateValue: "OK", StateReason: "testing OK state" };

const alarms: readonly Row[] = [
  [
    "TestCloudWatchMultiProtocol::test_basic_operations_multiple_protocols[json], describe-alarms",
    (place) => described(place, "none"),
    { CompositeAlarms: [], MetricAlarms: [] },
  ],
  [
    "test_describe_alarms_converts_date_format_correctly[query]",
    async (place) => described(place, await alarm(place)),
    shown({}),
  ],
  [
    "test_describe_minimal_metric_alarm[json]",
    async (place) => described(place, await alarm(place, { Period: 10 })),
    shown({ Period: 10 }),
  ],
  [
    "test_put_metric_alarm_escape_character[json]",
    async (place) => {
      const AlarmActions = [`arn:aws:sns:${place.region}:111122223333:MyTopic`];
      return described(place, await alarm(place, { AlarmDescription: "<", Period: 600, Threshold: 1, AlarmActions }));
    },
    shown({ AlarmDescription: "<", Period: 600, Threshold: 1, AlarmActions: isTopic }),
  ],
  [
    "test_delete_alarm[json], describe-alarm",
    async (place) => described(place, await alarm(place, { MetricName: "metric1" })),
    shown({ MetricName: "metric1" }),
  ],
  [
    "test_delete_alarm[json], delete-alarm",
    async (place) =>
      withoutMetadata(await place.cloudwatch.send(new DeleteAlarmsCommand({ AlarmNames: [await alarm(place)] }))),
    {},
  ],
  [
    "test_delete_alarm[json], describe-after-delete",
    async (place) => {
      const name = await alarm(place);
      await place.cloudwatch.send(new DeleteAlarmsCommand({ AlarmNames: [name] }));
      return described(place, name);
    },
    { CompositeAlarms: [], MetricAlarms: [] },
  ],
  [
    "test_set_alarm[json], triggered-alarm",
    async (place) => {
      const { TopicArn } = await heard(place);
      const name = await alarm(place, { ...CPU, AlarmActions: [TopicArn], OKActions: [TopicArn] });
      await set(place, name, "ALARM", "testing alarm");
      return described(place, name);
    },
    shown({ ...CPU, AlarmActions: isTopic, OKActions: isTopic }, ON),
  ],
  [
    "test_set_alarm[json], reset-alarm",
    async (place) => {
      const { TopicArn } = await heard(place);
      const name = await alarm(place, { ...CPU, AlarmActions: [TopicArn], OKActions: [TopicArn] });
      await set(place, name, "ALARM", "testing alarm");
      await set(place, name, "OK", "resetting alarm");
      return described(place, name);
    },
    shown({ ...CPU, AlarmActions: isTopic, OKActions: isTopic }, { StateValue: "OK", StateReason: "resetting alarm" }),
  ],
  ...(
    [
      "test_set_alarm_invalid_input[json]",
      "TestCloudWatchMultiProtocol::test_exception_serializing_with_no_shape_in_spec[json]",
    ] as const
  ).flatMap((recording, index): readonly Row[] => [
    [
      `${recording}, ${["error-invalid-state", "invalid-value-response"][index]}`,
      async (place) => set(place, await alarm(place), "INVALID" as StateValue, "test"),
      refused(
        400,
        "ValidationError",
        "1 validation error detected: Value 'INVALID' at 'stateValue' failed to satisfy constraint: Member must satisfy enum value set: [INSUFFICIENT_DATA, ALARM, OK]",
      ),
    ],
    [
      `${recording}, ${["error-resource-not-found", "not-found-response-query-mode-true"][index]}`,
      (place) => set(place, "nonexistent", "OK", "test"),
      refused(404, "ResourceNotFound", NO_MESSAGE),
    ],
  ]),
  [
    "test_breaching_alarm_actions[smithy-rpc-v2-cbor], alarm-1-sqs-msg",
    async (place) => (await watched(place, "breaching")).next(),
    told(NO_DATA, "breaching"),
  ],
  [
    "test_breaching_alarm_actions[smithy-rpc-v2-cbor], alarm-1-describe",
    async (place) => {
      const { name } = await watched(place, "breaching");
      await place.changed(name, "ALARM");
      const { MetricAlarms: [first] = [], ...rest } = await described(place, name);
      return {
        ...rest,
        MetricAlarms: [{ ...first, StateReasonData: JSON.parse(first?.StateReasonData ?? "null") as unknown }],
      };
    },
    shown(
      { ...WATCHED_SHOWN, TreatMissingData: "breaching" },
      {
        StateValue: "ALARM",
        StateReason: NO_DATA,
        StateReasonData: {
          ...{ version: "1.0", queryDate: isMoment, unit: "Seconds", statistic: "Average", period: 10 },
          ...{ recentDatapoints: [], threshold: 2 },
          evaluatedDatapoints: [{ timestamp: isMoment }, { timestamp: isMoment }],
        },
      },
    ),
  ],
  [
    "test_enable_disable_alarm_actions[json], describe_alarm",
    async (place) => described(place, (await watched(place, "ignore")).name),
    shown(WATCHED_SHOWN),
  ],
  [
    "test_enable_disable_alarm_actions[json], alarm-state-sqs-msg",
    async (place) => {
      const { name, next } = await watched(place, "ignore");
      await set(place, name, "ALARM", "testing alarm");
      return next();
    },
    told("testing alarm", "ignore"),
  ],
  [
    "test_enable_disable_alarm_actions[json], alarm-state-describe",
    async (place) => {
      const { name } = await watched(place, "ignore");
      await set(place, name, "ALARM", "testing alarm");
      return described(place, name);
    },
    shown(WATCHED_SHOWN, ON),
  ],
  [
    "test_enable_disable_alarm_actions[json], describe_alarm_disabled",
    async (place) => {
      const { name } = await watched(place, "ignore");
      await place.cloudwatch.send(new DisableAlarmActionsCommand({ AlarmNames: [name] }));
      await set(place, name, "OK", "testing OK state");
      return described(place, name);
    },
    shown({ ...WATCHED_SHOWN, ActionsEnabled: false }, OFF),
  ],
  [
    "test_enable_disable_alarm_actions[json], describe_alarm_enabled",
    async (place) => {
      const { name } = await watched(place, "ignore");
      await place.cloudwatch.send(new DisableAlarmActionsCommand({ AlarmNames: [name] }));
      await set(place, name, "OK", "testing OK state");
      await place.cloudwatch.send(new EnableAlarmActionsCommand({ AlarmNames: [name] }));
      return described(place, name);
    },
    shown(WATCHED_SHOWN, OFF),
  ],
];

const TAGS = [
  { Key: "tag1", Value: "foo" },
  { Key: "tag2", Value: "bar" },
];
const PRODUCTION = { Key: "Environment", Value: "Production" };
const listed = async ({ cloudwatch }: CloudWatchPlace, ResourceARN: string) =>
  (await cloudwatch.send(new ListTagsForResourceCommand({ ResourceARN }))).Tags?.toSorted((a, b) =>
    String(a.Key) < String(b.Key) ? -1 : 1,
  );
/** An alarm's ARN after what the recordings did to its tags. */
async function tagged(place: CloudWatchPlace, made: readonly (typeof PRODUCTION)[], steps: 0 | 1 | 2) {
  const name = await alarm(place, { Tags: [...made] });
  const ResourceARN = await arnOf(place, name);
  if (steps > 0) await place.cloudwatch.send(new TagResourceCommand({ ResourceARN, Tags: TAGS }));
  if (steps > 1) await place.cloudwatch.send(new UntagResourceCommand({ ResourceARN, TagKeys: ["tag1"] }));
  return { name, ResourceARN };
}
const tags: readonly Row[] = (
  [
    ["test_store_tags[json], list_tags_for_resource_empty", [], 0, []],
    ["test_store_tags[json], list_tags_for_resource", [], 1, TAGS],
    ["test_store_tags[json], list_tags_for_resource_post_untag", [], 2, [TAGS[1]]],
    ["test_tagging_metric_alarm[json], list_tags_for_resource_after_creation", [PRODUCTION], 0, [PRODUCTION]],
    ["test_tagging_metric_alarm[json], list_tags_for_resource_updated", [PRODUCTION], 1, [PRODUCTION, ...TAGS]],
    ["test_tagging_metric_alarm[json], list_tags_for_resource_post_untag", [PRODUCTION], 2, [PRODUCTION, TAGS[1]]],
  ] as const
).map(
  ([recording, made, steps, answer]): Row => [
    recording,
    async (place) => listed(place, (await tagged(place, made, steps)).ResourceARN),
    answer,
  ],
);

const queueMetric = (names: readonly string[]) => async (place: CloudWatchPlace) => {
  const QueueName = place.newName();
  const { QueueUrl = "" } = await place.sqs.send(new CreateQueueCommand({ QueueName }));
  await place.sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 0 }));
  await place.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "Hello" }));
  const { Messages } = await place.sqs.send(new ReceiveMessageCommand({ QueueUrl }));
  const ReceiptHandle = Messages?.[0]?.ReceiptHandle;
  await place.sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
  const MetricDataQueries = names.map((MetricName, index) => ({
    Id: `m${index}`,
    MetricStat: {
      Metric: { Namespace: "AWS/SQS", MetricName, Dimensions: [{ Name: "QueueName", Value: QueueName }] },
      ...{ Period: 3600, Stat: "Sum" },
    },
  }));
  const sums = async () => {
    const span = { StartTime: new Date(Date.now() - 60_000), EndTime: new Date() };
    const { MetricDataResults = [] } = await place.cloudwatch.send(
      new GetMetricDataCommand({ MetricDataQueries, ...span }),
    );
    return MetricDataResults.map(({ Label, Values = [] }) => [Label, Values.reduce((sum, each) => sum + each, 0)]);
  };
  // The queue publishes its minute when that is over.
  let published = await sums();
  while (published.some(([, sum]) => sum === 0)) published = await sums();
  return published;
};
const queueMetrics: readonly Row[] = [
  [
    "test_aws_sqs_metrics_created, get_metric_data, without the size",
    queueMetric(["NumberOfMessagesSent", "NumberOfEmptyReceives"]),
    [
      ["NumberOfMessagesSent", 1],
      ["NumberOfEmptyReceives", 1],
    ],
  ],
  [
    "test_aws_sqs_metrics_created, get_metric_data_2",
    queueMetric(["NumberOfMessagesReceived", "NumberOfMessagesDeleted"]),
    [
      ["NumberOfMessagesReceived", 1],
      ["NumberOfMessagesDeleted", 1],
    ],
  ],
];

const gone: Row = [
  "test_tagging_metric_alarm[json], list_tags_for_deleted_resource",
  async (place) => {
    const { name, ResourceARN } = await tagged(place, [PRODUCTION], 2);
    await place.cloudwatch.send(new DeleteAlarmsCommand({ AlarmNames: [name] }));
    return listed(place, ResourceARN);
  },
  [],
];

/** AWS's answers about metrics, in AWS's own time. */
export const recordedMetricCalls = rows(metrics);
/** AWS's answers about alarms and the metrics of queues. Time runs faster for them. */
export const recordedAlarmCalls = rows([...alarms, ...tags, gone, ...queueMetrics]);

function rows(all: readonly Row[]): readonly RecordedCloudWatchCall[] {
  return all.map(([name, call, answer]) => ({
    recording: name.startsWith("Test") ? `test_cloudwatch.py::${name}` : `test_cloudwatch.py::TestCloudwatch::${name}`,
    call,
    answer,
  }));
}
