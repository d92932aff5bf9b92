import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetBucketNotificationConfigurationCommand,
  PutBucketNotificationConfigurationCommand,
  PutObjectCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { rejectsWith } from "./s3-expect.ts";
import { type S3Server, startS3Server } from "./s3-server.ts";

// Real sockets and disks on a machine that may be busy: far above what any of these takes.
const FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:f";
const QUEUE = "arn:aws:sqs:us-east-1:123456789012:q";
const TOPIC = "arn:aws:sns:us-east-1:123456789012:t";
const BUS = "arn:aws:events:us-east-1:123456789012:event-bus/default";
const KEY = "in/a+b c/ü.csv";
const ENCODED = "in/a%2Bb+c/%C3%BC.csv";

let server: S3Server;
const failures: string[] = [];
let buckets = 0;

beforeAll(async () => {
  server = await startS3Server({ onDeliveryError: (_, arn) => failures.push(arn) });
});
afterAll(() => server.close());
beforeEach(() => {
  server.deliveries.length = 0;
  server.unreachable.clear();
  failures.length = 0;
});

async function bucketWith(
  configuration: Parameters<S3Server["service"]["putNotificationConfiguration"]>[1],
): Promise<string> {
  const name = `events-${++buckets}`;
  await server.service.createBucket(name, { notifications: configuration });
  server.deliveries.length = 0;
  return name;
}

const toFunction = {
  LambdaFunctionConfigurations: [{ Id: "to-f", LambdaFunctionArn: FUNCTION, Events: ["s3:ObjectCreated:*"] }],
};
const received = (): unknown[] => server.deliveries.map((each) => JSON.parse(each.message) as unknown);

describe("a written object becomes an event", () => {
  it("in the shape AWS documents, key URL-encoded with + for space", async () => {
    const Bucket = await bucketWith(toFunction);
    await server.client.send(new PutObjectCommand({ Bucket, Key: KEY, Body: "hello" }));
    await server.service.settled();
    expect(server.deliveries.map((each) => each.arn)).toEqual([FUNCTION]);
    expect(received()).toEqual([
      {
        Records: [
          {
            eventVersion: "2.1",
            eventSource: "aws:s3",
            awsRegion: "us-east-1",
            eventTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
            eventName: "ObjectCreated:Put",
            userIdentity: { principalId: "AWS:AKIATEST" },
            requestParameters: { sourceIPAddress: "127.0.0.1" },
            responseElements: { "x-amz-request-id": expect.any(String), "x-amz-id-2": expect.any(String) },
            s3: {
              s3SchemaVersion: "1.0",
              configurationId: "to-f",
              bucket: {
                name: Bucket,
                ownerIdentity: { principalId: "123456789012" },
                arn: `arn:aws:s3:::${Bucket}`,
              },
              object: {
                key: ENCODED,
                size: 5,
                eTag: "5d41402abc4b2a76b9719d911017c592",
                sequencer: expect.stringMatching(/^[0-9A-F]{18}$/),
              },
            },
          },
        ],
      },
    ]);
  });

  it("for EventBridge with the key as it is and the reason by API name", async () => {
    const Bucket = await bucketWith({ EventBridgeConfiguration: {} });
    await server.client.send(new PutObjectCommand({ Bucket, Key: KEY, Body: "hello" }));
    await server.client.send(
      new CopyObjectCommand({ Bucket, Key: "copy", CopySource: `${Bucket}/${encodeURIComponent(KEY)}` }),
    );
    const upload = { Bucket, Key: "large" };
    const { UploadId } = await server.client.send(new CreateMultipartUploadCommand(upload));
    const { ETag } = await server.client.send(
      new UploadPartCommand({ ...upload, UploadId, PartNumber: 1, Body: "part" }),
    );
    const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] };
    await server.client.send(new CompleteMultipartUploadCommand({ ...upload, UploadId, MultipartUpload }));
    await server.client.send(new DeleteObjectCommand({ Bucket, Key: KEY }));
    await server.service.settled();
    expect(server.deliveries.every((each) => each.arn === BUS)).toBe(true);
    expect(received()).toMatchObject([
      {
        version: "0",
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        "detail-type": "Object Created",
        source: "aws.s3",
        account: "123456789012",
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
        region: "us-east-1",
        resources: [`arn:aws:s3:::${Bucket}`],
        detail: {
          version: "0",
          bucket: { name: Bucket },
          object: { key: KEY, size: 5, etag: "5d41402abc4b2a76b9719d911017c592", sequencer: expect.any(String) },
          "request-id": expect.any(String),
          requester: "123456789012",
          "source-ip-address": "127.0.0.1",
          reason: "PutObject",
        },
      },
      { detail: { object: { key: "copy" }, reason: "CopyObject" } },
      { detail: { object: { key: "large", size: 4 }, reason: "CompleteMultipartUpload" } },
      { "detail-type": "Object Deleted", detail: { object: { key: KEY }, reason: "DeleteObject" } },
    ]);
  });

  it("with a sequencer that grows for every write of a key, in the order the writes took effect", async () => {
    const Bucket = await bucketWith(toFunction);
    await Promise.all(
      Array.from({ length: 30 }, (_, at) =>
        server.client.send(new PutObjectCommand({ Bucket, Key: "k", Body: `${at}` })),
      ),
    );
    await server.service.settled();
    const sequencers = received().map(
      (event) => (event as { Records: { s3: { object: { sequencer: string } } }[] }).Records[0]?.s3.object.sequencer,
    );
    expect(sequencers).toHaveLength(30);
    expect(sequencers).toEqual([...new Set(sequencers)].sort());
  });

  it("that carries the trace header of the call that wrote it", async () => {
    const Bucket = await bucketWith(toFunction);
    const trace = "Root=1-5759e988-bd862e3fe1be46a994272793;Lineage=a1b2c3:4";
    const client = server.clientWith({});
    client.middlewareStack.add(
      (next) => (args) => {
        (args.request as { headers: Record<string, string> }).headers["x-amzn-trace-id"] = trace;
        return next(args);
      },
      { step: "build" },
    );
    await client.send(new PutObjectCommand({ Bucket, Key: "k", Body: "x" }));
    await server.service.settled();
    expect(server.deliveries.map((each) => each.traceHeader)).toEqual([trace]);
  });

  it("only where the write succeeded and a rule wants it", async () => {
    const Bucket = await bucketWith({
      QueueConfigurations: [
        {
          QueueArn: QUEUE,
          Events: ["s3:ObjectCreated:Put"],
          Filter: {
            Key: {
              FilterRules: [
                { Name: "prefix", Value: "in/" },
                { Name: "suffix", Value: ".csv" },
              ],
            },
          },
        },
      ],
    });
    await server.client.send(new PutObjectCommand({ Bucket, Key: "in/a.csv", Body: "x" }));
    await server.client.send(new PutObjectCommand({ Bucket, Key: "in/a.json", Body: "x" }));
    await server.client.send(new PutObjectCommand({ Bucket, Key: "out/a.csv", Body: "x" }));
    await server.client.send(new CopyObjectCommand({ Bucket, Key: "in/b.csv", CopySource: `${Bucket}/in/a.csv` }));
    await rejectsWith(
      server.client.send(new PutObjectCommand({ Bucket, Key: "in/a.csv", Body: "y", IfNoneMatch: "*" })),
      "PreconditionFailed",
      412,
    );
    await server.service.settled();
    expect(server.deliveries).toHaveLength(1);
  });

  it("and one that cannot be delivered does not fail the write, but is reported", async () => {
    const Bucket = await bucketWith(toFunction);
    server.unreachable.add(FUNCTION);
    await server.client.send(new PutObjectCommand({ Bucket, Key: "k", Body: "x" }));
    await server.service.settled();
    expect(failures).toEqual([FUNCTION]);
  });
});

describe("setting notifications", () => {
  const put = (Bucket: string) =>
    server.client.send(
      new PutBucketNotificationConfigurationCommand({
        Bucket,
        NotificationConfiguration: {
          LambdaFunctionConfigurations: [{ LambdaFunctionArn: FUNCTION, Events: ["s3:ObjectRemoved:*"] }],
          QueueConfigurations: [{ QueueArn: QUEUE, Events: ["s3:ObjectCreated:Put"] }],
          TopicConfigurations: [{ TopicArn: TOPIC, Events: ["s3:ObjectCreated:Copy"] }],
          EventBridgeConfiguration: {},
        },
      }),
    );

  it("sends s3:TestEvent, which has no Records, to queues and topics", async () => {
    const Bucket = await bucketWith({});
    await put(Bucket);
    expect(server.deliveries.map((each) => each.arn)).toEqual([QUEUE, TOPIC]);
    for (const event of received()) {
      expect(event).toEqual({
        Service: "Amazon S3",
        Event: "s3:TestEvent",
        Time: expect.any(String),
        Bucket,
        RequestId: expect.any(String),
        HostId: expect.any(String),
      });
    }
  });

  it("is refused, and changes nothing, where a target cannot be reached", async () => {
    const Bucket = await bucketWith(toFunction);
    server.unreachable.add(TOPIC);
    await rejectsWith(put(Bucket), "InvalidArgument", 400);
    const kept = await server.client.send(new GetBucketNotificationConfigurationCommand({ Bucket }));
    expect(kept.LambdaFunctionConfigurations?.map((each) => each.Id)).toEqual(["to-f"]);
    expect(kept.QueueConfigurations).toBeUndefined();
  });

  // LocalStack's recording of AWS, test_s3_notifications_lambda.py::test_invalid_lambda_arn.
  it("is refused for a function that S3 may not invoke", async () => {
    const strict = await startS3Server({ mayInvoke: () => false });
    await strict.service.createBucket("input");
    const LambdaFunctionConfigurations = [{ LambdaFunctionArn: FUNCTION, Events: ["s3:ObjectRemoved:*" as const] }];
    const configure = new PutBucketNotificationConfigurationCommand({
      Bucket: "input",
      NotificationConfiguration: { LambdaFunctionConfigurations },
    });
    await expect(strict.client.send(configure)).rejects.toMatchObject({
      name: "InvalidArgument",
      message: "Unable to validate the following destination configurations",
      ArgumentName1: `${FUNCTION}, null`,
      ArgumentValue1: `Not authorized to invoke function [${FUNCTION}]`,
    });
    await strict.close();
  });

  it("looks at no target where it is told to skip that", async () => {
    const Bucket = await bucketWith({});
    server.unreachable.add(QUEUE);
    const QueueConfigurations = [{ QueueArn: QUEUE, Events: ["s3:ObjectCreated:*" as const] }];
    await server.client.send(
      new PutBucketNotificationConfigurationCommand({
        Bucket,
        SkipDestinationValidation: true,
        NotificationConfiguration: { QueueConfigurations },
      }),
    );
    const read = await server.client.send(new GetBucketNotificationConfigurationCommand({ Bucket }));
    expect(read.QueueConfigurations).toMatchObject(QueueConfigurations);
    expect(server.deliveries).toEqual([]);
  });

  it("can be read back", async () => {
    const Bucket = await bucketWith({});
    await put(Bucket);
    const read = await server.client.send(new GetBucketNotificationConfigurationCommand({ Bucket }));
    expect(read.QueueConfigurations).toMatchObject([{ QueueArn: QUEUE, Events: ["s3:ObjectCreated:Put"] }]);
    expect(read.TopicConfigurations).toMatchObject([{ TopicArn: TOPIC }]);
    expect(read.LambdaFunctionConfigurations).toMatchObject([{ LambdaFunctionArn: FUNCTION }]);
    expect(read.EventBridgeConfiguration).toBeDefined();
  });
});
