import type { Fields } from "../../gateway/request-fields.ts";
import { DEFAULT_BUS, type EventBus, type EventRule } from "../event-bus.ts";
import { compileEventPattern } from "../event-pattern.ts";
import { EventPatternError } from "../event-pattern-error.ts";
import { eventsErrors } from "../events-error.ts";
import { ScheduleExpressionError } from "../schedule-expression.ts";
import { TargetInputError } from "../target-input.ts";
import { busOf, type EventsOperation, namedRule, ruleArn } from "./operation.ts";
import { eventsFields } from "./request-fields.ts";

/** Makes or replaces a rule; its targets stay. */
export const putRule: EventsOperation = (context, input) => {
  const name = eventsFields.text(input, "Name");
  const bus = busOf(context, input);
  const arn = ruleArn(context, bus, name);
  context.authorize("events:PutRule", arn);
  if (!/^[.\-_A-Za-z0-9]{1,64}$/.test(name))
    throw eventsErrors.validation(`Rule name ${name.slice(0, 100)} is not valid.`);
  const pattern = patternOf(input);
  const schedule = eventsFields.optionalText(input, "ScheduleExpression");
  if (pattern === undefined && schedule === undefined) {
    throw eventsErrors.validation("Parameter(s) EventPattern or ScheduleExpression must be specified.");
  }
  if (schedule !== undefined && bus !== DEFAULT_BUS) {
    throw eventsErrors.validation("ScheduleExpression is supported only on the default event bus.");
  }
  const before = context.events.rules().find((rule) => rule.arn === arn);
  keep(context.events, {
    arn,
    bus,
    isEnabled: (eventsFields.optionalText(input, "State") ?? "ENABLED") !== "DISABLED",
    targets: before?.targets ?? [],
    ...(pattern !== undefined && { pattern }),
    ...(schedule !== undefined && { schedule }),
  });
  return { RuleArn: arn };
};

/** Removes a rule without targets; one that is not there is no error. */
export const deleteRule: EventsOperation = (context, input) => {
  const name = eventsFields.text(input, "Name");
  const arn = ruleArn(context, busOf(context, input), name);
  context.authorize("events:DeleteRule", arn);
  const rule = context.events.rules().find((each) => each.arn === arn);
  if (rule && rule.targets.length > 0) throw eventsErrors.hasTargets();
  context.events.removeRule(arn);
  return {};
};

/** Tells what a rule says. */
export const describeRule: EventsOperation = (context, input) =>
  described(namedRule(context, input, "Name", "DescribeRule"));

/** Has a rule apply, or not. */
export const enableRule: EventsOperation = (context, input) => {
  keep(context.events, { ...namedRule(context, input, "Name", "EnableRule"), isEnabled: true });
  return {};
};

/** Has a rule not apply until it is enabled. */
export const disableRule: EventsOperation = (context, input) => {
  keep(context.events, { ...namedRule(context, input, "Name", "DisableRule"), isEnabled: false });
  return {};
};

/** Lists the rules of a bus, by their names. */
export const listRules: EventsOperation = (context, input) => {
  const bus = busOf(context, input);
  context.authorize("events:ListRules", ruleArn(context, bus, "*"));
  const prefix = eventsFields.optionalText(input, "NamePrefix") ?? "";
  const rules = context.events
    .rules()
    .filter((rule) => (rule.bus ?? DEFAULT_BUS) === bus)
    .map(described)
    .filter(({ Name }) => Name.startsWith(prefix));
  return { Rules: rules.sort((a, b) => (a.Name < b.Name ? -1 : 1)) };
};

/** Tells whether an event matches a pattern. */
export const testEventPattern: EventsOperation = (context, input) => {
  context.authorize("events:TestEventPattern", "*");
  const pattern = patternOf({ EventPattern: eventsFields.text(input, "EventPattern") });
  try {
    return { Result: compileEventPattern(pattern)(JSON.parse(eventsFields.text(input, "Event"))) };
  } catch (error) {
    if (error instanceof SyntaxError) throw eventsErrors.validation("Parameter Event is not valid.");
    throw inWordsOfAws(error);
  }
};

/** Puts a rule, and words what is wrong with it as AWS does. */
export function keep(events: EventBus, rule: EventRule): void {
  try {
    events.putRule(rule);
  } catch (error) {
    throw inWordsOfAws(error);
  }
}

function inWordsOfAws(error: unknown): unknown {
  if (error instanceof EventPatternError) return eventsErrors.invalidPattern(error.message);
  if (error instanceof TargetInputError) return eventsErrors.validation(error.message);
  if (error instanceof ScheduleExpressionError) {
    return eventsErrors.validation("Parameter ScheduleExpression is not valid.");
  }
  return error;
}

function patternOf(input: Fields): unknown {
  const given = eventsFields.optionalText(input, "EventPattern");
  if (given === undefined) return undefined;
  try {
    return JSON.parse(given);
  } catch {
    throw eventsErrors.invalidPattern("Event pattern is not valid. Reason: It is not JSON.");
  }
}

function described({ arn, bus = DEFAULT_BUS, pattern, schedule, isEnabled }: EventRule) {
  return {
    Name: arn.slice(arn.lastIndexOf("/") + 1),
    Arn: arn,
    EventBusName: bus,
    State: isEnabled ? "ENABLED" : "DISABLED",
    ...(pattern !== undefined && { EventPattern: JSON.stringify(pattern) }),
    ...(schedule !== undefined && { ScheduleExpression: schedule }),
  };
}
