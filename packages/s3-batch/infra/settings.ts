import { ContextSettings } from "@longhaul/cdk";
import { Duration, Size } from "aws-cdk-lib";
import type { S3BatchStackProps } from "./stack.ts";

/**
 * The stack's props from CDK context (`cdk deploy -c name=value`). What is not set keeps the stack's default.
 *
 * @throws SettingError (code `SETTING`) if a value cannot be used.
 */
export function settingsFrom(context: (name: string) => unknown): S3BatchStackProps {
  const settings = new ContextSettings(context);
  return ContextSettings.given({
    timeout: settings.number("timeoutSeconds", Duration.seconds),
    maxDuration: settings.number("maxDurationHours", Duration.hours),
    memorySize: settings.number("memoryMb"),
    ephemeralStorageSize: settings.number("tmpMb", Size.mebibytes),
    batchSize: settings.number("batchSize"),
    trigger: settings.oneOf("trigger", ["notification", "eventbridge"]),
    onChanged: settings.oneOf("onChanged", ["restart", "fail"]),
    onBrokenRecord: settings.oneOf("onBrokenRecord", ["fail", "skip"]),
    removalPolicy: settings.removalPolicy("data"),
  });
}
