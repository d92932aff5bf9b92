import { join } from "node:path";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Deployment, type LocalAws, outsideCredentials, startLocalAws } from "../src/index.ts";

type Seen = { readonly how: string; readonly key: string; readonly records: number };

describe("bucket to topic to queues and functions, as CDK's constructs deploy it", () => {
  let aws: LocalAws;
  let s3: S3Client;
  let deployment: Deployment;
  const seen: Seen[] = [];
  const problems: string[] = [];

  beforeAll(async () => {
    aws = await startLocalAws({ onProblem: (_, source) => problems.push(source) });
    aws.lambda.on("log", ({ message }) => void (message.startsWith('{"how"') && seen.push(JSON.parse(message))));
    s3 = new S3Client({ endpoint: aws.url, region: aws.region, credentials: outsideCredentials, maxAttempts: 1 });
    deployment = await aws.deploy(join(import.meta.dirname, "fixtures", "cdk-topics"));
    await quiet();
  });
  afterAll(async () => {
    s3.destroy();
    await aws.stop();
  });

  async function quiet(): Promise<void> {
    await aws.s3.settled();
    await aws.sns.settled();
    await aws.eventSources.idle();
    await aws.lambda.idle();
  }

  async function put(...keys: readonly string[]): Promise<void> {
    await Promise.all(
      keys.map((Key) => s3.send(new PutObjectCommand({ Bucket: deployment.outputs.BucketName, Key, Body: "x" }))),
    );
    await quiet();
  }

  /** Keys that arrived; on a busy machine one may arrive twice. */
  const keysSeen = (how: string) => new Set(seen.flatMap((each) => (each.how === how ? [each.key] : [])));
  const visibleIn = (output: string) =>
    aws.sqs.queues.find(deployment.outputs[output] ?? "")?.messages.counts(Date.now()).visible;

  it("sends test events through, which nobody takes for a file", () => {
    expect(seen).toEqual([]);
    expect(problems).toEqual([]);
  });

  it("delivers each object to every subscriber in its own form, filters applied", async () => {
    await put("in/a+b ü.json", "in/b.txt", "elsewhere/c.json");
    const a = "in/a%2Bb+%C3%BC.json";
    expect(keysSeen("function")).toEqual(new Set([a, "in/b.txt"]));
    expect(keysSeen("enveloped")).toEqual(new Set([a, "in/b.txt"]));
    expect(keysSeen("raw")).toEqual(new Set([a]));
  });

  it("brings a message that fails back until it is a dead letter", async () => {
    seen.length = 0;
    await put("in/poison.json", ...Array.from({ length: 12 }, (_, index) => `in/${index}.json`));
    const poison = seen.filter(({ how, key }) => how === "enveloped" && key === "in/poison.json");
    expect(poison).toHaveLength(2);
    expect(keysSeen("enveloped").size).toBe(13);
    const dead = aws.sqs.queues.find(deployment.outputs.DeadArn ?? "");
    const [message] = dead ? await aws.sqs.queues.receive(dead, { maxMessages: 10 }) : [];
    expect(JSON.parse(message?.body ?? "null")).toMatchObject({
      Type: "Notification",
      TopicArn: deployment.outputs.TopicArn,
      Subject: "Amazon S3 Notification",
      Message: expect.stringContaining("in/poison.json"),
    });
  });

  it("gathers messages for the length of the batching window", () => {
    const [raw] = aws.eventSources.list({ eventSourceArn: deployment.outputs.RawArn ?? "" });
    expect(raw?.settings).toMatchObject({ batchSize: 100, windowSeconds: 1 });
    expect(keysSeen("raw").size).toBe(13);
  });

  it("keeps what cannot be delivered in the subscription's dead-letter queue", async () => {
    aws.sqs.queues.delete((deployment.outputs.RawArn ?? "").split(":").at(-1) ?? "");
    await put("in/lost.json");
    expect(visibleIn("LostArn")).toBe(1);
  });

  it("is the same when it is deployed again", async () => {
    const topic = aws.sns.topics.get(deployment.outputs.TopicArn ?? "");
    const before = [...topic.subscriptions.keys()];
    expect(await aws.deploy(join(import.meta.dirname, "fixtures", "cdk-topics"))).toEqual(deployment);
    expect([...topic.subscriptions.keys()]).toEqual(before);
    expect(deployment.topics).toEqual([topic.name]);
  });
});
