import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { runClient } from "@longhaul/core/client";
import { dynamodbRunStore } from "@longhaul/core/dynamodb";
import { lambdaDriver } from "@longhaul/core/lambda";
import { type LocalAws, outsideCredentials, startLocalAws } from "@longhaul/local";
import { byPolicies } from "@longhaul/local/testing";
import { App, Duration, RemovalPolicy, Stack } from "aws-cdk-lib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RecursiveFunction, RunTable, stackOutputs } from "../src/index.ts";

const entry = fileURLToPath(new URL("./sleeping-handler.ts", import.meta.url));

let directory: string;
let aws: LocalAws;
let outputs: Readonly<Record<string, string>>;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "longhaul-wakes-on-time-"));
  const app = new App({ outdir: join(directory, "cdk.out") });
  const stack = new Stack(app, "Sleeping");
  const runTable = new RunTable(stack, "Runs", { removalPolicy: RemovalPolicy.DESTROY, sweepEvery: Duration.days(1) });
  const worker = new RecursiveFunction(stack, "Worker", { entry, runTable, wakesOnTime: true });
  stackOutputs(stack, {
    Function: worker.function.functionName,
    Table: runTable.tableName,
    WakeRole: worker.wakeRole?.roleArn ?? "",
    Role: worker.function.role?.roleArn ?? "",
  });
  app.synth();
  // The driver makes schedules for 5 s ahead at least: here a second, for which the runs sleep.
  aws = await startLocalAws({
    directory: join(directory, "aws"),
    scheduleScale: 5,
    authorize: byPolicies(() => aws),
  });
  ({ outputs } = await aws.deploy(app.outdir));
});
afterAll(async () => {
  await aws.stop();
  await rm(directory, { recursive: true, force: true });
});

describe("runs of a RecursiveFunction that wakes on time", () => {
  it("are woken by schedules alone, with the permissions that the construct gives", async () => {
    const access = { endpoint: aws.url, region: aws.region, credentials: outsideCredentials };
    const [dynamodb, lambda] = [new DynamoDBClient(access), new LambdaClient(access)];
    const { Function: target = "", Table: tableName = "", WakeRole, Role } = outputs;
    const store = dynamodbRunStore({ tableName, client: dynamodb });
    const client = runClient({ store, driver: lambdaDriver({ client: lambda }), target });
    const { id } = await client.start({});
    expect(await client.wait(id)).toMatchObject({ status: "done", result: "slept twice" });
    const used = (roleArn: string | undefined, action: string) =>
      aws.calls
        .list()
        .filter((call) => call.roleArn === roleArn && call.action === action)
        .reduce((sum, { count }) => sum + count, 0);
    expect(used(WakeRole, "lambda:InvokeFunction")).toBe(2);
    expect(used(Role, "scheduler:CreateSchedule")).toBe(2);
    expect(used(Role, "iam:PassRole")).toBe(2);
    expect(used(Role, "lambda:InvokeFunction")).toBe(0);
    for (const each of [dynamodb, lambda]) each.destroy();
  });
});
