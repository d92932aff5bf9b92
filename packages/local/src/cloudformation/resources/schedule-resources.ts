import {
  DEFAULT_RETRY_POLICY,
  type ScheduleDefinition,
  type ScheduleTarget,
} from "../../scheduler/schedule-definition.ts";
import { DEFAULT_GROUP } from "../../scheduler/scheduler.ts";
import type { PropertyReader } from "../property-reader.ts";
import type { ResourceMaker } from "./resource.ts";
import { readTags } from "./tags.ts";

/** `AWS::Scheduler::Schedule`. A flexible window is used at its beginning. */
export const schedulerSchedule: ResourceMaker = (context, properties) => {
  const { scheduler } = context.services;
  const name = context.name(properties.optionalText("Name"), 64);
  const group = properties.optionalText("GroupName") ?? DEFAULT_GROUP;
  if (!scheduler.groups().some((each) => each.name === group)) {
    properties.invalid("GroupName", `is ${group}, which is no schedule group of a deployed stack`);
  }
  const target = properties.nested("Target");
  if (!target) return properties.invalid("Target", "is required");
  const startMs = readDate(properties, "StartDate");
  const endMs = readDate(properties, "EndDate");
  const description = properties.optionalText("Description");
  const window = properties.nested("FlexibleTimeWindow");
  const isFlexible = window?.text("Mode") === "FLEXIBLE";
  const windowMinutes = window?.optionalNumber("MaximumWindowInMinutes");
  const definition: ScheduleDefinition = {
    ...{ group, name },
    expression: properties.text("ScheduleExpression"),
    timeZone: properties.optionalText("ScheduleExpressionTimezone") ?? "UTC",
    ...(startMs !== undefined && { startMs }),
    ...(endMs !== undefined && { endMs }),
    ...(description !== undefined && { description }),
    isEnabled: properties.optionalText("State") !== "DISABLED",
    ...(isFlexible && windowMinutes !== undefined && { windowMinutes }),
    // No property of a template asks for it.
    isDeletedAfterwards: false,
    target: readTarget(target),
  };
  properties.finish();
  const before = scheduler.schedule(group, name);
  const { arn } = scheduler.putSchedule(definition);
  context.undo(() => (before ? scheduler.putSchedule(before.definition) : scheduler.removeSchedule(group, name)));
  return { ref: name, attributes: { Arn: arn } };
};

/** `AWS::Scheduler::ScheduleGroup` */
export const schedulerScheduleGroup: ResourceMaker = (context, properties) => {
  const name = context.name(properties.optionalText("Name"), 64);
  const tags = readTags(properties);
  properties.finish();
  const { scheduler } = context.services;
  if (!scheduler.groups().some((group) => group.name === name)) context.undo(() => scheduler.removeGroup(name));
  const group = scheduler.addGroup(name);
  for (const [key, value] of Object.entries(tags)) group.tags.set(key, value);
  const at = new Date(group.createdMs).toISOString();
  return {
    ref: name,
    attributes: { Arn: group.arn, State: "ACTIVE", CreationDate: at, LastModificationDate: at },
  };
};

function readTarget(target: PropertyReader): ScheduleTarget {
  const input = target.optionalText("Input");
  const deadLetterArn = target.nested("DeadLetterConfig")?.optionalText("Arn");
  const groupId = target.nested("SqsParameters")?.optionalText("MessageGroupId");
  const bus = target.nested("EventBridgeParameters");
  const retry = target.nested("RetryPolicy");
  return {
    arn: target.text("Arn"),
    roleArn: target.text("RoleArn"),
    ...(input !== undefined && { input }),
    ...(deadLetterArn !== undefined && { deadLetterArn }),
    ...(groupId !== undefined && { groupId }),
    ...(bus && { busEvent: { detailType: bus.text("DetailType"), source: bus.text("Source") } }),
    retryPolicy: {
      maxAgeSeconds: retry?.optionalNumber("MaximumEventAgeInSeconds") ?? DEFAULT_RETRY_POLICY.maxAgeSeconds,
      maxRetries: retry?.optionalNumber("MaximumRetryAttempts") ?? DEFAULT_RETRY_POLICY.maxRetries,
    },
  };
}

function readDate(properties: PropertyReader, name: string): number | undefined {
  const text = properties.optionalText(name);
  if (text === undefined) return undefined;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? properties.invalid(name, `is ${JSON.stringify(text)}; it must be a date and time`) : ms;
}
