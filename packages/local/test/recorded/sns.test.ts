import { CreateTopicCommand, SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import { CreateQueueCommand, GetQueueAttributesCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LocalAws, outsideCredentials, startLocalAws } from "../../src/index.ts";
import { recordedSnsCalls, type SnsPlace } from "./sns.ts";
import { recordedSnsAnswers } from "./sns-deliveries.ts";

let aws: LocalAws;
let sns: SNSClient;
let sqs: SQSClient;
beforeAll(async () => {
  aws = await startLocalAws();
  const client = { endpoint: aws.url, region: aws.region, credentials: outsideCredentials, maxAttempts: 1 };
  sns = new SNSClient(client);
  sqs = new SQSClient(client);
});
afterAll(async () => {
  for (const client of [sns, sqs]) client.destroy();
  await aws.stop();
});

let made = 0;
const newName = () => `recorded-${++made}`;

async function queue(QueueName: string) {
  const { QueueUrl = "" } = await sqs.send(new CreateQueueCommand({ QueueName }));
  const asked = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["QueueArn"] }));
  return { url: QueueUrl, arn: asked.Attributes?.QueueArn ?? "" };
}

async function newPlace(): Promise<SnsPlace> {
  const { TopicArn = "" } = await sns.send(new CreateTopicCommand({ Name: newName() }));
  const { url: queueUrl, arn: queueArn } = await queue(newName());
  const fifoQueueArn = `arn:aws:sqs:${aws.region}:${aws.accountId}:queue.fifo`;
  const subscribe = new SubscribeCommand({
    TopicArn,
    Protocol: "sqs",
    Endpoint: queueArn,
    Attributes: { RawMessageDelivery: "false" },
    ReturnSubscriptionArn: true,
  });
  const { SubscriptionArn = "" } = await sns.send(subscribe);
  const goneArn = `arn:aws:sns:${aws.region}:${aws.accountId}:gone`;
  const received = async () => {
    const { Messages } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: queueUrl,
        WaitTimeSeconds: 10,
        MessageSystemAttributeNames: ["All"],
        MessageAttributeNames: ["All"],
      }),
    );
    return Messages?.[0] ?? {};
  };
  return { TopicArn, queueArn, queueUrl, fifoQueueArn, SubscriptionArn, goneArn, newName, received };
}

/** The facts of an error, as the SDK hands them on. */
function factsOf(error: unknown) {
  const {
    $metadata,
    Error: carried,
    message,
    name,
  } = error as Error & {
    readonly $metadata?: { readonly httpStatusCode?: number };
    readonly Error?: { readonly Code?: string };
  };
  return { status: $metadata?.httpStatusCode, code: carried?.Code ?? name, message };
}

describe("SNS refuses what AWS refused, in its words", () => {
  it.each(recordedSnsCalls.map((each) => [each.recording, each] as const))("%s", async (_, { call, answer }) => {
    expect(await call(sns, await newPlace()).catch(factsOf)).toEqual(answer);
  });
});

describe("SNS shows and delivers as AWS did", () => {
  it.each(recordedSnsAnswers.map((each) => [each.recording, each] as const))("%s", async (_, { call, answer }) => {
    expect(await call(sns, await newPlace()).catch(factsOf)).toEqual(answer);
  });
});
