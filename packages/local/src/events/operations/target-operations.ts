import type { Fields } from "../../gateway/request-fields.ts";
import { isFields } from "../../gateway/request-fields.ts";
import { DELIVERED_TO, isDeliverable } from "../delivery-action.ts";
import type { RuleTarget } from "../event-bus.ts";
import { eventsErrors } from "../events-error.ts";
import { type EventsOperation, namedRule } from "./operation.ts";
import { eventsFields } from "./request-fields.ts";
import { keep } from "./rule-operations.ts";

/** Adds targets to a rule, or replaces those of the same ids. */
export const putTargets: EventsOperation = (context, input) => {
  const rule = namedRule(context, input, "Rule", "PutTargets");
  const given = eventsFields.recordList(input, "Targets").map(targetOf);
  const ids = new Set(given.map(({ id }) => id));
  const targets = [...rule.targets.filter(({ id }) => id === undefined || !ids.has(id)), ...given];
  // https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html
  if (targets.length > 5) throw eventsErrors.validation("A rule has five targets at most.");
  const other = given.find(({ arn }) => !isDeliverable(arn));
  if (other) {
    throw eventsErrors.validation(
      `The target ${other.id} is ${other.arn.slice(0, 200)}: the embedded EventBridge delivers to ${DELIVERED_TO} only.`,
    );
  }
  keep(context.events, { ...rule, targets });
  return { FailedEntryCount: 0, FailedEntries: [] };
};

/** Takes targets off a rule. */
export const removeTargets: EventsOperation = (context, input) => {
  const rule = namedRule(context, input, "Rule", "RemoveTargets");
  const ids = new Set(eventsFields.textList(input, "Ids"));
  const FailedEntries = [...ids]
    .filter((id) => !rule.targets.some((target) => target.id === id))
    .map((TargetId) => ({
      TargetId,
      ErrorCode: "ResourceNotFoundException",
      ErrorMessage: `Target ${TargetId} does not exist.`,
    }));
  keep(context.events, { ...rule, targets: rule.targets.filter(({ id }) => id === undefined || !ids.has(id)) });
  return { FailedEntryCount: FailedEntries.length, FailedEntries };
};

/** Lists the targets of a rule. */
export const listTargetsByRule: EventsOperation = (context, input) => ({
  Targets: namedRule(context, input, "Rule", "ListTargetsByRule").targets.map(described),
});

function targetOf(target: Fields): RuleTarget {
  const input = eventsFields.optionalText(target, "Input");
  const inputPath = eventsFields.optionalText(target, "InputPath");
  const transformer = target.InputTransformer;
  const deadLetters = target.DeadLetterConfig;
  const sqs = target.SqsParameters;
  const deadLetterArn = isFields(deadLetters) ? eventsFields.optionalText(deadLetters, "Arn") : undefined;
  const groupId = isFields(sqs) ? eventsFields.optionalText(sqs, "MessageGroupId") : undefined;
  return {
    id: eventsFields.text(target, "Id"),
    arn: eventsFields.text(target, "Arn"),
    ...(input !== undefined && { input }),
    ...(inputPath !== undefined && { inputPath }),
    ...(isFields(transformer) && {
      inputTransformer: {
        template: eventsFields.text(transformer, "InputTemplate"),
        paths: pathsOf(transformer.InputPathsMap),
      },
    }),
    ...(deadLetterArn !== undefined && { deadLetterArn }),
    ...(groupId !== undefined && { groupId }),
  };
}

function pathsOf(map: unknown): Readonly<Record<string, string>> {
  if (map === undefined || map === null) return {};
  if (!isFields(map)) throw eventsErrors.validation("Parameter InputPathsMap is not valid.");
  return Object.fromEntries(Object.keys(map).map((name) => [name, eventsFields.text(map, name)]));
}

function described({ id, arn, input, inputPath, inputTransformer, deadLetterArn, groupId }: RuleTarget) {
  return {
    Id: id,
    Arn: arn,
    ...(input !== undefined && { Input: input }),
    ...(inputPath !== undefined && { InputPath: inputPath }),
    ...(inputTransformer && {
      InputTransformer: { InputTemplate: inputTransformer.template, InputPathsMap: inputTransformer.paths },
    }),
    ...(deadLetterArn !== undefined && { DeadLetterConfig: { Arn: deadLetterArn } }),
    ...(groupId !== undefined && { SqsParameters: { MessageGroupId: groupId } }),
  };
}
