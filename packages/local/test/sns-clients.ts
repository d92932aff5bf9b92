import assert from "node:assert/strict";
import {
  CreateTopicCommand,
  type MessageAttributeValue,
  PublishCommand,
  type PublishCommandInput,
  type SNSClient,
  SubscribeCommand,
} from "@aws-sdk/client-sns";
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";

/** The two services a case works with, at one endpoint. */
export interface SnsClients {
  readonly sns: SNSClient;
  readonly sqs: SQSClient;
}

/** One thing AWS's SNS does, checked with the SDK against any endpoint. Each case makes topics and queues of its own. */
export interface SnsCase {
  readonly name: string;
  run(clients: SnsClients): Promise<void>;
}

let names = 0;
export const newName = () => {
  names += 1;
  return `conformance-${process.pid}-${names}`;
};

export async function newTopic({ sns }: SnsClients, Attributes: Record<string, string> = {}): Promise<string> {
  const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: newName(), Attributes }));
  assert.ok(TopicArn);
  return TopicArn;
}

export async function newQueue({ sqs }: SnsClients): Promise<{ readonly url: string; readonly arn: string }> {
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: newName() }));
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["QueueArn"] }));
  assert.ok(QueueUrl && Attributes?.QueueArn);
  return { url: QueueUrl, arn: Attributes.QueueArn };
}

/** A topic with one queue that listens to it. */
export async function newPair(clients: SnsClients, Attributes: Record<string, string> = {}) {
  const [TopicArn, queue] = await Promise.all([newTopic(clients), newQueue(clients)]);
  const { SubscriptionArn } = await clients.sns.send(
    new SubscribeCommand({ TopicArn, Protocol: "sqs", Endpoint: queue.arn, Attributes, ReturnSubscriptionArn: true }),
  );
  assert.ok(SubscriptionArn);
  const publish = (input: PublishCommandInput) => clients.sns.send(new PublishCommand({ TopicArn, ...input }));
  return { TopicArn, SubscriptionArn, queue, publish };
}

export async function receive({ sqs }: SnsClients, QueueUrl: string, wanted = 1): Promise<readonly Message[]> {
  const messages: Message[] = [];
  for (let tries = 0; tries < 4 && messages.length < wanted; tries += 1) {
    const input = { QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 1, MessageAttributeNames: ["All"] };
    messages.push(...((await sqs.send(new ReceiveMessageCommand(input))).Messages ?? []));
  }
  return messages;
}

export async function nameOfError(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => "no error",
    (error: unknown) => (error instanceof Error ? error.name.replace(/Exception$/, "") : String(error)),
  );
}

export const text = (StringValue: string): MessageAttributeValue => ({ DataType: "String", StringValue });
export const number = (StringValue: string): MessageAttributeValue => ({ DataType: "Number", StringValue });
