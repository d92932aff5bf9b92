import { Duration, RemovalPolicy } from "aws-cdk-lib";
import type { ObjectAction } from "./permissions.ts";
import type { BucketWalkerStackProps } from "./stack.ts";

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

const ACTIONS: readonly ObjectAction[] = ["each", "copy", "delete"];

/**
 * The stack's props from CDK context, whose values are text on the command line and JSON elsewhere.
 * What is not set keeps the stack's default.
 *
 * @throws SettingError (code `SETTING`) if a value cannot be used.
 */
export function settingsFrom(context: (name: string) => unknown): BucketWalkerStackProps {
  const number = (name: string) => wholeNumber(name, context(name));
  const bucketNames = list("buckets", context("buckets"));
  const actions = list("actions", context("actions"))?.map((name) => oneOf("actions", name, ACTIONS) as ObjectAction);
  const [targetBucketName] = list("target", context("target")) ?? [];
  const timeoutSeconds = number("timeoutSeconds");
  const memorySize = number("memoryMb");
  const depth = number("depth");
  const maxParts = number("maxParts");
  const everyDays = number("everyDays");
  const mode = oneOf("mode", context("mode"), ["parallel", "serial"] as const);
  const data = oneOf("data", context("data"), ["keep", "delete"] as const);
  if (actions?.includes("copy") && targetBucketName === undefined) {
    throw new SettingError("target", "must name the bucket to copy to, since actions has copy.");
  }
  return {
    ...(bucketNames === undefined ? {} : { bucketNames }),
    ...(actions === undefined ? {} : { actions }),
    ...(targetBucketName === undefined ? {} : { targetBucketName }),
    ...(timeoutSeconds === undefined ? {} : { timeout: Duration.seconds(timeoutSeconds) }),
    ...(memorySize === undefined ? {} : { memorySize }),
    ...(depth === undefined ? {} : { depth }),
    ...(maxParts === undefined ? {} : { maxParts }),
    ...(everyDays === undefined ? {} : { everyDays }),
    ...(mode === undefined ? {} : { mode }),
    ...(data === undefined ? {} : { removalPolicy: data === "keep" ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY }),
  };
}

/** Names with commas in between, or a JSON array of them. */
function list(name: string, value: unknown): readonly string[] | undefined {
  if (value === undefined) return undefined;
  const names: unknown[] = Array.isArray(value) ? value : String(value).split(",");
  const trimmed = names.map((each) => (typeof each === "string" ? each.trim() : ""));
  if (trimmed.length > 0 && !trimmed.includes("")) return trimmed;
  throw new SettingError(name, `must be names with commas in between; it is ${JSON.stringify(value)}.`);
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
