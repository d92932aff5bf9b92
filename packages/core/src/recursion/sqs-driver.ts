import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { sdkSettings } from "../calls/sdk-settings.ts";
import type { HandOffDriver } from "./driver.ts";

/** Options of {@link sqsDriver}. */
export interface SqsDriverOptions {
  /** The queue the function is mapped to. */
  readonly queueUrl: string;
  /** A client of your own. Default: one per driver, made from the environment. */
  readonly client?: SQSClient;
}

// A message takes at most 1 MiB: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
const MAX_MESSAGE_BYTES = 1_048_576;
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
const MAX_DELAY_SECONDS = 900;

/**
 * Hands off through a queue that triggers the function: what SQS survives, the run survives. Wrap the handler in
 * {@link sqsHandler}, which unwraps the messages. The role needs `sqs:SendMessage` on the queue.
 *
 * @example
 * ```ts
 * export const handler = sqsHandler(recursive({ start, run, driver: sqsDriver({ queueUrl: process.env.QUEUE_URL! }) }));
 * ```
 */
export function sqsDriver(options: SqsDriverOptions): HandOffDriver {
  const client = options.client ?? new SQSClient(sdkSettings());
  return {
    name: "sqs",
    maxBytes: MAX_MESSAGE_BYTES,
    queueUrl: options.queueUrl,
    async send({ payload }, abortSignal) {
      const command = new SendMessageCommand({ QueueUrl: options.queueUrl, MessageBody: carried(payload) });
      await client.send(command, { ...(abortSignal && { abortSignal }) });
    },
    async sendAt({ payload }, atMs, nowMs, abortSignal) {
      const DelaySeconds = Math.ceil((atMs - nowMs) / 1_000);
      if (DelaySeconds > MAX_DELAY_SECONDS) return false;
      const command = new SendMessageCommand({
        QueueUrl: options.queueUrl,
        MessageBody: carried(payload),
        DelaySeconds: Math.max(0, DelaySeconds),
      });
      await client.send(command, { ...(abortSignal && { abortSignal }) });
      return true;
    },
    async prepare() {
      await client.config.credentials();
    },
  };
}

/**
 * JSON text in characters that SQS carries. It refuses two that JSON does not escape by itself:
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
 */
function carried(json: string): string {
  return json.replace(/[\uFFFE\uFFFF]/g, (character) => `\\u${character.charCodeAt(0).toString(16)}`);
}
