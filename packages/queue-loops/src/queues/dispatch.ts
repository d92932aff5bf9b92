import { InvokeCommand, type LambdaClient } from "@aws-sdk/client-lambda";
import type { ProcessMessage } from "../loop/process-batch.ts";
import type { Dispatch } from "./queue-settings.ts";

/** Another function that failed for a message. */
class DispatchError extends Error {
  readonly code = "DISPATCH";

  constructor(functionArn: string, messageId: string, answer: string) {
    super(`${functionArn} failed for message ${messageId}: ${answer.slice(0, 300)}`);
    this.name = "DispatchError";
  }
}

/**
 * How the messages of a queue are processed: by a function of this bundle, or by another Lambda function, which gets
 * `{ queueUrl, messageId, body, attributes, receiveCount }` and is waited for.
 */
export function dispatcher(
  settings: Dispatch & { readonly queueUrl: string },
  processors: Readonly<Record<string, ProcessMessage>>,
  lambda: () => LambdaClient,
): ProcessMessage {
  if (settings.dispatch === "inline") {
    const process = processors[settings.processor];
    if (process) return process;
    throw new Error(`There is no processor ${settings.processor}.`);
  }
  const { functionArn, queueUrl } = settings;
  return async ({ receiptHandle: _, ...message }, { signal }) => {
    const { FunctionError, Payload } = await lambda().send(
      new InvokeCommand({ FunctionName: functionArn, Payload: JSON.stringify({ queueUrl, ...message }) }),
      { abortSignal: signal },
    );
    if (FunctionError) throw new DispatchError(functionArn, message.messageId, Buffer.from(Payload ?? []).toString());
  };
}
