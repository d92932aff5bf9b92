import { readAlarmSettings } from "../../cloudwatch/alarm-input.ts";
import type { PropertyReader } from "../property-reader.ts";
import type { ResourceMaker } from "./resource.ts";
import { readTags } from "./tags.ts";

/** `AWS::CloudWatch::Alarm` on one metric. */
export const cloudWatchAlarm: ResourceMaker = (context, properties) => {
  const { alarms } = context.services.cloudwatch;
  const name = context.name(properties.optionalText("AlarmName"), 255);
  const parameters = readProperties(properties);
  const tags = new Map(Object.entries(readTags(properties)));
  properties.finish();
  const settings = readAlarmSettings({ ...parameters, AlarmName: name });
  // An alarm of another name is another alarm, as CloudFormation has it.
  if (context.previous && context.previous.ref !== name) alarms.delete([context.previous.ref]);
  const before = alarms.find(name);
  const { arn } = alarms.put(settings, tags);
  context.undo(() => (before ? alarms.put(before.settings) : alarms.delete([name])));
  return { ref: name, attributes: { Arn: arn } };
};

/** The properties are the parameters of `PutMetricAlarm`; numbers and booleans may be written as text here. */
function readProperties(properties: PropertyReader): Record<string, unknown> {
  const texts = [
    "AlarmDescription",
    "MetricName",
    "Namespace",
    "Statistic",
    "Unit",
    "ComparisonOperator",
    "TreatMissingData",
  ];
  const numbers = ["Period", "EvaluationPeriods", "DatapointsToAlarm", "Threshold"];
  const lists = ["OKActions", "AlarmActions", "InsufficientDataActions"];
  return {
    ...Object.fromEntries(texts.map((name) => [name, properties.optionalText(name)])),
    ...Object.fromEntries(numbers.map((name) => [name, properties.optionalNumber(name)])),
    ...Object.fromEntries(lists.map((name) => [name, properties.texts(name)])),
    ActionsEnabled: properties.optionalBoolean("ActionsEnabled"),
    Dimensions: properties
      .nestedList("Dimensions")
      .map((entry) => ({ Name: entry.text("Name"), Value: entry.text("Value") })),
  };
}
