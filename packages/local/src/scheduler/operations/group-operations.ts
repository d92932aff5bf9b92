import type { Fields } from "../../gateway/request-fields.ts";
import { checkName } from "../check-schedule.ts";
import { DEFAULT_GROUP, type ScheduleGroup } from "../scheduler.ts";
import { schedulerErrors } from "../scheduler-error.ts";
import { groupTags } from "./group-tags.ts";
import { pageOf, type SchedulerContext, type SchedulerOperation, schedulerFields, seconds } from "./operation.ts";

/** Makes a group of schedules. */
export const createScheduleGroup: SchedulerOperation = (context, input) => {
  const name = authorized(context, "CreateScheduleGroup", input);
  checkName("name", name);
  if (context.scheduler.groups().some((group) => group.name === name)) throw schedulerErrors.groupExists(name);
  const wanted = groupTags(input);
  const { arn, tags } = context.scheduler.addGroup(name);
  for (const [key, value] of wanted) tags.set(key, value);
  return { ScheduleGroupArn: arn };
};

/** Describes a group. */
export const getScheduleGroup: SchedulerOperation = (context, input) =>
  described(existing(context, authorized(context, "GetScheduleGroup", input)));

/** Removes a group with its schedules; in AWS they are deleted over time, here at once. */
export const deleteScheduleGroup: SchedulerOperation = (context, input) => {
  const { name } = existing(context, authorized(context, "DeleteScheduleGroup", input));
  if (name === DEFAULT_GROUP) throw schedulerErrors.validation("The default schedule group can't be deleted.");
  context.scheduler.removeGroup(name);
  return {};
};

/** Lists groups by their names. */
export const listScheduleGroups: SchedulerOperation = (context, input) => {
  context.authorize("scheduler:ListScheduleGroups", "*");
  const prefix = schedulerFields.optionalText(input, "NamePrefix") ?? "";
  const matching = context.scheduler.groups().filter(({ name }) => name.startsWith(prefix));
  const { items, ...more } = pageOf(matching, ({ name }) => name, input);
  return { ScheduleGroups: items.map(described), ...more };
};

function described({ arn, name, createdMs }: ScheduleGroup) {
  const at = seconds(createdMs);
  return { Arn: arn, Name: name, State: "ACTIVE", CreationDate: at, LastModificationDate: at };
}

function authorized({ region, accountId, authorize }: SchedulerContext, action: string, input: Fields): string {
  const name = schedulerFields.text(input, "Name");
  authorize(`scheduler:${action}`, `arn:aws:scheduler:${region}:${accountId}:schedule-group/${name}`);
  return name;
}

function existing({ scheduler }: SchedulerContext, name: string): ScheduleGroup {
  const group = scheduler.groups().find((each) => each.name === name);
  if (!group) throw schedulerErrors.noGroup(name);
  return group;
}
