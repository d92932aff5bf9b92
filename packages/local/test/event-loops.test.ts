import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LocalAws, startLocalAws } from "../src/index.ts";

/** Sends each message on to where it came from, one hop further, until the last. */
const handler = `
import { SNSClient, PublishCommand } from "@aws-sdk/client-sns";
import { SQSClient, SendMessageCommand } from "@aws-sdk/client-sqs";
const sns = new SNSClient();
const sqs = new SQSClient();
export const handler = async ({ Records }) => {
  for (const record of Records) {
    const { hop, last } = JSON.parse(record.Sns?.Message ?? record.body);
    if (hop === last) continue;
    const message = JSON.stringify({ hop: hop + 1, last });
    if (record.Sns) await sns.send(new PublishCommand({ TopicArn: record.Sns.TopicArn, Message: message }));
    else await sqs.send(new SendMessageCommand({ QueueUrl: process.env.QUEUE, MessageBody: message }));
  }
};`;

describe("recursive-loop detection through queues and topics, with the real SDK in the function", () => {
  let aws: LocalAws;
  let directory: string;
  const runs: string[] = [];

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "longhaul-loops-"));
    await mkdir(join(directory, "code"));
    await build({
      stdin: { contents: handler, resolveDir: import.meta.dirname },
      outfile: join(directory, "code", "index.mjs"),
      bundle: true,
      platform: "node",
      format: "esm",
      banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
      logLevel: "error",
    });
    aws = await startLocalAws();
    aws.lambda.on("invoke.start", ({ functionName }) => runs.push(functionName));
  });
  afterAll(async () => {
    await aws.stop();
    await rm(directory, { recursive: true });
  });

  async function deploy(name: string, recursiveLoop: "Allow" | "Terminate") {
    const dead = aws.sqs.createQueue(`${name}-dead`);
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: 5 });
    const queue = aws.sqs.createQueue(name, { RedrivePolicy });
    await aws.lambda.createFunction({
      name,
      codeDirectory: join(directory, "code"),
      runtime: "nodejs24.x",
      roleArn: "arn:aws:iam::000000000000:role/loop",
      timeoutSeconds: 20,
      memoryMb: 256,
      environment: { QUEUE: queue.url },
      deadLetterArn: dead.arn,
      recursiveLoop,
    });
    const deadLetters = () => aws.sqs.queues.find(dead.arn)?.messages.counts(Date.now()).visible;
    const runsOf = () => runs.filter((functionName) => functionName === name).length;
    return { queue, deadLetters, runsOf };
  }

  it("lets 16 messages of a chain through a queue, and puts the 17th to the queue's dead letters", async () => {
    const { queue, deadLetters, runsOf } = await deploy("queue-loop", "Terminate");
    aws.eventSources.create(queue.arn, { functionName: "queue-loop" });
    aws.sqs.sendMessage(queue.arn, JSON.stringify({ hop: 0, last: 100 }));
    await aws.eventSources.idle(queue.arn);
    expect(runsOf()).toBe(16);
    expect(deadLetters()).toBe(1);
  });

  it("lets all pass where the function allows recursive loops", async () => {
    const { queue, deadLetters, runsOf } = await deploy("queue-recursion", "Allow");
    aws.eventSources.create(queue.arn, { functionName: "queue-recursion" });
    aws.sqs.sendMessage(queue.arn, JSON.stringify({ hop: 0, last: 40 }));
    await aws.eventSources.idle(queue.arn);
    expect(runsOf()).toBe(41);
    expect(deadLetters()).toBe(0);
  });

  it("lets 16 notifications of a topic through, and puts the 17th to the function's dead letters", async () => {
    const { deadLetters, runsOf } = await deploy("topic-loop", "Terminate");
    const topic = aws.sns.topics.create("loop");
    const { arn } = aws.lambda.getFunction("topic-loop");
    aws.sns.topics.subscribe(topic, "lambda", arn);
    const permission = { statementId: "sns", principal: "sns.amazonaws.com", sourceArn: topic.arn };
    aws.lambda.addPermission("topic-loop", permission);
    aws.sns.publish(topic.arn, JSON.stringify({ hop: 0, last: 100 }));
    await aws.sns.settled();
    await aws.lambda.idle();
    expect(runsOf()).toBe(16);
    expect(deadLetters()).toBe(1);
  });
});
