import { ContextSettings, SettingError } from "@longhaul/cdk";
import { Duration } from "aws-cdk-lib";
import type { BucketWalkerStackProps } from "./stack.ts";

/**
 * The stack's props from CDK context (`cdk deploy -c name=value`). What is not set keeps the stack's default.
 *
 * @throws SettingError (code `SETTING`) if a value cannot be used.
 */
export function settingsFrom(context: (name: string) => unknown): BucketWalkerStackProps {
  const settings = new ContextSettings(context);
  const props: BucketWalkerStackProps = ContextSettings.given({
    bucketNames: settings.names("buckets"),
    actions: settings.someOf("actions", ["each", "copy", "delete"]),
    targetBucketName: settings.names("target")?.[0],
    timeout: settings.number("timeoutSeconds", Duration.seconds),
    memorySize: settings.number("memoryMb"),
    depth: settings.number("depth"),
    maxParts: settings.number("maxParts"),
    everyDays: settings.number("everyDays"),
    mode: settings.oneOf("mode", ["parallel", "serial"]),
    removalPolicy: settings.removalPolicy("data"),
  });
  if (props.actions?.includes("copy") && props.targetBucketName === undefined) {
    throw new SettingError("target", "must name the bucket to copy to, since actions has copy.");
  }
  return props;
}
