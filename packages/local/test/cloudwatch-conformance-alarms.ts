import assert from "node:assert/strict";
import {
  type CloudWatchClient,
  DeleteAlarmsCommand,
  DescribeAlarmHistoryCommand,
  DescribeAlarmsCommand,
  type DescribeAlarmsCommandInput,
  DescribeAlarmsForMetricCommand,
  DisableAlarmActionsCommand,
  EnableAlarmActionsCommand,
  type MetricAlarm,
  PutMetricAlarmCommand,
  type PutMetricAlarmCommandInput,
  SetAlarmStateCommand,
} from "@aws-sdk/client-cloudwatch";
import { type CloudWatchCase, nameOfError, newName } from "./cloudwatch-names.ts";

const topicArn = "arn:aws:sns:us-east-1:123456789012:topic";

const plain = {
  Namespace: "conformance",
  MetricName: "m",
  Statistic: "Sum",
  Period: 300,
  EvaluationPeriods: 1,
  Threshold: 1,
  ComparisonOperator: "GreaterThanThreshold",
} satisfies Partial<PutMetricAlarmCommandInput>;

async function putAlarm(client: CloudWatchClient, input: Partial<PutMetricAlarmCommandInput> = {}): Promise<string> {
  const AlarmName = input.AlarmName ?? newName();
  await client.send(new PutMetricAlarmCommand({ ...plain, ...input, AlarmName }));
  return AlarmName;
}

async function list(client: CloudWatchClient, input: DescribeAlarmsCommandInput): Promise<readonly MetricAlarm[]> {
  const { MetricAlarms = [] } = await client.send(new DescribeAlarmsCommand(input));
  return MetricAlarms;
}

async function describe(client: CloudWatchClient, AlarmName: string): Promise<MetricAlarm> {
  const [alarm, ...others] = await list(client, { AlarmNames: [AlarmName] });
  assert.ok(alarm && others.length === 0);
  return alarm;
}

const setState = (client: CloudWatchClient, AlarmName: string, StateValue: "OK" | "ALARM", more: object = {}) =>
  client.send(new SetAlarmStateCommand({ AlarmName, StateValue, StateReason: "a test", ...more }));

/** Alarms: made, found, changed, ended. */
export const alarmCases: readonly CloudWatchCase[] = [
  {
    name: "an alarm is read back as it was set, defaults filled in, and without data at first",
    async run(client) {
      const settings = {
        AlarmDescription: "too many",
        Dimensions: [{ Name: "QueueName", Value: "q" }],
        EvaluationPeriods: 3,
        DatapointsToAlarm: 2,
        TreatMissingData: "notBreaching",
        AlarmActions: [topicArn],
      };
      const alarm = await describe(client, await putAlarm(client, settings));
      assert.match(alarm.AlarmArn ?? "", new RegExp(`^arn:aws:cloudwatch:[^:]+:\\d{12}:alarm:${alarm.AlarmName}$`));
      for (const [name, value] of Object.entries({ ...plain, ...settings })) {
        assert.deepEqual(alarm[name as keyof MetricAlarm], value, name);
      }
      assert.equal(alarm.ActionsEnabled, true);
      assert.deepEqual(alarm.OKActions, []);
      assert.equal(alarm.StateValue, "INSUFFICIENT_DATA");
      assert.equal(alarm.StateReason, "Unchecked: Initial alarm creation");
      assert.ok(alarm.StateUpdatedTimestamp && alarm.AlarmConfigurationUpdatedTimestamp);
    },
  },
  {
    name: "an alarm that is set again is changed as a whole and keeps its state",
    async run(client) {
      const AlarmName = await putAlarm(client, { AlarmDescription: "first", AlarmActions: [topicArn] });
      await setState(client, AlarmName, "ALARM");
      await putAlarm(client, { AlarmName, Threshold: 7 });
      const alarm = await describe(client, AlarmName);
      assert.equal(alarm.Threshold, 7);
      assert.equal(alarm.AlarmDescription, undefined);
      assert.deepEqual(alarm.AlarmActions, []);
      assert.equal(alarm.StateValue, "ALARM");
    },
  },
  {
    name: "alarms are found by name, prefix, state and action",
    async run(client) {
      const AlarmNamePrefix = newName();
      const action = `${topicArn}-${newName()}`;
      const a = await putAlarm(client, { AlarmName: `${AlarmNamePrefix}-a`, OKActions: [action] });
      const b = await putAlarm(client, { AlarmName: `${AlarmNamePrefix}-b` });
      await setState(client, b, "OK");
      const names = async (input: DescribeAlarmsCommandInput) =>
        (await list(client, input)).map(({ AlarmName }) => AlarmName).sort();
      assert.deepEqual(await names({ AlarmNames: [a, b, newName()] }), [a, b]);
      assert.deepEqual(await names({ AlarmNamePrefix }), [a, b]);
      assert.deepEqual(await names({ AlarmNamePrefix, StateValue: "OK" }), [b]);
      assert.deepEqual(await names({ ActionPrefix: action }), [a]);
    },
  },
  {
    name: "alarms come in pages",
    async run(client) {
      const AlarmNamePrefix = newName();
      for (let index = 0; index < 5; index += 1) await putAlarm(client, { AlarmName: `${AlarmNamePrefix}-${index}` });
      const pages: number[] = [];
      let NextToken: string | undefined;
      do {
        const page = await client.send(new DescribeAlarmsCommand({ AlarmNamePrefix, MaxRecords: 2, NextToken }));
        pages.push(page.MetricAlarms?.length ?? 0);
        NextToken = page.NextToken;
      } while (NextToken !== undefined);
      assert.deepEqual(pages, [2, 2, 1]);
    },
  },
  {
    name: "alarms are found by the metric they watch",
    async run(client) {
      const MetricName = newName();
      const Dimensions = [{ Name: "QueueName", Value: "q" }];
      const AlarmName = await putAlarm(client, { MetricName, Dimensions });
      const found = async (input: object) => {
        const command = new DescribeAlarmsForMetricCommand({ Namespace: plain.Namespace, MetricName, ...input });
        return (await client.send(command)).MetricAlarms?.map((alarm) => alarm.AlarmName);
      };
      assert.deepEqual(await found({ Dimensions }), [AlarmName]);
      assert.deepEqual(await found({}), []);
    },
  },
  {
    name: "a state set by hand is there at once, with its reason, and an unknown alarm has none",
    async run(client) {
      const AlarmName = await putAlarm(client);
      await setState(client, AlarmName, "ALARM", { StateReasonData: '{"a":1}' });
      const { StateValue, StateReason, StateReasonData } = await describe(client, AlarmName);
      assert.deepEqual([StateValue, StateReason, StateReasonData], ["ALARM", "a test", '{"a":1}']);
      assert.equal(await nameOfError(setState(client, newName(), "OK")), "ResourceNotFound");
    },
  },
  {
    name: "a reason that should be JSON and is none is refused",
    async run(client) {
      const AlarmName = await putAlarm(client);
      const set = setState(client, AlarmName, "ALARM", { StateReasonData: "{" });
      assert.equal(await nameOfError(set), "InvalidFormatFault");
      assert.equal((await describe(client, AlarmName)).StateValue, "INSUFFICIENT_DATA");
    },
  },
  {
    name: "actions are disabled and enabled",
    async run(client) {
      const AlarmNames = [await putAlarm(client)];
      const isEnabled = async () => (await describe(client, AlarmNames[0] ?? "")).ActionsEnabled;
      await client.send(new DisableAlarmActionsCommand({ AlarmNames }));
      assert.equal(await isEnabled(), false);
      await client.send(new EnableAlarmActionsCommand({ AlarmNames }));
      assert.equal(await isEnabled(), true);
    },
  },
  {
    name: "alarms are deleted",
    async run(client) {
      const AlarmNames = [await putAlarm(client), await putAlarm(client)];
      const kept = await putAlarm(client);
      await client.send(new DeleteAlarmsCommand({ AlarmNames }));
      assert.deepEqual(
        (await list(client, { AlarmNames: [...AlarmNames, kept] })).map(({ AlarmName }) => AlarmName),
        [kept],
      );
    },
  },
  {
    name: "the history of an alarm tells its changes, the newest first",
    async run(client) {
      const AlarmName = await putAlarm(client);
      await setState(client, AlarmName, "ALARM");
      await setState(client, AlarmName, "OK");
      const { AlarmHistoryItems = [] } = await client.send(
        new DescribeAlarmHistoryCommand({ AlarmName, HistoryItemType: "StateUpdate" }),
      );
      assert.deepEqual(
        AlarmHistoryItems.map(({ HistorySummary }) => HistorySummary),
        ["Alarm updated from ALARM to OK", "Alarm updated from INSUFFICIENT_DATA to ALARM"],
      );
      assert.equal(JSON.parse(AlarmHistoryItems[0]?.HistoryData ?? "{}").newState?.stateValue, "OK");
    },
  },
  {
    name: "settings that contradict themselves are refused",
    async run(client) {
      const refused = async (input: object) => nameOfError(putAlarm(client, input));
      assert.match(await refused({ DatapointsToAlarm: 2 }), /^(Validation|InvalidParameter)/, "M of N");
      assert.match(await refused({ Period: 45 }), /^(Validation|InvalidParameter)/, "period");
      assert.match(await refused({ Period: 300, EvaluationPeriods: 289 }), /^(Validation|InvalidParameter)/, "span");
      const AlarmActions = Array.from({ length: 6 }, (_, index) => `${topicArn}-${index}`);
      assert.match(await refused({ AlarmActions }), /^(Validation|InvalidParameter|LimitExceeded)/, "actions");
      assert.match(await refused({ TreatMissingData: "never" }), /^(Validation|InvalidParameter)/, "missing data");
    },
  },
];
