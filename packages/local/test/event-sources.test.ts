import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CreateEventSourceMappingCommand,
  DeleteEventSourceMappingCommand,
  GetEventSourceMappingCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
  UpdateEventSourceMappingCommand,
} from "@aws-sdk/client-lambda";
import { SendMessageBatchCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LocalAws, outsideCredentials, startLocalAws } from "../src/index.ts";

/** Fails the messages that say so: `fail` by the answer, `throw` with the whole batch, `loop` by running too long. */
const worker = `
export const handler = async ({ Records }) => {
  const bodies = Records.map(({ body }) => body);
  const batch = Records.map(({ body, attributes }) => [body, Number(attributes.ApproximateReceiveCount)]);
  console.log(JSON.stringify({ queue: Records[0]?.eventSourceARN, batch }));
  if (bodies.includes("throw")) throw new Error("whole batch");
  if (bodies.includes("loop")) for (;;);
  return { batchItemFailures: Records.filter(({ body }) => body === "fail").map(({ messageId }) => ({ itemIdentifier: messageId })) };
};`;

describe("event source mappings, with the real SDK in front and real functions behind", () => {
  let aws: LocalAws;
  let directory: string;
  let lambda: LambdaClient;
  let sqs: SQSClient;
  /** The messages that were handed over, in batches. */
  const handed: { readonly queue?: string; readonly batch: readonly (readonly [body: string, receives: number])[] }[] =
    [];
  const handedFrom = (arn: string) => handed.flatMap(({ queue, batch }) => (queue === arn ? [batch] : []));

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "longhaul-esm-"));
    aws = await startLocalAws({
      eventSources: { faults: { duplicate: ({ body, receiveCount }) => body === "twice" && receiveCount === 1 } },
    });
    const config = { endpoint: aws.url, region: aws.region, credentials: outsideCredentials, maxAttempts: 1 };
    lambda = new LambdaClient(config);
    sqs = new SQSClient(config);
    aws.lambda.on("log", ({ message }) => void (message.startsWith('{"queue"') && handed.push(JSON.parse(message))));
    await mkdir(join(directory, "code"));
    await writeFile(join(directory, "code", "index.mjs"), worker);
    await aws.lambda.createFunction({
      name: "worker",
      codeDirectory: join(directory, "code"),
      runtime: "nodejs24.x",
      roleArn: "arn:aws:iam::000000000000:role/worker",
      timeoutSeconds: 1,
    });
    await aws.lambda.invoke({ functionName: "worker", payload: '{"Records":[]}' });
  });
  afterAll(async () => {
    lambda.destroy();
    sqs.destroy();
    await aws.stop();
    await rm(directory, { recursive: true });
  });

  function queues(name: string) {
    const dead = aws.sqs.createQueue(`${name}-dead`);
    const queue = aws.sqs.createQueue(name, {
      VisibilityTimeout: "2",
      RedrivePolicy: JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: 2 }),
    });
    return { dead, queue };
  }

  async function send(QueueUrl: string, ...bodies: readonly string[]): Promise<void> {
    const Entries = bodies.map((MessageBody, index) => ({ Id: `${index}`, MessageBody }));
    await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
  }

  it("are created, listed, changed, and deleted", async () => {
    const { queue } = queues("administered");
    const created = await lambda.send(
      new CreateEventSourceMappingCommand({
        EventSourceArn: queue.arn,
        FunctionName: "worker",
        Enabled: false,
        BatchSize: 5,
        FunctionResponseTypes: ["ReportBatchItemFailures"],
        ScalingConfig: { MaximumConcurrency: 2 },
        FilterCriteria: { Filters: [{ Pattern: '{"body":["x"]}' }] },
      }),
    );
    const { UUID, $metadata, ...mapping } = created;
    expect(mapping).toMatchObject({
      State: "Creating",
      BatchSize: 5,
      EventSourceArn: queue.arn,
      FunctionArn: "arn:aws:lambda:us-east-1:000000000000:function:worker",
      FunctionResponseTypes: ["ReportBatchItemFailures"],
      ScalingConfig: { MaximumConcurrency: 2 },
      FilterCriteria: { Filters: [{ Pattern: '{"body":["x"]}' }] },
      LastModified: expect.any(Date),
    });
    expect($metadata.httpStatusCode).toBe(202);
    expect(await lambda.send(new GetEventSourceMappingCommand({ UUID }))).toMatchObject({ State: "Disabled" });
    const changed = await lambda.send(
      new UpdateEventSourceMappingCommand({ UUID, Enabled: true, BatchSize: 7, ScalingConfig: {} }),
    );
    expect(changed).toMatchObject({ State: "Enabling", BatchSize: 7 });
    expect(changed.ScalingConfig).toBeUndefined();
    const list = () => lambda.send(new ListEventSourceMappingsCommand({ EventSourceArn: queue.arn }));
    expect((await list()).EventSourceMappings).toMatchObject([{ UUID, State: "Enabled" }]);
    expect(await lambda.send(new DeleteEventSourceMappingCommand({ UUID }))).toMatchObject({ State: "Deleting" });
    expect((await list()).EventSourceMappings).toEqual([]);
    await expect(lambda.send(new GetEventSourceMappingCommand({ UUID }))).rejects.toMatchObject({
      name: "ResourceNotFoundException",
    });
  });

  it("answer errors the SDK has classes for", async () => {
    const { queue } = queues("errors");
    const create = (more: object) =>
      lambda.send(
        new CreateEventSourceMappingCommand({
          EventSourceArn: queue.arn,
          FunctionName: "worker",
          Enabled: false,
          ...more,
        }),
      );
    await create({});
    await expect(create({})).rejects.toMatchObject({ name: "ResourceConflictException" });
    await expect(create({ FunctionName: "none" })).rejects.toMatchObject({ name: "ResourceNotFoundException" });
    await expect(create({ StartingPosition: "LATEST" })).rejects.toThrow(
      "does not serve the parameter StartingPosition",
    );
    await expect(create({ BatchSize: 11 })).rejects.toMatchObject({ name: "InvalidParameterValueException" });
  });

  it.concurrent("hand over every message, and again those that failed, until they are dead letters", async () => {
    const { queue, dead } = queues("partial");
    await send(queue.url, "a", "fail", "b");
    aws.eventSources.create(queue.arn, { functionName: "worker", reportsBatchItemFailures: true });
    await aws.eventSources.idle(queue.arn);
    expect(handedFrom(queue.arn)).toEqual([
      [
        ["a", 1],
        ["fail", 1],
        ["b", 1],
      ],
      [["fail", 2]],
    ]);
    expect(aws.sqs.queues.find(dead.arn)?.messages.counts(Date.now()).visible).toBe(1);
  });

  it.concurrent("bring back whole batches of functions that throw or run into their time limit", async () => {
    const { queue, dead } = queues("whole");
    await send(queue.url, "a", "throw", "b", "loop");
    aws.eventSources.create(queue.arn, { functionName: "worker", reportsBatchItemFailures: true, batchSize: 2 });
    await aws.eventSources.idle(queue.arn);
    expect(aws.sqs.queues.find(dead.arn)?.messages.counts(Date.now()).visible).toBe(4);
    expect(handedFrom(queue.arn).flat()).toHaveLength(8);
  });

  it.concurrent("hand over twice what they are asked to", async () => {
    const { queue } = queues("duplicates");
    await send(queue.url, "once", "twice");
    aws.eventSources.create(queue.arn, { functionName: "worker" });
    await aws.eventSources.idle(queue.arn);
    const all = handedFrom(queue.arn).flat();
    expect(all.filter(([body]) => body === "once")).toEqual([["once", 1]]);
    expect(all.filter(([body]) => body === "twice").sort()).toEqual([
      ["twice", 1],
      ["twice", 2],
    ]);
  });

  it("name what the function's role was used for", () => {
    const used = aws.calls.list().filter(({ roleArn }) => roleArn?.endsWith("role/worker"));
    expect(new Set(used.map(({ action }) => action))).toEqual(
      new Set(["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]),
    );
  });
});
