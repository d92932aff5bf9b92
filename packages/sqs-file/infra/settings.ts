import { ContextSettings } from "@longhaul/cdk";
import { Duration } from "aws-cdk-lib";
import type { SqsFileStackProps } from "./stack.ts";

/**
 * The stack's props from CDK context (`cdk deploy -c name=value`). What is not set keeps the stack's default.
 *
 * @throws SettingError (code `SETTING`) if a value cannot be used.
 */
export function settingsFrom(context: (name: string) => unknown): SqsFileStackProps {
  const settings = new ContextSettings(context);
  const delivery = settings.oneOf("delivery", ["wrapped", "raw"]);
  return ContextSettings.given({
    timeout: settings.number("timeoutSeconds", Duration.seconds),
    memorySize: settings.number("memoryMb"),
    batchSize: settings.number("batchSize"),
    messagesPerInvocation: settings.number("messagesPerInvocation"),
    maxConcurrency: settings.number("maxConcurrency"),
    onInvalid: settings.oneOf("onInvalid", ["fail", "skip"]),
    continueBy: settings.oneOf("continueBy", ["sqs", "lambda"]),
    rawMessageDelivery: delivery === undefined ? undefined : delivery === "raw",
    removalPolicy: settings.removalPolicy("data"),
  });
}
