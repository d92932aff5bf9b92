import { CreateBucketCommand } from "@aws-sdk/client-s3";
import { CreateTopicCommand, SubscribeCommand } from "@aws-sdk/client-sns";
import { CreateQueueCommand, GetQueueAttributesCommand, ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { recordedAlarmCalls, recordedMetricCalls } from "../recorded/cloudwatch.ts";
import { recordedDynamoDbCalls } from "../recorded/dynamodb.ts";
import { recordedS3Calls } from "../recorded/s3.ts";
import { copyScenarios } from "../recorded/s3-copies.ts";
import { objectScenarios } from "../recorded/s3-objects.ts";
import { callsOn } from "../recorded/s3-scenario.ts";
import { uploadScenarios } from "../recorded/s3-uploads.ts";
import { recordedSnsCalls, type SnsPlace } from "../recorded/sns.ts";
import { recordedSnsAnswers } from "../recorded/sns-deliveries.ts";
import { recordedCalls } from "../recorded/sqs.ts";
import { recordedMessageCalls } from "../recorded/sqs-messages.ts";
import { recordedQueueCalls } from "../recorded/sqs-queues.ts";
import type { PeerService } from "./differences.ts";
import type { clientsFor } from "./peer.ts";

/** Rows of AWS's own answers that share their calls: the answers by label, and what AWS said. */
export interface ReplayedRows {
  replay(): Promise<ReadonlyMap<string, unknown>>;
  readonly answers: Readonly<Record<string, unknown>>;
}

const REGION = "us-east-1";
/** These wait for periods of metrics to pass, which only the embedded AWS can hurry. */
const TAKES_MINUTES = /test_breaching_alarm_actions|test_aws_sqs_metrics_created/;

/** The rows that need no function, by service, to be replayed over the clients of one implementation. */
export function recordedRows(
  { s3, sqs, sns, dynamodb, cloudwatch }: ReturnType<typeof clientsFor>,
  accountId: string,
): Readonly<Record<PeerService, readonly ReplayedRows[]>> {
  let made = 0;
  const newName = () => `recorded-${++made}`;
  const newBucket = async () => {
    const Bucket = newName();
    await s3.send(new CreateBucketCommand({ Bucket }));
    return Bucket;
  };
  const newQueue = async (Attributes: Readonly<Record<string, string>> = {}) => {
    const name = newName();
    const { QueueUrl = "" } = await sqs.send(new CreateQueueCommand({ QueueName: name, Attributes }));
    return { QueueUrl, name };
  };
  const newSnsPlace = async (): Promise<SnsPlace> => {
    const { TopicArn = "" } = await sns.send(new CreateTopicCommand({ Name: newName() }));
    const { QueueUrl } = await newQueue();
    const asked = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["QueueArn"] }));
    const queueArn = asked.Attributes?.QueueArn ?? "";
    const Attributes = { RawMessageDelivery: "false" };
    const subscribe = { TopicArn, Protocol: "sqs", Endpoint: queueArn, Attributes, ReturnSubscriptionArn: true };
    const { SubscriptionArn = "" } = await sns.send(new SubscribeCommand(subscribe));
    const received = async () => {
      const more = {
        WaitTimeSeconds: 2,
        MessageSystemAttributeNames: ["All" as const],
        MessageAttributeNames: ["All"],
      };
      const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, ...more }));
      return Messages?.[0] ?? {};
    };
    return {
      ...{ TopicArn, queueArn, queueUrl: QueueUrl, SubscriptionArn, newName, received },
      fifoQueueArn: `arn:aws:sqs:${REGION}:${accountId}:queue.fifo`,
      goneArn: `arn:aws:sns:${REGION}:${accountId}:gone`,
    };
  };
  const metricsPlace = {
    ...{ cloudwatch, sns, sqs, region: REGION, accountId, newName },
    changed: () => Promise.reject(new Error("no alarm is hurried")),
  };
  const alone = (recording: string, answer: unknown, call: () => Promise<unknown>): ReplayedRows => ({
    replay: async () => new Map([[recording, await call().catch(factsOf)]]),
    answers: { [recording]: answer },
  });
  return {
    S3: [
      ...recordedS3Calls.map(({ recording, call, answer }) =>
        alone(recording, answer, async () => call(s3, await newBucket())),
      ),
      ...[...objectScenarios, ...copyScenarios, ...uploadScenarios].map(
        ({ run, answers }): ReplayedRows => ({
          answers,
          async replay() {
            const seen = new Map<string, unknown>();
            await run(callsOn(s3, await newBucket()), async (label, answer) => {
              const got = await answer.catch((error: unknown) => void seen.set(label, factsOf(error)));
              if (got !== undefined) seen.set(label, got);
              return got ?? undefined;
            }).catch(() => undefined);
            return seen;
          },
        }),
      ),
    ],
    SQS: [...recordedCalls, ...recordedQueueCalls, ...recordedMessageCalls].map(({ recording, call, answer }) =>
      alone(recording, answer, async () => {
        const another = async (attributes: Readonly<Record<string, string>>) => (await newQueue(attributes)).QueueUrl;
        return call(sqs, { ...(await newQueue()), another });
      }),
    ),
    SNS: [...recordedSnsCalls, ...recordedSnsAnswers].map(({ recording, call, answer }) =>
      alone(recording, answer, async () => call(sns, await newSnsPlace())),
    ),
    DynamoDB: recordedDynamoDbCalls.map(({ recording, call, answer }) =>
      alone(recording, answer, () => call(dynamodb, newName)),
    ),
    CloudWatch: [...recordedMetricCalls, ...recordedAlarmCalls]
      .filter(({ recording }) => !TAKES_MINUTES.test(recording))
      .map(({ recording, call, answer }) => alone(recording, answer, () => call(metricsPlace))),
  };
}

/** Everything that a table of answers may ask of an error. */
function factsOf(error: unknown): object {
  const {
    $metadata,
    Error: carried,
    name,
    message,
    ...rest
  } = error as Error & {
    readonly $metadata?: { readonly httpStatusCode?: number };
    readonly Error?: { readonly Code?: string };
  };
  return { ...rest, status: $metadata?.httpStatusCode ?? 0, code: carried?.Code ?? name, name, message };
}
