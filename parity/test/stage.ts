import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { type LocalAws, outsideCredentials, startLocalAws } from "@longhaul/local";
import { type RunVector, worldOf } from "./vectors.ts";

/**
 * An embedded AWS for runs. Hand-offs go to a function of its Lambda, `stage`, that does nothing; what it
 * was invoked with is put into a queue, where the test finds the next hop's event.
 */
export interface Stage {
  readonly aws: LocalAws;
  /** The function that handlers are told they are, by an alias. */
  readonly functionArn: string;
  readonly reportQueueUrl: string;
  /** Puts the objects of a vector there. */
  put(vector: RunVector): Promise<void>;
  /** Puts an object there, in the place of one that is there already. */
  write(bucket: string, key: string, text: string): Promise<void>;
  /** An empty directory for one container's files. */
  newDirectory(): Promise<string>;
  /** Names of files that containers have left. */
  files(): Promise<readonly string[]>;
  /** The events that were handed off since the last call. */
  handOffs(): Promise<readonly Readonly<Record<string, unknown>>[]>;
  /** Everything that was reported since the last call, in order. */
  reports(): Promise<readonly string[]>;
  /** How often an object was downloaded. */
  downloads(): number;
  close(): Promise<void>;
}

/** Sets the stage. */
export async function setStage(): Promise<Stage> {
  const directory = await mkdtemp(join(tmpdir(), "longhaul-parity-"));
  const aws = await startLocalAws();
  const config = { endpoint: aws.url, region: aws.region, credentials: outsideCredentials };
  const s3 = new S3Client(config);
  const sqs = new SQSClient(config);
  const codeDirectory = await mkdtemp(join(directory, "code-"));
  await writeFile(join(codeDirectory, "index.mjs"), "export const handler = async () => {};");
  const handOffQueue = aws.sqs.createQueue("hand-offs");
  const functionArn = `arn:aws:lambda:${aws.region}:${aws.accountId}:function:stage:live`;
  await aws.lambda.createFunction({
    name: "stage",
    codeDirectory,
    runtime: "nodejs24.x",
    roleArn: `arn:aws:iam::${aws.accountId}:role/stage`,
    recursiveLoop: "Allow",
  });
  aws.lambda.createAlias("stage", "live", aws.lambda.publishVersion("stage"));
  // Of the alias alone: what is handed off to another version or none does not arrive.
  aws.lambda.setEventInvokeConfig("stage", { onSuccessArn: handOffQueue.arn }, "live");
  const reportQueueUrl = aws.sqs.createQueue("reports").url;
  const containers: string[] = [];

  async function drain(QueueUrl: string): Promise<readonly unknown[]> {
    const bodies: unknown[] = [];
    for (;;) {
      const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
      if (Messages.length === 0) return bodies;
      for (const { Body = "", ReceiptHandle } of Messages) {
        bodies.push(JSON.parse(Body));
        await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
      }
    }
  }

  async function write(Bucket: string, Key: string, text: string): Promise<void> {
    await s3.send(new PutObjectCommand({ Bucket, Key, Body: Buffer.from(text) }));
  }

  return {
    aws,
    functionArn,
    reportQueueUrl,
    write,
    async put({ objects }) {
      const { bucket } = objects;
      await s3.send(new CreateBucketCommand({ Bucket: bucket }));
      for (const [key, text] of worldOf(objects).objects) await write(bucket, key, text);
    },
    async newDirectory() {
      const container = await mkdtemp(join(directory, "container-"));
      containers.push(container);
      return container;
    },
    async files() {
      const names = await Promise.all(containers.map((container) => readdir(container)));
      return names.flat();
    },
    async handOffs() {
      await aws.lambda.idle();
      const records = (await drain(handOffQueue.url)) as readonly { requestPayload: Record<string, unknown> }[];
      return records.map(({ requestPayload }) => requestPayload);
    },
    reports: async () => ((await drain(reportQueueUrl)) as readonly (readonly string[])[]).flat(),
    downloads: () =>
      aws.calls
        .list()
        .filter(({ action }) => action === "s3:GetObject")
        .reduce((sum, { count }) => sum + count, 0),
    async close() {
      s3.destroy();
      sqs.destroy();
      await aws.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
