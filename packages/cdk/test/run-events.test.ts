import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { type LocalAws, outsideCredentials, startLocalAws } from "@longhaul/local";
import { byPolicies } from "@longhaul/local/testing";
import { App, Duration, RemovalPolicy, Stack } from "aws-cdk-lib";
import { EventBus } from "aws-cdk-lib/aws-events";
import { SqsQueue } from "aws-cdk-lib/aws-events-targets";
import { Topic } from "aws-cdk-lib/aws-sns";
import { SqsSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import { Queue } from "aws-cdk-lib/aws-sqs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RecursiveFunction, RunEvents, RunTable, stackOutputs } from "../src/index.ts";

const entry = fileURLToPath(new URL("./ending-handler.ts", import.meta.url));

let directory: string;
let aws: LocalAws;
let lambda: LambdaClient;
let outputs: Readonly<Record<string, string>>;
/** Calls of EventBridge that still fail. */
let failing = 0;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "longhaul-run-events-"));
  const app = new App({ outdir: join(directory, "cdk.out") });
  const stack = new Stack(app, "Ends");
  const runTable = new RunTable(stack, "Runs", {
    removalPolicy: RemovalPolicy.DESTROY,
    resumeAfter: Duration.seconds(1),
  });
  const worker = new RecursiveFunction(stack, "Worker", { entry, runTable });
  const topic = new Topic(stack, "Oncall");
  const bus = new EventBus(stack, "Bus", { eventBusName: "runs" });
  const ends = new RunEvents(stack, "RunEvents", { functions: [worker], bus, topic });
  const [all, failed] = [new Queue(stack, "All"), new Queue(stack, "Failed")];
  ends.onEnd("Queue", new SqsQueue(all));
  topic.addSubscription(new SqsSubscription(failed, { rawMessageDelivery: true }));
  stackOutputs(stack, {
    FunctionName: worker.function.functionName,
    AllUrl: all.queueUrl,
    FailedUrl: failed.queueUrl,
    Table: runTable.tableName,
  });
  app.synth();
  aws = await startLocalAws({
    directory: join(directory, "aws"),
    // A minute lasts half a second.
    scheduleScale: 120,
    lambda: { timeScale: 1 / 60 },
    authorize: byPolicies(() => aws),
    callFaults: ({ service }) => (service === "events" && failing-- > 0 ? "reset" : undefined),
  });
  lambda = new LambdaClient({ endpoint: aws.url, region: aws.region, credentials: outsideCredentials });
  ({ outputs } = await aws.deploy(app.outdir));
});
afterAll(async () => {
  lambda.destroy();
  await aws.stop();
  await rm(directory, { recursive: true, force: true });
});

const start = (event: object) =>
  lambda.send(
    new InvokeCommand({
      FunctionName: outputs.FunctionName,
      InvocationType: "Event",
      Payload: JSON.stringify(event),
    }),
  );

async function next(urlOutput: string): Promise<{ readonly detail: Readonly<Record<string, unknown>> }> {
  const queue = aws.sqs.queues.get((outputs[urlOutput] ?? "").replace(/^.*\//, ""));
  const [message] = await aws.sqs.queues.receive(queue, { maxMessages: 1, waitMs: 20_000 });
  if (!message) return next(urlOutput);
  return JSON.parse(message.body);
}

describe("the end of a run is told on the event bus", () => {
  it("with the run, how it ended and what came of it; to the targets of a rule", async () => {
    await start({ job: "fine" });
    expect(await next("AllUrl")).toMatchObject({
      source: "longhaul",
      "detail-type": "Run Ended",
      detail: { status: "done", functionName: outputs.FunctionName, result: { steps: 3 }, job: "fine" },
    });
  });

  it("to a topic, if it failed", async () => {
    await start({ job: "no", fails: true });
    const detail = { status: "failed", job: "no", reason: { code: "NO_JOB", message: "The job cannot be done." } };
    expect(await next("FailedUrl")).toMatchObject({ detail });
    expect(await next("AllUrl")).toMatchObject({ detail });
  });

  it("later, if the bus cannot be reached for a while", async () => {
    failing = 40;
    await start({ job: "late" });
    expect(await next("AllUrl")).toMatchObject({ detail: { status: "done", job: "late" } });
  });
});
