import { setTimeout as delay } from "node:timers/promises";
import { CreateTableCommand, DynamoDBClient, GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import {
  CreateBucketCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { CreateQueueCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type CallFault,
  type FaultyCall,
  type LocalAws,
  outsideCredentials,
  seededCallFaults,
  startLocalAws,
} from "../src/index.ts";

let aws: LocalAws;
let fault: CallFault | undefined;
const seen: FaultyCall[] = [];
let clients: { s3: S3Client; sqs: SQSClient; dynamodb: DynamoDBClient; lambda: LambdaClient };
const Bucket = "bucket";
const TableName = "table";
let QueueUrl = "";

beforeAll(async () => {
  aws = await startLocalAws({
    callFaults: (call) => {
      seen.push(call);
      return fault;
    },
  });
  const access = { endpoint: aws.url, region: aws.region, credentials: outsideCredentials, maxAttempts: 1 };
  clients = {
    s3: new S3Client({ ...access, forcePathStyle: true }),
    sqs: new SQSClient(access),
    dynamodb: new DynamoDBClient(access),
    lambda: new LambdaClient(access),
  };
  await clients.s3.send(new CreateBucketCommand({ Bucket }));
  QueueUrl = (await clients.sqs.send(new CreateQueueCommand({ QueueName: "queue" }))).QueueUrl ?? "";
  await clients.dynamodb.send(
    new CreateTableCommand({
      TableName,
      BillingMode: "PAY_PER_REQUEST",
      KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
      AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
    }),
  );
});
afterAll(async () => {
  for (const client of Object.values(clients)) client.destroy();
  await aws.stop();
});

/** Has all calls fail like this while something is done. */
async function during<Answer>(way: CallFault, act: () => Promise<Answer>): Promise<Answer> {
  fault = way;
  try {
    return await act();
  } finally {
    fault = undefined;
  }
}

/** Makes a call that is not answered, and gives it up when the service has had its turn. */
async function unanswered(send: (options: { abortSignal: AbortSignal }) => Promise<unknown>): Promise<void> {
  const before = seen.length;
  const controller = new AbortController();
  const answer = send({ abortSignal: controller.signal });
  answer.catch(() => {});
  while (seen.length === before) await delay(5);
  // Nothing reports the absence of an answer: 20 turns of the service are more than any call here takes.
  for (let turn = 0; turn < 20; turn++) await delay(1);
  controller.abort();
  await expect(answer).rejects.toMatchObject({ name: "AbortError" });
}

const put = (Key: string) => new PutObjectCommand({ Bucket, Key, Body: "text" });
const exists = (Key: string) =>
  clients.s3.send(new HeadObjectCommand({ Bucket, Key })).then(
    () => true,
    () => false,
  );

describe("a call that is throttled is told so in the words of its service, and does nothing", () => {
  it.each<[string, number, () => Promise<unknown>]>([
    ["SlowDown", 503, () => clients.s3.send(put("throttled"))],
    [
      "ProvisionedThroughputExceededException",
      400,
      () => clients.dynamodb.send(new GetItemCommand({ TableName, Key: { id: { S: "a" } } })),
    ],
    ["ThrottlingException", 400, () => clients.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "text" }))],
    ["TooManyRequestsException", 429, () => clients.lambda.send(new InvokeCommand({ FunctionName: "none" }))],
  ])("%s (%i)", async (name, httpStatusCode, send) => {
    await expect(during("throttle", send)).rejects.toMatchObject({ name, $metadata: { httpStatusCode } });
    expect(await exists("throttled")).toBe(false);
  });
});

describe("a call whose connection breaks", () => {
  it("before it takes effect does nothing", async () => {
    await expect(during("reset", () => clients.s3.send(put("reset")))).rejects.toMatchObject({ code: "ECONNRESET" });
    expect(await exists("reset")).toBe(false);
  });

  it("after that has done what it was asked", async () => {
    await expect(during("reset-after", () => clients.s3.send(put("reset-after")))).rejects.toThrow();
    expect(await exists("reset-after")).toBe(true);
    const item = { id: { S: "reset-after" } };
    await expect(
      during("reset-after", () => clients.dynamodb.send(new PutItemCommand({ TableName, Item: item }))),
    ).rejects.toThrow();
    expect((await clients.dynamodb.send(new GetItemCommand({ TableName, Key: item }))).Item).toEqual(item);
  });
});

describe("a call that is never answered", () => {
  it("does nothing, or has done what it was asked", async () => {
    await during("silence", () => unanswered((options) => clients.s3.send(put("silence"), options)));
    expect(await exists("silence")).toBe(false);
    await during("silence-after", () => unanswered((options) => clients.s3.send(put("silence-after"), options)));
    expect(await exists("silence-after")).toBe(true);
  });

  it("does not keep the embedded AWS from ending", async () => {
    const other = await startLocalAws({ callFaults: () => "silence" });
    const client = new S3Client({ endpoint: other.url, region: other.region, credentials: outsideCredentials });
    const answer = client.send(put("never"));
    await Promise.all([expect(answer).rejects.toThrow(), delay(20).then(() => other.stop())]);
    client.destroy();
  });
});

describe("the bytes of an object", () => {
  it("begin, and break off", async () => {
    const Body = Buffer.alloc(5_000_000, "x");
    await clients.s3.send(new PutObjectCommand({ Bucket, Key: "large", Body }));
    const get = () => clients.s3.send(new GetObjectCommand({ Bucket, Key: "large" }));
    const answer = await during("reset-after", get);
    expect(answer.ContentLength).toBe(Body.length);
    let bytes = 0;
    await expect(
      (async () => {
        for await (const chunk of answer.Body as AsyncIterable<Uint8Array>) bytes += chunk.length;
      })(),
    ).rejects.toThrow();
    expect(bytes).toBeGreaterThan(0);
    expect(bytes).toBeLessThan(Body.length);
  });
});

describe("a plan", () => {
  it("is told of each call what it is, and whose", async () => {
    seen.length = 0;
    await clients.s3.send(put("told"));
    await clients.dynamodb.send(new GetItemCommand({ TableName, Key: { id: { S: "a" } } }));
    expect(seen).toMatchObject([
      { service: "s3", operation: "PUT", path: expect.stringMatching(/^\/bucket\/told/), roleArn: undefined },
      { service: "dynamodb", operation: "GetItem", roleArn: undefined },
    ]);
    expect((seen[1]?.sequence ?? 0) - (seen[0]?.sequence ?? 0)).toBe(1);
  });

  it("of a seed says the same each time, fails its share of a service's calls, and no call from outside", () => {
    fc.assert(
      fc.property(fc.integer(), fc.constantFrom(0, 0.1, 0.5, 1), (seed, rate) => {
        const options = { seed, rates: { sqs: rate } };
        const call = (sequence: number, service = "sqs", roleArn: string | undefined = "role"): FaultyCall => {
          return { sequence, service, operation: "X", path: "/", roleArn };
        };
        const plan = seededCallFaults(options);
        const faults = Array.from({ length: 2_000 }, (_, at) => plan(call(at)));
        expect(faults).toEqual(Array.from({ length: 2_000 }, (_, at) => seededCallFaults(options)(call(at))));
        const failed = faults.filter((each) => each !== undefined);
        expect(Math.abs(failed.length / 2_000 - rate)).toBeLessThan(0.05);
        if (rate > 0) expect(new Set(failed).size).toBe(5);
        expect(plan(call(1, "s3"))).toBeUndefined();
        expect(seededCallFaults(options)({ ...call(1), roleArn: undefined })).toBeUndefined();
      }),
      { numRuns: 20 },
    );
  });
});
