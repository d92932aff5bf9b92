import { mkdtempSync, readdirSync, rmdirSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { ListQueuesCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterEach, describe, expect, it } from "vitest";
import { createCredentialIssuer } from "../src/gateway/credentials.ts";
import { startGateway } from "../src/gateway/gateway.ts";
import { type LocalAws, NotLoopbackError, outsideCredentials, startLocalAws } from "../src/index.ts";
import { sendSlowly } from "./slow-sender.ts";

let running: LocalAws[] = [];
afterEach(async () => {
  await Promise.all(running.map((aws) => aws.stop()));
  running = [];
});

async function start(options?: Parameters<typeof startLocalAws>[0]): Promise<LocalAws> {
  const aws = await startLocalAws(options);
  running.push(aws);
  return aws;
}

const clientConfig = (aws: LocalAws) => ({
  endpoint: aws.url,
  region: aws.region,
  credentials: outsideCredentials,
  maxAttempts: 1,
});

type Answer = { readonly status: number; readonly headers: Record<string, unknown>; readonly body: string };

function send(
  url: string,
  options: { method?: string; path?: string; headers?: Record<string, string>; body?: string },
) {
  return new Promise<Answer>((resolve, reject) => {
    const { method = "POST", path = "/", headers = {}, body } = options;
    const call = request(new URL(path, url), { method, headers, agent: false }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        text += chunk;
      });
      response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }));
    });
    call.on("error", reject);
    call.end(body);
  });
}

const signedFor = (service: string, accessKeyId = "AKIA") =>
  `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20261121/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0`;

describe("one listener in front of all services", () => {
  it("tells clients where it is by environment", async () => {
    const aws = await start();
    expect(aws.env()).toMatchObject({ AWS_ENDPOINT_URL: aws.url, AWS_REGION: "us-east-1" });
    expect(aws.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  });

  it("routes each SDK client to its service", async () => {
    const aws = await start();
    const [s3, sqs, dynamodb] = [
      new S3Client(clientConfig(aws)),
      new SQSClient(clientConfig(aws)),
      new DynamoDBClient(clientConfig(aws)),
    ];
    await aws.s3.createBucket("bucket");
    await s3.send(new PutObjectCommand({ Bucket: "bucket", Key: "k", Body: "text" }));
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: "bucket", Key: "k" }));
    expect(await Body?.transformToString()).toBe("text");
    expect((await sqs.send(new ListQueuesCommand())).QueueUrls).toBeUndefined();
    expect((await dynamodb.send(new ListTablesCommand())).TableNames).toEqual([]);
    for (const client of [s3, sqs, dynamodb]) client.destroy();
  });

  it("gives each call a request id of its own", async () => {
    const aws = await start();
    const ids = await Promise.all([1, 2].map(async () => (await send(aws.url, {})).headers["x-amzn-requestid"]));
    expect(new Set(ids).size).toBe(2);
  });

  it("answers GetCallerIdentity with the role whose credentials signed", async () => {
    const aws = await start();
    const roleArn = "arn:aws:iam::000000000000:role/worker";
    const { accessKeyId } = aws.credentialsFor(roleArn);
    const headers = {
      authorization: signedFor("sts", accessKeyId),
      "content-type": "application/x-www-form-urlencoded",
    };
    const { status, body } = await send(aws.url, { headers, body: "Action=GetCallerIdentity&Version=2011-06-15" });
    expect(status).toBe(200);
    expect(body).toContain(`<Arn>${roleArn}</Arn>`);
  });
});

describe("what it does not serve, it says by name", () => {
  it("in JSON to callers that speak JSON", async () => {
    const aws = await start();
    const headers = { authorization: signedFor("kinesis"), "x-amz-target": "Kinesis_20131202.ListStreams" };
    const { status, body } = await send(aws.url, { headers });
    expect(status).toBe(501);
    expect(JSON.parse(body)).toMatchObject({
      __type: "UnsupportedService",
      message: expect.stringContaining("kinesis"),
    });
  });

  it("in XML to the rest", async () => {
    const aws = await start();
    const { status, body } = await send(aws.url, { headers: { authorization: signedFor("ec2") } });
    expect(status).toBe(501);
    expect(body).toMatch(/<Code>UnsupportedService<\/Code>.*ec2/);
  });
});

describe("only this machine's programs get in", () => {
  it.each(["0.0.0.0", "::", "10.0.0.1"])("it does not bind %s, and leaves nothing", async (host) => {
    const directory = mkdtempSync(`${tmpdir()}/longhaul-unbound-`);
    await expect(startLocalAws({ host, directory })).rejects.toThrow(NotLoopbackError);
    expect(readdirSync(directory)).toEqual([]);
    rmdirSync(directory);
  });

  const invoke = "/2015-03-31/functions/any/invocations";

  it.each([
    ["a name re-bound to loopback", { host: "evil.example:80" }],
    ["a page of another site", { origin: "https://evil.example" }],
    ["a page of another site that hides its origin", { "sec-fetch-site": "cross-site" }],
    ["a page that another port of this machine serves", { origin: "http://localhost:3000" }],
    ["its simple requests, which have no origin", { "sec-fetch-site": "same-site" }],
    ["a page without an origin, such as a file", { origin: "null" }],
  ])("it refuses %s, whatever it asks for", async (_, headers) => {
    const aws = await start();
    await aws.s3.createBucket("bucket");
    expect((await send(aws.url, { path: invoke, headers })).status).toBe(403);
    expect((await send(aws.url, { method: "PUT", path: "/bucket/key", headers, body: "x" })).status).toBe(403);
    expect((await send(aws.url, { method: "GET", path: "/bucket", headers })).status).toBe(403);
    const { status } = await send(aws.url, { method: "GET", path: "/bucket/key" });
    expect(status).toBe(404);
  });

  it.each([
    ["programs, which send none of these headers", {}],
    ["an address typed into a browser", { "sec-fetch-site": "none" }],
  ])("it serves %s", async (_, headers) => {
    const aws = await start();
    await aws.s3.createBucket("bucket");
    expect((await send(aws.url, { method: "GET", path: "/bucket", headers })).status).toBe(200);
  });

  it("it cuts off who never ends the headers of a request", async () => {
    const gateway = await startGateway({
      ...{
        region: "us-east-1",
        accountId: "0",
        newRequestId: () => "id",
        credentials: createCredentialIssuer(() => ""),
      },
      // Long enough for a busy machine to read what was sent: else the connection is reset, and its answer lost.
      headersTimeoutMs: 1_000,
    });
    expect(await sendSlowly(gateway.url)).toMatch(/^HTTP\/1\.1 408/);
    await gateway.stop();
  });
});

describe("every call passes one place", () => {
  it("where it is counted by caller, action and resource", async () => {
    const aws = await start();
    const { url } = aws.sqs.createQueue("q");
    const sqs = new SQSClient({ ...clientConfig(aws), credentials: aws.credentialsFor("arn:aws:iam::0:role/r") });
    for (const MessageBody of ["1", "2"]) await sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody }));
    sqs.destroy();
    expect(aws.calls.list()).toEqual([
      {
        roleArn: "arn:aws:iam::0:role/r",
        action: "sqs:SendMessage",
        resourceArn: "arn:aws:sqs:us-east-1:000000000000:q",
        count: 2,
      },
    ]);
  });

  it("and can be refused before it takes effect", async () => {
    const aws = await start({ authorize: ({ roleArn }) => roleArn === undefined });
    const { url } = aws.sqs.createQueue("q");
    await aws.s3.createBucket("bucket");
    const config = { ...clientConfig(aws), credentials: aws.credentialsFor("arn:aws:iam::0:role/r") };
    const [sqs, s3, dynamodb] = [new SQSClient(config), new S3Client(config), new DynamoDBClient(config)];
    await expect(sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: "x" }))).rejects.toThrow(
      "arn:aws:iam::0:role/r is not authorized to perform sqs:SendMessage",
    );
    const put = s3.send(new PutObjectCommand({ Bucket: "bucket", Key: "k", Body: "x" }));
    await expect(put).rejects.toMatchObject({ name: "AccessDenied" });
    await expect(dynamodb.send(new ListTablesCommand())).rejects.toMatchObject({ name: "AccessDeniedException" });
    expect(aws.sqs.queues.get("q").messages.counts(Date.now()).visible).toBe(0);
    for (const client of [sqs, s3, dynamodb]) client.destroy();
  });
});

describe("stopping", () => {
  it("leaves no listener and no files, and may be asked for twice", async () => {
    // The system's own is shared with the tests of other threads, which have the same process id.
    const directory = mkdtempSync(join(tmpdir(), "longhaul-stopping-"));
    const aws = await startLocalAws({ directory });
    expect(readdirSync(directory)).toHaveLength(1);
    await Promise.all([aws.stop(), aws.stop()]);
    expect(readdirSync(directory)).toEqual([]);
    rmdirSync(directory);
    await expect(send(aws.url, {})).rejects.toThrow("ECONNREFUSED");
  });

  it("does not wait for long polls", async () => {
    const aws = await start();
    aws.sqs.createQueue("q");
    const polling = aws.sqs.queues.receive(aws.sqs.queues.get("q"), { maxMessages: 1, waitMs: 20_000 });
    await aws.stop();
    expect(await polling).toEqual([]);
  });
});
