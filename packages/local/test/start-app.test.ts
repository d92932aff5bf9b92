import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { RunStore } from "@longhaul/core";
import { dynamodbRunStore } from "@longhaul/core/dynamodb";
import { runTableRequest } from "@longhaul/core/store";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { outsideCredentials } from "../src/index.ts";
import { type RunningApp, startApp } from "../src/testing.ts";
import { beginning, stats } from "./run-writes.ts";

const { TableName: _, ...runTable } = runTableRequest("runs");

/** A function that answers with its event and says what it was asked; a bucket that tells it of objects, and a queue. */
const template = {
  Resources: {
    Role: {
      Type: "AWS::IAM::Role",
      Properties: {
        AssumeRolePolicyDocument: {
          Version: "2012-10-17",
          Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "lambda.amazonaws.com" } }],
        },
      },
    },
    Function: {
      Type: "AWS::Lambda::Function",
      Properties: {
        Runtime: "nodejs24.x",
        Handler: "index.handler",
        Timeout: 30,
        Role: { "Fn::GetAtt": ["Role", "Arn"] },
        Environment: { Variables: { LONGHAUL_RUN_TABLE: { Ref: "Runs" } } },
        Code: {
          ZipFile: `exports.handler = async (event, context) => {
            if (event.fails) throw new Error("as it was told");
            console.log("asked for", event.Records ? event.Records[0].s3.object.key : event.upTo);
            return { ...event, hadMs: context.getRemainingTimeInMillis(), variable: process.env.VARIABLE };
          };`,
        },
      },
    },
    Runs: { Type: "AWS::DynamoDB::Table", Properties: runTable },
    Source: { Type: "AWS::S3::Bucket", Properties: {} },
    Output: { Type: "AWS::S3::Bucket" },
    Queue: { Type: "AWS::SQS::Queue" },
  },
  Outputs: {
    FunctionName: { Value: { Ref: "Function" } },
    SourceBucketName: { Value: { Ref: "Source" } },
    OutputBucketName: { Value: { Ref: "Output" } },
    QueueUrl: { Value: { Ref: "Queue" } },
    RunTableName: { Value: { Ref: "Runs" } },
  },
};

let directory: string;
let app: RunningApp;
let store: RunStore;
let client: DynamoDBClient;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "longhaul-start-app-"));
  const stack = { type: "aws:cloudformation:stack", properties: { templateFile: "App.template.json" } };
  const program = `
    import { writeFileSync } from "node:fs";
    const write = (name, json) => writeFileSync(process.env.CDK_OUTDIR + "/" + name, JSON.stringify(json));
    write("manifest.json", ${JSON.stringify({ version: "55.0.0", artifacts: { App: stack } })});
    write("App.template.json", ${JSON.stringify(template)});`;
  await writeFile(join(directory, "app.mjs"), program);
  await writeFile(join(directory, "cdk.json"), JSON.stringify({ app: "node app.mjs" }));
  await writeFile(
    join(directory, "longhaul.config.ts"),
    `export default { name: "app", functionOutput: "FunctionName", inputBucketOutput: "SourceBucketName", inputQueueOutput: "QueueUrl",
       startEvent: (outputs: Record<string, string>) => ({ upTo: 7, of: outputs.FunctionName }) };`,
  );
  app = await startApp({ directory, timeoutSeconds: 2.5, environment: { VARIABLE: "set" } });
  client = new DynamoDBClient({ endpoint: app.aws.url, region: app.aws.region, credentials: outsideCredentials });
  store = dynamodbRunStore({ tableName: app.outputs.RunTableName ?? "", client });
});
afterAll(async () => {
  client?.destroy();
  await app?.close();
  await rm(directory, { recursive: true, force: true });
});

/** Begins a run; the answer ends it. */
async function begin(run: string): Promise<(result: unknown) => Promise<unknown>> {
  const nowMs = Date.now();
  const request = { ...beginning(run), nowMs, leaseUntilMs: nowMs + 60_000, startedAtMs: nowMs };
  const begun = await store.begin(request);
  if (!begun.ok) throw new Error(`${run} did not begin`);
  const { hop, owner } = request;
  const { epoch } = begun.record;
  return (result) =>
    store.finish({ run, hop, owner, epoch, nowMs: Date.now(), phase: "done", stats, result: JSON.stringify(result) });
}

describe("an app that a test starts", () => {
  it("runs its function with the settings of the test, by the event of its configuration", async () => {
    expect(app.timeoutMs).toBe(2_500);
    expect(await app.start()).toMatchObject({ upTo: 7, of: app.functionName, variable: "set" });
    expect(await app.start({ upTo: 8 })).toMatchObject({ upTo: 8 });
    await app.settled();
    expect(app.printed).toEqual(["asked for 7", "asked for 8"]);
  });

  it("fails the test with what its function says", async () => {
    await expect(app.start({ fails: true })).rejects.toThrow(/as it was told/);
  });

  it("takes objects, and hands out those of any bucket", async () => {
    await app.put("in/größe & 50 %.txt", "naïve\n");
    await app.put("out/a", new Uint8Array([104, 105]), { bucket: "OutputBucketName" });
    expect(await app.text("in/größe & 50 %.txt")).toBe("naïve\n");
    expect(await app.text("out/a")).toBe("hi");
    expect(app.keys()).toEqual(["in/größe & 50 %.txt", "out/a"]);
    expect(app.keys({ bucket: "OutputBucketName" })).toEqual(["out/a"]);
    await expect(app.text("out/b")).rejects.toThrow(/No bucket has out\/b\. Keys there are: .*out\/a/);
    await app.put("out/a", "twice");
    await expect(app.text("out/a")).rejects.toThrow("2 buckets have out/a");
    await expect(app.put("a", "b", { bucket: "QueueUrl" })).rejects.toThrow("no output QueueUrl that names a bucket");
  });

  it("takes messages, and tells when all of them are done", async () => {
    const queue = app.aws.sqs.queues.get(app.outputs.QueueUrl?.split("/").at(-1) ?? "");
    const id = app.send({ order: 1 });
    const [received] = await app.aws.sqs.queues.receive(queue, { maxMessages: 1 });
    expect(received).toMatchObject({ id, body: '{"order":1}' });
    const emptied = app.emptied();
    queue.messages.purge();
    await emptied;
    expect(() => app.send("text", { queue: "NoSuchOutput" })).toThrow("has no output NoSuchOutput");
  });

  it("tells what its roles did, and would need", async () => {
    await app.start();
    const [{ role, refused } = {}] = app.permissions();
    expect(role?.arn).toBe(app.aws.lambda.getFunction(app.functionName).roleArn);
    expect(refused).toMatchObject([
      { action: "logs:CreateLogStream", count: 0, isByLambda: true },
      { action: "logs:PutLogEvents", count: 0, isByLambda: true },
    ]);
  });

  it("hears of no run where none began", async () => {
    await expect(app.runs.wait({ timeoutMs: 5_000 })).rejects.toThrow(/No run has begun[\s\S]*asked for 7/);
  });

  it("waits for runs, and has their results", async () => {
    const end = await begin("run-a");
    await (await begin("run-b"))(null);
    await expect(app.runs.wait({ timeoutMs: 50 })).rejects.toThrow("1 of 2 runs are not over after 50 ms: run-a.");
    const waited = app.runs.waitAll();
    await end({ records: 3 });
    // A sweep would begin it; here the next invocation is what is waited for.
    await app.start();
    expect(await waited).toMatchObject([
      { id: "run-a", status: "done", hop: 0, result: { records: 3 } },
      { id: "run-b", status: "done", hop: 0, result: null },
    ]);
    expect(await app.runs.wait()).toMatchObject({ id: "run-a" });
    expect(await app.items("RunTableName")).toContainEqual(expect.objectContaining({ run: "run-b", phase: "done" }));
  });
});

describe("a folder without CDK", () => {
  it("names its program in longhaul.json", async () => {
    const folder = await mkdtemp(join(directory, "plain-"));
    await cp(join(directory, "app.mjs"), join(folder, "app.mjs"));
    await cp(join(directory, "cdk.json"), join(folder, "longhaul.json"));
    await using plain = await startApp({ directory: folder, functionOutput: "FunctionName" });
    expect(await plain.start({ upTo: 3 })).toMatchObject({ upTo: 3 });
  });
});

describe("a folder that says too little", () => {
  it.each([
    ["no cdk.json", {}, 'has no "app"'],
    ["an output that there is not", { functionOutput: "Nothing" }, "has an output Nothing that refers to a function"],
  ])("%s", async (about, options, message) => {
    const folder = about === "no cdk.json" ? await mkdtemp(join(directory, "empty-")) : directory;
    await expect(startApp({ directory: folder, functionOutput: "FunctionName", ...options })).rejects.toMatchObject({
      code: "AppStack",
      message: expect.stringContaining(message),
    });
  });

  it("no configuration, and no function named", async () => {
    const folder = await mkdtemp(join(directory, "empty-"));
    await expect(startApp({ directory: folder })).rejects.toThrow("Which function runs? Give functionOutput");
  });
});
