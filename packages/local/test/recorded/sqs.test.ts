import { CreateQueueCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LocalAws, outsideCredentials, startLocalAws } from "../../src/index.ts";
import { type Queue, type RecordedError, recordedCalls } from "./sqs.ts";
import { recordedMessageCalls } from "./sqs-messages.ts";
import { recordedQueueCalls } from "./sqs-queues.ts";

let aws: LocalAws;
let client: SQSClient;
beforeAll(async () => {
  aws = await startLocalAws();
  client = new SQSClient({ endpoint: aws.url, region: aws.region, credentials: outsideCredentials, maxAttempts: 1 });
});
afterAll(async () => {
  client.destroy();
  await aws.stop();
});

let made = 0;
async function newQueue(): Promise<Queue> {
  const create = async (Attributes: Readonly<Record<string, string>>) => {
    made += 1;
    const { QueueUrl = "" } = await client.send(new CreateQueueCommand({ QueueName: `recorded-${made}`, Attributes }));
    return QueueUrl;
  };
  return { QueueUrl: await create({}), name: `recorded-${made}`, another: create };
}

/** The facts of an error, as the SDK hands them on. */
function factsOf(error: unknown): RecordedError {
  const {
    $metadata,
    Error: carried,
    message,
  } = error as {
    readonly $metadata?: { readonly httpStatusCode?: number };
    readonly Error?: { readonly Code?: string };
    readonly message: string;
  };
  return { status: $metadata?.httpStatusCode ?? 0, code: carried?.Code ?? "", message };
}

describe("SQS answers as AWS answered", () => {
  const rows = [...recordedCalls, ...recordedQueueCalls, ...recordedMessageCalls];
  it.each(rows.map((each) => [each.recording, each] as const))("%s", async (_, { call, answer }) => {
    const got = await call(client, await newQueue()).catch(factsOf);
    expect(got).toMatchObject(answer);
  });
});
