import type { Fields } from "../../gateway/request-fields.ts";
import { DEFAULT_GROUP, type KeptSchedule } from "../scheduler.ts";
import { schedulerErrors } from "../scheduler-error.ts";
import { pageOf, type SchedulerContext, type SchedulerOperation, schedulerFields, seconds } from "./operation.ts";
import { readSchedule } from "./read-schedule.ts";

/** Makes a schedule. The same request again, by its client token, is answered as the first one was. */
export const createSchedule: SchedulerOperation = (context, input) => {
  const definition = readSchedule(input);
  const { group, name, target } = definition;
  const arn = authorized(context, "CreateSchedule", input);
  context.authorize("iam:PassRole", target.roleArn);
  const request = JSON.stringify(input);
  if (context.scheduler.schedule(group, name)) {
    if (typeof input.ClientToken === "string" && context.creations.get(arn) === request) return { ScheduleArn: arn };
    throw schedulerErrors.scheduleExists(name);
  }
  context.scheduler.putSchedule(definition);
  context.creations.set(arn, request);
  return { ScheduleArn: arn };
};

/** Replaces all that a schedule says; what is not given has its default again. */
export const updateSchedule: SchedulerOperation = (context, input) => {
  const definition = readSchedule(input);
  const arn = authorized(context, "UpdateSchedule", input);
  context.authorize("iam:PassRole", definition.target.roleArn);
  existing(context, input);
  context.scheduler.putSchedule(definition);
  return { ScheduleArn: arn };
};

/** Tells what a schedule says. */
export const getSchedule: SchedulerOperation = (context, input) => {
  authorized(context, "GetSchedule", input);
  const schedule = existing(context, input);
  const { definition } = schedule;
  const { target, startMs, endMs, description, kmsKeyArn, windowMinutes } = definition;
  return {
    ...summaryOf(schedule),
    ScheduleExpression: definition.expression,
    ScheduleExpressionTimezone: definition.timeZone,
    ...(startMs !== undefined && { StartDate: seconds(startMs) }),
    ...(endMs !== undefined && { EndDate: seconds(endMs) }),
    ...(description !== undefined && { Description: description }),
    ...(kmsKeyArn !== undefined && { KmsKeyArn: kmsKeyArn }),
    FlexibleTimeWindow:
      windowMinutes === undefined ? { Mode: "OFF" } : { Mode: "FLEXIBLE", MaximumWindowInMinutes: windowMinutes },
    ActionAfterCompletion: definition.isDeletedAfterwards ? "DELETE" : "NONE",
    Target: {
      Arn: target.arn,
      RoleArn: target.roleArn,
      ...(target.input !== undefined && { Input: target.input }),
      ...(target.deadLetterArn !== undefined && { DeadLetterConfig: { Arn: target.deadLetterArn } }),
      ...(target.groupId !== undefined && { SqsParameters: { MessageGroupId: target.groupId } }),
      ...(target.busEvent && {
        EventBridgeParameters: { DetailType: target.busEvent.detailType, Source: target.busEvent.source },
      }),
      RetryPolicy: {
        MaximumEventAgeInSeconds: target.retryPolicy.maxAgeSeconds,
        MaximumRetryAttempts: target.retryPolicy.maxRetries,
      },
    },
  };
};

/** Removes a schedule. */
export const deleteSchedule: SchedulerOperation = (context, input) => {
  const arn = authorized(context, "DeleteSchedule", input);
  const { group, name } = existing(context, input).definition;
  context.scheduler.removeSchedule(group, name);
  context.creations.delete(arn);
  return {};
};

/** Lists schedules by group and name. */
export const listSchedules: SchedulerOperation = (context, input) => {
  const group = schedulerFields.optionalText(input, "GroupName");
  context.authorize("scheduler:ListSchedules", "*");
  const prefix = schedulerFields.optionalText(input, "NamePrefix") ?? "";
  const state = schedulerFields.optionalText(input, "State");
  if (group !== undefined && !context.scheduler.groups().some(({ name }) => name === group)) {
    throw schedulerErrors.noGroup(group);
  }
  const matching = context.scheduler.schedules().filter(({ definition }) => {
    const isGrouped = group === undefined || definition.group === group;
    return isGrouped && definition.name.startsWith(prefix) && (state === undefined || state === stateOf(definition));
  });
  const { items, ...more } = pageOf(matching, ({ definition: { group, name } }) => `${group}/${name}`, input);
  return {
    Schedules: items.map((schedule) => ({
      ...summaryOf(schedule),
      Target: { Arn: schedule.definition.target.arn },
    })),
    ...more,
  };
};

function summaryOf({ arn, definition, createdMs, changedMs }: KeptSchedule) {
  return {
    Arn: arn,
    GroupName: definition.group,
    Name: definition.name,
    State: stateOf(definition),
    CreationDate: seconds(createdMs),
    LastModificationDate: seconds(changedMs),
  };
}

function stateOf({ isEnabled }: { readonly isEnabled: boolean }): "ENABLED" | "DISABLED" {
  return isEnabled ? "ENABLED" : "DISABLED";
}

function placeOf(input: Fields): readonly [group: string, name: string] {
  return [schedulerFields.optionalText(input, "GroupName") ?? DEFAULT_GROUP, schedulerFields.text(input, "Name")];
}

/** The schedule's ARN, after its permission was asked for. */
function authorized({ region, accountId, authorize }: SchedulerContext, action: string, input: Fields): string {
  const arn = `arn:aws:scheduler:${region}:${accountId}:schedule/${placeOf(input).join("/")}`;
  authorize(`scheduler:${action}`, arn);
  return arn;
}

function existing({ scheduler }: SchedulerContext, input: Fields): KeptSchedule {
  const [group, name] = placeOf(input);
  const schedule = scheduler.schedule(group, name);
  if (!schedule) throw schedulerErrors.noSchedule(name);
  return schedule;
}
