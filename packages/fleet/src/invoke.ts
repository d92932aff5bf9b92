import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { ConfigError, LonghaulError } from "@longhaul/core";
import { call, sdkSettings } from "@longhaul/core/parts";
import type { Processor } from "./processor.ts";

const FUNCTION_ARN = /^arn:[\w-]+:lambda:[\w-]+:\d{12}:function:[\w-]+(:[\w$-]+)?$/;

/** Another function that failed for a message. */
export class InvokedFunctionError extends LonghaulError {
  constructor(functionArn: string, messageId: string, answer: string) {
    super("INVOKED_FUNCTION", `${functionArn} failed for message ${messageId}: ${answer.slice(0, 300)}`);
  }
}

/**
 * A processor that has another Lambda function process each message. The function gets
 * `{ queueUrl, messageId, body, attributes, receiveCount }`, and its answer is awaited. An invocation that was throttled,
 * or whose connection broke, is repeated while the message has time. The loop's role needs `lambda:InvokeFunction` on it.
 *
 * @param functionArn - ARN of the function, with or without a version or alias
 * @param client - makes the calls. Default: one for the function's own region and account.
 * @throws ConfigError if `functionArn` is not the ARN of a Lambda function.
 * @example
 * ```ts
 * export const processors: Processors = { mails: invoke(process.env.MAILER_ARN) };
 * ```
 */
export function invoke(functionArn: string | undefined, client?: LambdaClient): Processor {
  if (functionArn === undefined || !FUNCTION_ARN.test(functionArn)) {
    const given = functionArn === undefined ? "nothing" : JSON.stringify(functionArn.slice(0, 100));
    throw new ConfigError(`invoke() needs the ARN of a Lambda function, not ${given}.`);
  }
  let lambda = client;
  return async ({ receiptHandle: _, ...message }, { queueUrl, timeoutMs, signal }) => {
    const untilMs = Date.now() + timeoutMs;
    const command = new InvokeCommand({
      FunctionName: functionArn,
      Payload: JSON.stringify({ queueUrl, ...message }),
    });
    lambda ??= new LambdaClient(sdkSettings());
    const sender = lambda;
    const { FunctionError, Payload } = await call((abortSignal) => sender.send(command, { abortSignal }), {
      name: "Lambda Invoke",
      kind: "long-operation",
      budgetMs: () => untilMs - Date.now(),
      signal,
    });
    if (!FunctionError) return;
    throw new InvokedFunctionError(functionArn, message.messageId, Buffer.from(Payload ?? []).toString());
  };
}
