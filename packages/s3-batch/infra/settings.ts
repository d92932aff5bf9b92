import { Duration, RemovalPolicy, Size } from "aws-cdk-lib";
import type { S3BatchStackProps } from "./stack.ts";

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
export function settingsFrom(context: (name: string) => unknown): S3BatchStackProps {
  const number = (name: string) => wholeNumber(name, context(name));
  const timeoutSeconds = number("timeoutSeconds");
  const maxDurationHours = number("maxDurationHours");
  const memoryMb = number("memoryMb");
  const tmpMb = number("tmpMb");
  const batchSize = number("batchSize");
  const trigger = oneOf("trigger", context("trigger"), ["notification", "eventbridge"] as const);
  const onChanged = oneOf("onChanged", context("onChanged"), ["restart", "fail"] as const);
  const onBrokenRecord = oneOf("onBrokenRecord", context("onBrokenRecord"), ["fail", "skip"] as const);
  const data = oneOf("data", context("data"), ["keep", "delete"] as const);
  return {
    ...(timeoutSeconds === undefined ? {} : { timeout: Duration.seconds(timeoutSeconds) }),
    ...(maxDurationHours === undefined ? {} : { maxDuration: Duration.hours(maxDurationHours) }),
    ...(memoryMb === undefined ? {} : { memorySize: memoryMb }),
    ...(tmpMb === undefined ? {} : { ephemeralStorageSize: Size.mebibytes(tmpMb) }),
    ...(batchSize === undefined ? {} : { batchSize }),
    ...(trigger === undefined ? {} : { trigger }),
    ...(onChanged === undefined ? {} : { onChanged }),
    ...(onBrokenRecord === undefined ? {} : { onBrokenRecord }),
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
