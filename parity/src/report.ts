import { SendMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";

/** The work of both handlers: reports a batch of records, or of a page of keys, exactly as often as it is called. */
export type Report = (batch: readonly string[]) => Promise<void>;

/** Reports into a queue, as the Python handlers do. */
export function reportTo(sqs: SQSClient, queueUrl: string): Report {
  return async (batch) => {
    await sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: JSON.stringify(batch) }));
  };
}
