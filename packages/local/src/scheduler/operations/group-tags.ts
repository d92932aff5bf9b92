import type { Fields } from "../../gateway/request-fields.ts";
import { schedulerErrors } from "../scheduler-error.ts";
import { type SchedulerContext, type SchedulerOperation, schedulerFields } from "./operation.ts";

/** Sets tags of a group. */
export const tagGroup: SchedulerOperation = (context, input) => {
  const wanted = groupTags(input);
  const tags = taggedGroup(context, "TagResource", input);
  for (const [key, value] of wanted) tags.set(key, value);
  return {};
};

/** Removes tags of a group; one that it does not have is no error. */
export const untagGroup: SchedulerOperation = (context, input) => {
  const tags = taggedGroup(context, "UntagResource", input);
  for (const key of schedulerFields.textList(input, "TagKeys")) tags.delete(key);
  return {};
};

/** All tags of a group. */
export const listGroupTags: SchedulerOperation = (context, input) => {
  const tags = taggedGroup(context, "ListTagsForResource", input);
  return { Tags: [...tags].map(([Key, Value]) => ({ Key, Value })) };
};

/** The parameter `Tags`, by key. */
export function groupTags(input: Fields): ReadonlyMap<string, string> {
  const { recordList, text, optionalText } = schedulerFields;
  return new Map(recordList(input, "Tags").map((tag) => [text(tag, "Key"), optionalText(tag, "Value") ?? ""]));
}

/** Only groups have tags: https://docs.aws.amazon.com/scheduler/latest/APIReference/API_TagResource.html */
const GROUP_ARN = /^arn:aws(-[a-z]+)?:scheduler:[a-z0-9-]+:\d{12}:schedule-group\/([0-9a-zA-Z-_.]+)$/;

function taggedGroup({ scheduler, authorize }: SchedulerContext, action: string, input: Fields): Map<string, string> {
  const arn = schedulerFields.text(input, "ResourceArn");
  authorize(`scheduler:${action}`, arn);
  const [, , name] = GROUP_ARN.exec(arn) ?? [];
  if (name === undefined) {
    throw schedulerErrors.validation(
      `1 validation error detected: Value '${arn.slice(0, 200)}' at 'resourceArn' failed to satisfy constraint: Member must satisfy regular expression pattern: ${GROUP_ARN.source.replaceAll("\\/", "/")}`,
    );
  }
  const group = scheduler.groups().find((each) => each.arn === arn);
  if (!group) throw schedulerErrors.noGroup(name);
  return group.tags;
}
