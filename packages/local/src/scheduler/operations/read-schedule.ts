import { type Fields, isFields } from "../../gateway/request-fields.ts";
import { DEFAULT_RETRY_POLICY, type ScheduleDefinition, type ScheduleTarget } from "../schedule-definition.ts";
import { DEFAULT_GROUP } from "../scheduler.ts";
import { schedulerErrors } from "../scheduler-error.ts";
import { schedulerFields } from "./operation.ts";

/** The schedule that a request defines. */
export function readSchedule(input: Fields): ScheduleDefinition {
  const text = (name: string) => schedulerFields.optionalText(input, name);
  const startMs = time(input, "StartDate");
  const endMs = time(input, "EndDate");
  const description = text("Description");
  const kmsKeyArn = text("KmsKeyArn");
  const windowMinutes = windowOf(member(input, "FlexibleTimeWindow"));
  return {
    group: text("GroupName") ?? DEFAULT_GROUP,
    name: schedulerFields.text(input, "Name"),
    expression: schedulerFields.text(input, "ScheduleExpression"),
    timeZone: text("ScheduleExpressionTimezone") ?? "UTC",
    ...(startMs !== undefined && { startMs }),
    ...(endMs !== undefined && { endMs }),
    ...(description !== undefined && { description }),
    ...(kmsKeyArn !== undefined && { kmsKeyArn }),
    isEnabled: text("State") !== "DISABLED",
    ...(windowMinutes !== undefined && { windowMinutes }),
    isDeletedAfterwards: text("ActionAfterCompletion") === "DELETE",
    target: targetOf(member(input, "Target")),
  };
}

function targetOf(target: Fields): ScheduleTarget {
  const input = schedulerFields.optionalText(target, "Input");
  const deadLetterArn = schedulerFields.optionalText(optional(target, "DeadLetterConfig"), "Arn");
  const groupId = schedulerFields.optionalText(optional(target, "SqsParameters"), "MessageGroupId");
  const bus = target.EventBridgeParameters == null ? undefined : member(target, "EventBridgeParameters");
  const retry = optional(target, "RetryPolicy");
  return {
    arn: schedulerFields.text(target, "Arn"),
    roleArn: schedulerFields.text(target, "RoleArn"),
    ...(input !== undefined && { input }),
    ...(deadLetterArn !== undefined && { deadLetterArn }),
    ...(groupId !== undefined && { groupId }),
    ...(bus && {
      busEvent: { detailType: schedulerFields.text(bus, "DetailType"), source: schedulerFields.text(bus, "Source") },
    }),
    retryPolicy: {
      maxAgeSeconds: number(retry, "MaximumEventAgeInSeconds") ?? DEFAULT_RETRY_POLICY.maxAgeSeconds,
      maxRetries: number(retry, "MaximumRetryAttempts") ?? DEFAULT_RETRY_POLICY.maxRetries,
    },
  };
}

function windowOf(window: Fields): number | undefined {
  const minutes = number(window, "MaximumWindowInMinutes");
  const isFlexible = schedulerFields.text(window, "Mode") === "FLEXIBLE";
  if (isFlexible === (minutes !== undefined)) return minutes;
  throw schedulerErrors.validation(
    isFlexible
      ? "MaximumWindowInMinutes must be specified for a flexible time window."
      : "MaximumWindowInMinutes can be specified for a flexible time window only.",
  );
}

function member(fields: Fields, name: string): Fields {
  const value = fields[name];
  if (isFields(value)) return value;
  if (value === undefined || value === null) schedulerFields.text({}, name);
  throw schedulerErrors.validation(`The parameter ${name} must be a structure.`);
}

function optional(fields: Fields, name: string): Fields {
  return fields[name] == null ? {} : member(fields, name);
}

function number(fields: Fields, name: string): number | undefined {
  const value = fields[name] ?? undefined;
  if (value === undefined || typeof value === "number") return value;
  throw schedulerErrors.validation(`The parameter ${name} must be a number.`);
}

/** A time, which the SDK sends as seconds since 1970. */
function time(fields: Fields, name: string): number | undefined {
  const given = number(fields, name);
  return given === undefined ? undefined : given * 1_000;
}
