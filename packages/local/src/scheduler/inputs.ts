import { allServed, harmless, type Inputs, list, only, served, structure } from "../gateway/inputs.ts";

const retry = harmless("a delivery on one machine works at once or never; GetSchedule tells it");

/** Inputs of a schedule, in requests and in templates. */
export const scheduleInputs: Inputs = {
  ...allServed("ScheduleExpression", "ScheduleExpressionTimezone", "StartDate", "EndDate", "Description"),
  State: only(["ENABLED", "DISABLED"], "these are served"),
  FlexibleTimeWindow: structure({
    Mode: only(["OFF", "FLEXIBLE"], "these are served"),
    MaximumWindowInMinutes: harmless("the beginning of the window is a moment within it"),
  }),
  Target: structure({
    ...allServed("Arn", "RoleArn", "Input"),
    DeadLetterConfig: structure({ Arn: served }),
    RetryPolicy: structure({ MaximumRetryAttempts: retry, MaximumEventAgeInSeconds: retry }),
    SqsParameters: structure({ MessageGroupId: served }),
    EventBridgeParameters: structure(allServed("DetailType", "Source")),
  }),
  KmsKeyArn: harmless("keys make no difference on one machine"),
};

const definition: Inputs = {
  ...scheduleInputs,
  ...allServed("Name", "GroupName", "ClientToken"),
  ActionAfterCompletion: only(["NONE", "DELETE"], "these are served"),
};
const tags = list(structure(allServed("Key", "Value")));
const named = allServed("Name", "ClientToken");
const paged = allServed("NamePrefix", "NextToken", "MaxResults");

/** The one list of what the embedded EventBridge Scheduler takes: every operation that is served, with its inputs. */
export const SCHEDULER_INPUTS = {
  CreateSchedule: definition,
  UpdateSchedule: definition,
  GetSchedule: allServed("Name", "GroupName"),
  DeleteSchedule: { ...named, GroupName: served },
  ListSchedules: { ...paged, ...allServed("GroupName", "State") },
  CreateScheduleGroup: { ...named, Tags: tags },
  GetScheduleGroup: allServed("Name"),
  DeleteScheduleGroup: named,
  ListScheduleGroups: paged,
  TagResource: { ResourceArn: served, Tags: tags },
  UntagResource: allServed("ResourceArn", "TagKeys"),
  ListTagsForResource: allServed("ResourceArn"),
} as const satisfies Readonly<Record<string, Inputs>>;

/** An operation of the EventBridge Scheduler API that is served. */
export type SchedulerOperationName = keyof typeof SCHEDULER_INPUTS;
