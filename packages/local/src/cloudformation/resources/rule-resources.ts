import type { EventRule, RuleTarget } from "../../events/event-bus.ts";
import type { PropertyReader } from "../property-reader.ts";
import type { ResourceMaker } from "./resource.ts";

/** `AWS::Events::Rule` on the default event bus. */
export const eventsRule: ResourceMaker = (context, properties) => {
  const name = context.name(properties.optionalText("Name"), 64);
  const arn = `arn:aws:events:${context.region}:${context.accountId}:rule/${name}`;
  const bus = properties.optionalText("EventBusName");
  if (bus !== undefined && bus !== "default" && bus !== context.services.events.arn) {
    properties.unsupported("EventBusName", "there is only the default event bus");
  }
  const pattern = properties.optionalObject("EventPattern");
  const schedule = properties.optionalText("ScheduleExpression");
  const rule: EventRule = {
    arn,
    isEnabled: isEnabled(properties),
    targets: properties.nestedList("Targets").map(readRuleTarget),
    ...(pattern && { pattern }),
    ...(schedule !== undefined && { schedule }),
  };
  properties.withoutEffect("Description", "Tags").finish();
  context.services.events.putRule(rule);
  return { ref: name, attributes: { Arn: arn } };
};

/** `AWS::Scheduler::Schedule` with a rate. */
export const schedulerSchedule: ResourceMaker = (context, properties) => {
  const name = context.name(properties.optionalText("Name"), 64);
  const group = properties.optionalText("GroupName") ?? "default";
  const arn = `arn:aws:scheduler:${context.region}:${context.accountId}:schedule/${group}/${name}`;
  const schedule = properties.text("ScheduleExpression");
  if (!schedule.startsWith("rate(")) properties.unsupported("ScheduleExpression", `${schedule}; rate(...) is`);
  const target = properties.nested("Target");
  if (!target) return properties.invalid("Target", "is required");
  target.withoutEffect("RoleArn");
  const targets = [readTarget(target)];
  if (properties.nested("FlexibleTimeWindow")?.text("Mode") === "FLEXIBLE") {
    properties.unsupported("FlexibleTimeWindow.Mode", "FLEXIBLE; OFF is");
  }
  const rule = {
    arn,
    schedule,
    isEnabled: isEnabled(properties),
    targets,
    servicePrincipal: "scheduler.amazonaws.com",
  };
  properties.withoutEffect("Description", "ScheduleExpressionTimezone").finish();
  context.services.events.putRule(rule);
  return { ref: name, attributes: { Arn: arn } };
};

function isEnabled(properties: PropertyReader): boolean {
  const state = properties.optionalText("State") ?? "ENABLED";
  if (state === "DISABLED") return false;
  if (state === "ENABLED") return true;
  return properties.unsupported("State", `${state}; ENABLED and DISABLED are`);
}

function readRuleTarget(target: PropertyReader): RuleTarget {
  target.withoutEffect("Id");
  return readTarget(target);
}

function readTarget(target: PropertyReader): RuleTarget {
  const input = target.optionalText("Input");
  const deadLetterArn = target.nested("DeadLetterConfig")?.optionalText("Arn");
  // Deliveries on one machine either work at once or never.
  target.withoutEffect("RetryPolicy");
  return {
    arn: target.text("Arn"),
    ...(input !== undefined && { input }),
    ...(deadLetterArn !== undefined && { deadLetterArn }),
  };
}
