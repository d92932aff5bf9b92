import { Duration, RemovalPolicy } from "aws-cdk-lib";
import type { PolledQueueProps } from "./polled-queue.ts";
import type { QueueLoopsStackProps } from "./stack.ts";

/** A context value (`cdk deploy -c name=value`) that cannot be used. */
class SettingError extends Error {
  readonly code = "SETTING";
  readonly setting: string;

  constructor(setting: string, message: string) {
    super(`The setting ${setting} ${message} Pass it as: cdk deploy -c ${setting}=VALUE`);
    this.name = "SettingError";
    this.setting = setting;
  }
}

/**
 * The stack's props from CDK context, whose values are text on the command line and JSON elsewhere.
 * What is not set keeps the stack's default.
 *
 * @throws SettingError (code `SETTING`) if a value cannot be used.
 */
export function settingsFrom(context: (name: string) => unknown): QueueLoopsStackProps {
  const number = (name: string) => wholeNumber(name, context(name));
  const timeoutSeconds = number("timeoutSeconds");
  const memoryMb = number("memoryMb");
  const minLoops = number("minLoops");
  const maxLoops = number("maxLoops");
  const cooldownSeconds = number("cooldownSeconds");
  const visibilitySeconds = number("visibilitySeconds");
  const alarmsAt = wholeNumbers("alarmsAt", context("alarmsAt"));
  const alarmPath = oneOf("alarmPath", context("alarmPath"), ["sns", "lambda"] as const);
  const data = oneOf("data", context("data"), ["keep", "delete"] as const);
  const messages: PolledQueueProps = {
    ...(minLoops === undefined ? {} : { minLoops }),
    ...(maxLoops === undefined ? {} : { maxLoops }),
    ...(cooldownSeconds === undefined ? {} : { cooldownSeconds }),
    ...(visibilitySeconds === undefined ? {} : { visibilitySeconds }),
    ...(alarmsAt === undefined ? {} : { alarmsAt }),
  };
  return {
    ...(Object.keys(messages).length === 0 ? {} : { queues: { Messages: messages } }),
    ...(timeoutSeconds === undefined ? {} : { timeout: Duration.seconds(timeoutSeconds) }),
    ...(memoryMb === undefined ? {} : { memorySize: memoryMb }),
    ...(alarmPath === undefined ? {} : { alarmPath }),
    ...(data === undefined ? {} : { removalPolicy: data === "keep" ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY }),
  };
}

function wholeNumber(name: string, value: unknown): number | undefined {
  if (value === undefined) return undefined;
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  if (typeof number === "number" && Number.isSafeInteger(number) && number > 0) return number;
  throw new SettingError(name, `must be a whole number above 0; it is ${JSON.stringify(value)}.`);
}

function wholeNumbers(name: string, value: unknown): readonly number[] | undefined {
  if (value === undefined) return undefined;
  const parts: readonly unknown[] = typeof value === "string" ? value.split(",") : [value].flat();
  return parts.map((part) => {
    const number = wholeNumber(name, part);
    if (number !== undefined) return number;
    throw new SettingError(name, `must be whole numbers above 0; it is ${JSON.stringify(value)}.`);
  });
}

function oneOf<T extends string>(name: string, value: unknown, choices: readonly T[]): T | undefined {
  if (value === undefined) return undefined;
  const choice = choices.find((candidate) => candidate === value);
  if (choice !== undefined) return choice;
  throw new SettingError(name, `must be ${choices.join(" or ")}; it is ${JSON.stringify(value)}.`);
}
