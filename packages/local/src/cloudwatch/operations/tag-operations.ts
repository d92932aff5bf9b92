import { cloudWatchErrors } from "../cloudwatch-error.ts";
import { type Fields, optionalText, recordList, text, textList } from "../request-fields.ts";
import type { CloudWatchOperation } from "./operation.ts";

/** `TagResource`: sets tags of an alarm. */
export const tagAlarm: CloudWatchOperation = (context, input) => {
  const arn = text(input, "ResourceARN");
  context.authorize("cloudwatch:TagResource", arn);
  const tags = context.alarms.tagsOf(arn);
  if (tags === undefined) throw cloudWatchErrors.resourceNotFound(arn);
  for (const [key, value] of requestTags(input)) tags.set(key, value);
  return {};
};

/** `UntagResource`: removes tags of an alarm. */
export const untagAlarm: CloudWatchOperation = (context, input) => {
  const arn = text(input, "ResourceARN");
  context.authorize("cloudwatch:UntagResource", arn);
  const tags = context.alarms.tagsOf(arn);
  if (tags === undefined) throw cloudWatchErrors.resourceNotFound(arn);
  for (const key of textList(input, "TagKeys")) tags.delete(key);
  return {};
};

/** `ListTagsForResource`: all tags of an alarm; none of one that is not there, as AWS answers. */
export const listAlarmTags: CloudWatchOperation = (context, input) => {
  const arn = text(input, "ResourceARN");
  context.authorize("cloudwatch:ListTagsForResource", arn);
  return { Tags: [...(context.alarms.tagsOf(arn) ?? [])].map(([Key, Value]) => ({ Key, Value })) };
};

/** The parameter `Tags`, by key. */
export function requestTags(input: Fields): ReadonlyMap<string, string> {
  return new Map(recordList(input, "Tags").map((tag) => [text(tag, "Key"), optionalText(tag, "Value") ?? ""]));
}
