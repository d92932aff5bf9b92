import { Duration, RemovalPolicy } from "aws-cdk-lib";
import type { SqsFileStackProps } from "./stack.ts";

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

/**
 * The stack's props from CDK context, whose values are text on the command line and JSON elsewhere.
 * What is not set keeps the stack's default.
 *
 * @throws SettingError (code `SETTING`) if a value cannot be used.
 */
export function settingsFrom(context: (name: string) => unknown): SqsFileStackProps {
  const number = (name: string) => wholeNumber(name, context(name));
  const timeoutSeconds = number("timeoutSeconds");
  const memoryMb = number("memoryMb");
  const batchSize = number("batchSize");
  const messagesPerInvocation = number("messagesPerInvocation");
  const maxConcurrency = number("maxConcurrency");
  const onInvalid = oneOf("onInvalid", context("onInvalid"), ["fail", "skip"] as const);
  const continueBy = oneOf("continueBy", context("continueBy"), ["sqs", "lambda"] as const);
  const delivery = oneOf("delivery", context("delivery"), ["wrapped", "raw"] as const);
  const data = oneOf("data", context("data"), ["keep", "delete"] as const);
  return {
    ...(timeoutSeconds === undefined ? {} : { timeout: Duration.seconds(timeoutSeconds) }),
    ...(memoryMb === undefined ? {} : { memorySize: memoryMb }),
    ...(batchSize === undefined ? {} : { batchSize }),
    ...(messagesPerInvocation === undefined ? {} : { messagesPerInvocation }),
    ...(maxConcurrency === undefined ? {} : { maxConcurrency }),
    ...(onInvalid === undefined ? {} : { onInvalid }),
    ...(continueBy === undefined ? {} : { continueBy }),
    ...(delivery === undefined ? {} : { rawMessageDelivery: delivery === "raw" }),
    ...(data === undefined ? {} : { removalPolicy: data === "keep" ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY }),
  };
}

function wholeNumber(name: string, value: unknown): number | undefined {
  if (value === undefined) return undefined;
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  if (typeof number === "number" && Number.isSafeInteger(number) && number > 0) return number;
  throw new SettingError(name, `must be a whole number above 0; it is ${JSON.stringify(value)}.`);
}

function oneOf<T extends string>(name: string, value: unknown, choices: readonly T[]): T | undefined {
  if (value === undefined) return undefined;
  const choice = choices.find((candidate) => candidate === value);
  if (choice !== undefined) return choice;
  throw new SettingError(name, `must be ${choices.join(" or ")}; it is ${JSON.stringify(value)}.`);
}
