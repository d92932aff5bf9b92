import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { runTableRequest } from "@longhaul/core/store";
import { type LocalAws, outsideCredentials, startLocalAws } from "@longhaul/local";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { invocation } from "../test/invocation.ts";

let aws: LocalAws;
let sqs: SQSClient;
beforeAll(async () => {
  aws = await startLocalAws({ region: "eu-west-1" });
  const outside = { region: aws.region, endpoint: aws.url, credentials: outsideCredentials };
  sqs = new SQSClient(outside);
  await new DynamoDBClient(outside).send(new CreateTableCommand(runTableRequest("runs")));
  for (const [name, variable] of [
    ["jobs", "QUEUE_URL"],
    ["dead-jobs", "DEAD_LETTER_URL"],
  ] as const) {
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: name }));
    vi.stubEnv(variable, QueueUrl ?? "");
  }
  vi.stubEnv("AWS_ENDPOINT_URL", aws.url);
});
afterAll(() => aws.stop());

/** Receives the messages of a queue. */
async function receive(queueUrl: string | undefined) {
  const command = new ReceiveMessageCommand({ QueueUrl: queueUrl, MessageAttributeNames: ["All"] });
  return (await sqs.send(command)).Messages ?? [];
}

it("works on a message over several hops, each a message of its queue, and puts poison into the dead-letter queue", async () => {
  const { handler } = await import("./sqs.ts");
  const made: number[] = [];
  const time = { leftMs: 60_000 };
  vi.stubGlobal("fetch", async (url: string) => {
    made.push(Number(url.split("/").at(-1)));
    if (made.length % 4 === 0) time.leftMs = 500; // the hop ends
    return new Response();
  });
  const take = (messageId: string, body: string) => {
    time.leftMs = 60_000;
    return handler({ Records: [{ messageId, body }] }, invocation(time));
  };

  expect(await take("m1", JSON.stringify({ account: "acme", months: 10 }))).toEqual({ batchItemFailures: [] });
  for (let hops = 0; made.length < 10; hops++) {
    expect(hops).toBeLessThan(5);
    for (const { MessageId, Body } of await receive(process.env.QUEUE_URL)) await take(MessageId ?? "", Body ?? "");
  }
  expect(made).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);

  expect(await take("m2", "no JSON")).toEqual({ batchItemFailures: [] });
  const [dead] = await receive(process.env.DEAD_LETTER_URL);
  expect(dead?.Body).toBe("no JSON");
  expect(dead?.MessageAttributes?.reasonCode?.StringValue).toBe("EVENT");
});
