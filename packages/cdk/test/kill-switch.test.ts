import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  DeleteFunctionConcurrencyCommand,
  GetFunctionConcurrencyCommand,
  InvokeCommand,
  LambdaClient,
} from "@aws-sdk/client-lambda";
import { type LocalAws, outsideCredentials, startLocalAws } from "@longhaul/local";
import { App, Stack } from "aws-cdk-lib";
import { SqsSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import { Queue } from "aws-cdk-lib/aws-sqs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { KillSwitch, RecursiveFunction, RunDashboard, stackOutputs } from "../src/index.ts";

const entry = fileURLToPath(new URL("./runaway-handler.ts", import.meta.url));

let directory: string;
let aws: LocalAws;
let lambda: LambdaClient;
let FunctionName: string;
let toldUrl: string;
let outputs: Readonly<Record<string, string>>;
/** The event that came while it was stopped. */
let missed: string;
/** Numbers of the invocations, as they print them. */
const runs: number[] = [];
const waiting: { readonly least: number; resolve(): void }[] = [];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "longhaul-kill-switch-"));
  const app = new App({ outdir: join(directory, "cdk.out") });
  const stack = new Stack(app, "Runaway");
  const worker = new RecursiveFunction(stack, "Worker", { entry });
  const { topic } = new KillSwitch(stack, "KillSwitch", { functions: [worker], maxInvocationsPerMinute: 5 });
  new RunDashboard(stack, "Dashboard", { functions: [worker] });
  const told = new Queue(stack, "Told");
  topic.addSubscription(new SqsSubscription(told, { rawMessageDelivery: true }));
  stackOutputs(stack, {
    FunctionName: worker.function.functionName,
    ToldUrl: told.queueUrl,
    FailuresUrl: worker.failures.queueUrl,
  });
  app.synth();
  // A minute lasts half a second.
  aws = await startLocalAws({ directory: join(directory, "aws"), scheduleScale: 120, lambda: { timeScale: 1 / 20 } });
  aws.lambda.on("log", ({ message }) => {
    const [, at] = /^runaway (\d+)/.exec(message) ?? [];
    if (at === undefined) return;
    runs.push(Number(at));
    for (const each of waiting) if (runs.length >= each.least) each.resolve();
  });
  lambda = new LambdaClient({ endpoint: aws.url, region: aws.region, credentials: outsideCredentials });
  ({ outputs } = await aws.deploy(app.outdir));
  ({ FunctionName = "", ToldUrl: toldUrl = "" } = outputs);
});
afterAll(async () => {
  lambda.destroy();
  await aws.stop();
  await rm(directory, { recursive: true, force: true });
});

const reserved = async () =>
  (await lambda.send(new GetFunctionConcurrencyCommand({ FunctionName }))).ReservedConcurrentExecutions;

async function stopped(): Promise<void> {
  while ((await reserved()) !== 0) await new Promise((resolve) => setTimeout(resolve, 20));
  await aws.cloudwatch.settled();
  await aws.sns.settled();
}

const runsReach = (least: number) =>
  new Promise<void>((resolve) => {
    waiting.push({ least, resolve });
    if (runs.length >= least) resolve();
  });

describe("a function that begins itself without end", () => {
  it("is stopped by the alarm on its invocations, and the topic is told how to start it again", async () => {
    await lambda.send(new InvokeCommand({ FunctionName, InvocationType: "Event", Payload: '{"at":0}' }));
    await runsReach(6);
    await stopped();
    const queue = aws.sqs.queues.get(toldUrl.replace(/^.*\//, ""));
    const [message] = await aws.sqs.queues.receive(queue, { maxMessages: 1, waitMs: 20_000 });
    expect(JSON.parse(message?.body ?? "{}")).toMatchObject({
      NewStateValue: "ALARM",
      AlarmDescription: expect.stringContaining(`longhaul revive ${FunctionName}`),
    });
  });

  it("does not run while it is stopped: its event is in the queue of failures, with the reason", async () => {
    const { FailuresUrl = "" } = outputs;
    const queue = aws.sqs.queues.get(FailuresUrl.replace(/^.*\//, ""));
    const [message] = await aws.sqs.queues.receive(queue, { maxMessages: 1, waitMs: 20_000 });
    const record = JSON.parse(message?.body ?? "{}");
    expect(record).toMatchObject({ requestContext: { condition: "ZeroReservedConcurrency" } });
    // The one that the last invocation sent.
    expect(record.requestPayload).toEqual({ at: runs.length });
    missed = JSON.stringify(record.requestPayload);
  });

  it("runs from where it was when somebody revives it and sends that event again", async () => {
    const before = runs.length;
    await lambda.send(new DeleteFunctionConcurrencyCommand({ FunctionName }));
    await lambda.send(new InvokeCommand({ FunctionName, InvocationType: "Event", Payload: missed }));
    await runsReach(before + 2);
    expect(runs).toEqual(Array.from({ length: runs.length }, (_, at) => at));
  });
});
