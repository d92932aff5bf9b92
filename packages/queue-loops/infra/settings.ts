import { ContextSettings } from "@longhaul/cdk";
import { Duration } from "aws-cdk-lib";
import type { PolledQueueProps } from "./polled-queue.ts";
import type { QueueLoopsStackProps } from "./stack.ts";

/**
 * The stack's props from CDK context (`cdk deploy -c name=value`). What is not set keeps the stack's default.
 *
 * @throws SettingError (code `SETTING`) if a value cannot be used.
 */
export function settingsFrom(context: (name: string) => unknown): QueueLoopsStackProps {
  const settings = new ContextSettings(context);
  const messages: PolledQueueProps = ContextSettings.given({
    minLoops: settings.number("minLoops"),
    maxLoops: settings.number("maxLoops"),
    cooldownSeconds: settings.number("cooldownSeconds"),
    visibilitySeconds: settings.number("visibilitySeconds"),
    alarmsAt: settings.numbers("alarmsAt"),
  });
  return ContextSettings.given({
    queues: Object.keys(messages).length === 0 ? undefined : { Messages: messages },
    timeout: settings.number("timeoutSeconds", Duration.seconds),
    memorySize: settings.number("memoryMb"),
    alarmPath: settings.oneOf("alarmPath", ["sns", "lambda"]),
    removalPolicy: settings.removalPolicy("data"),
  });
}
