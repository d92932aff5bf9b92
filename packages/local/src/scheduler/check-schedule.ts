import type { Role } from "../cloudformation/roles.ts";
import { DELIVERED_TO, isDeliverable } from "../events/delivery-action.ts";
import type { Schedule } from "../events/schedule.ts";
import { parseSchedulerSchedule, ScheduleExpressionError } from "../events/schedule-expression.ts";
import { isTimeZone } from "../events/time-zone.ts";
import type { ScheduleDefinition } from "./schedule-definition.ts";
import { schedulerErrors } from "./scheduler-error.ts";

const SERVICE = "scheduler.amazonaws.com";

/**
 * Checks what a schedule says, and answers when it falls due.
 *
 * @param role - the role that it acts with, if a stack has it
 * @throws `SchedulerError` in the words of AWS, where they are known.
 * @see https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html
 */
export function checkSchedule(definition: ScheduleDefinition, role: Role | undefined): Schedule {
  const { name, timeZone, startMs, endMs, windowMinutes, description, target } = definition;
  checkName("name", name);
  if (!isTimeZone(timeZone)) {
    throw schedulerErrors.validation(`Invalid Schedule Expression Timezone ${timeZone.slice(0, 100)}.`);
  }
  if (startMs !== undefined && endMs !== undefined && endMs <= startMs) {
    throw schedulerErrors.validation("The EndDate you specify must come after the StartDate.");
  }
  checkRange("flexibleTimeWindow.maximumWindowInMinutes", windowMinutes, 1, 1_440);
  checkRange("target.retryPolicy.maximumEventAgeInSeconds", target.retryPolicy.maxAgeSeconds, 60, 86_400);
  checkRange("target.retryPolicy.maximumRetryAttempts", target.retryPolicy.maxRetries, 0, 185);
  if (description !== undefined && description.length > 512) {
    throw refused("description", description, "Member must have length less than or equal to 512");
  }
  checkTarget(definition);
  const schedule = parse(definition);
  if (role && !letsSchedulerAssumeIt(role)) {
    throw schedulerErrors.validation(
      "The execution role you provide must allow AWS EventBridge Scheduler to assume the role.",
    );
  }
  return schedule;
}

function parse({ expression, timeZone, startMs, endMs }: ScheduleDefinition): Schedule {
  try {
    return parseSchedulerSchedule(expression, {
      timeZone,
      ...(startMs !== undefined && { startMs }),
      ...(endMs !== undefined && { endMs }),
    });
  } catch (error) {
    if (!(error instanceof ScheduleExpressionError)) throw error;
    throw schedulerErrors.validation(`Invalid Schedule Expression ${expression.slice(0, 256)}.`);
  }
}

/** @throws `SchedulerError` unless it can be the name of a schedule or group; `member` is what AWS calls it. */
export function checkName(member: string, name: string): void {
  if (/^[0-9a-zA-Z\-_.]{1,64}$/.test(name)) return;
  const isLong = name.length > 64;
  throw refused(
    member,
    name,
    isLong
      ? "Member must have length less than or equal to 64"
      : "Member must satisfy regular expression pattern: ^[0-9a-zA-Z-_.]+$",
  );
}

/** @throws `SchedulerError` unless it is a whole number in the range; `undefined` is none to check. */
function checkRange(member: string, value: number | undefined, least: number, most: number): void {
  if (value === undefined || (Number.isInteger(value) && value >= least && value <= most)) return;
  const bound =
    value < least
      ? `greater than or equal to ${least}`
      : value > most
        ? `less than or equal to ${most}`
        : "a whole number";
  throw refused(member, String(value), `Member must have value ${bound}`);
}

function refused(member: string, value: string, constraint: string): Error {
  const text = `Value '${value.slice(0, 200)}' at '${member}' failed to satisfy constraint: ${constraint}`;
  return schedulerErrors.validation(`1 validation error detected: ${text}`);
}

function checkTarget({ target }: ScheduleDefinition): void {
  const { arn, input, busEvent, groupId, deadLetterArn } = target;
  if (!isDeliverable(arn)) {
    throw schedulerErrors.validation(
      `The target is ${arn.slice(0, 200)}: the embedded EventBridge Scheduler delivers to ${DELIVERED_TO} only.`,
    );
  }
  const service = arn.split(":")[2];
  if ((service === "events") !== (busEvent !== undefined)) {
    throw schedulerErrors.validation(
      service === "events"
        ? "EventBridgeParameters must be specified for an event bus."
        : "EventBridgeParameters can be specified for an event bus only.",
    );
  }
  const value = jsonOf(input);
  if (service === "lambda" && input !== undefined && value === undefined) {
    throw schedulerErrors.validation("The Input for a function must be well-formed JSON.");
  }
  if (busEvent && (typeof value !== "object" || value === null || Array.isArray(value))) {
    throw schedulerErrors.validation("The Input for an event bus must be a JSON object, its detail.");
  }
  if (groupId !== undefined && service !== "sqs") {
    throw schedulerErrors.validation("SqsParameters can be specified for a queue only.");
  }
  if (deadLetterArn !== undefined && !/^arn:[^:]+:sqs:[^:]+:\d{12}:[\w-]+$/.test(deadLetterArn)) {
    throw schedulerErrors.validation(`The dead-letter queue ${deadLetterArn.slice(0, 200)} is no standard queue.`);
  }
}

function jsonOf(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Whether the role's trust names the service. Conditions are taken as met. */
function letsSchedulerAssumeIt({ trust }: Role): boolean {
  return trust.some(({ effect, actions, principal }) => {
    const services: unknown =
      typeof principal === "object" && principal !== null ? Reflect.get(principal, "Service") : [];
    const isNamed = principal === "*" || [services].flat().some((service) => service === SERVICE);
    return effect === "Allow" && isNamed && actions.some((action) => ["sts:AssumeRole", "sts:*", "*"].includes(action));
  });
}
