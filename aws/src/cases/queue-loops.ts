import {
  type CloudWatchLogsClient,
  FilterLogEventsCommand,
  ResourceNotFoundException,
} from "@aws-sdk/client-cloudwatch-logs";
import { GetFunctionConfigurationCommand, InvokeCommand } from "@aws-sdk/client-lambda";
import { SendMessageCommand } from "@aws-sdk/client-sqs";
import type { AwsCase } from "../case.ts";
import { waitUntil } from "../wait-until.ts";

export const queueLoops: AwsCase = {
  app: "queue-loops",
  promise: "processes each message of the queue",
  context: { timeoutSeconds: "60" },
  environment: { WAIT_SECONDS: "1" },
  usage: { functionMinutes: 15, memoryMb: 1_024, requests: 3_000, tableWrites: 1_000, alarms: 5 },
  async check({ sqs, lambda, logs, outputs, signal }) {
    const { MessagesQueueUrl: QueueUrl, FunctionName = "", StartFunctionName, StopFunctionName } = outputs;
    const sent: (string | undefined)[] = [];
    for (const order of [1, 2, 3]) {
      const MessageBody = JSON.stringify({ order, workMs: 10 });
      sent.push((await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }))).MessageId);
    }
    const call = async (name: string | undefined) => {
      const { FunctionError } = await lambda.send(new InvokeCommand({ FunctionName: name }));
      if (FunctionError) throw new Error(`${name} fails: ${FunctionError}`);
    };
    await call(StartFunctionName);
    const { LoggingConfig } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
    const logGroupName = LoggingConfig?.LogGroup ?? `/aws/lambda/${FunctionName}`;
    // What the processor in src/work.ts says of each message.
    await waitUntil(
      "each message's line in the log",
      async () => {
        const messages = await messagesIn(logs, logGroupName);
        const isThere = (id: string | undefined) => messages.some((message) => id && message.includes(id));
        return sent.every(isThere) || undefined;
      },
      { signal },
    );
    await call(StopFunctionName);
  },
};

/** The lines that say so. A group that is not there yet has none. */
async function messagesIn(logs: CloudWatchLogsClient, logGroupName: string): Promise<readonly string[]> {
  try {
    const { events = [] } = await logs.send(new FilterLogEventsCommand({ logGroupName, filterPattern: "processed" }));
    return events.map(({ message = "" }) => message);
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return [];
    throw error;
  }
}
