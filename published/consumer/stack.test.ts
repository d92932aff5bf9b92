import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { dynamodbRunStore } from "@longhaul/core/dynamodb";
import { type LocalAws, outsideCredentials, startLocalAws } from "@longhaul/local";
import { App } from "aws-cdk-lib";
import { CounterStack } from "./counter-stack.ts";

describe(`a stack on the embedded AWS, on Node ${process.version}`, () => {
  let directory: string;
  let aws: LocalAws;

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), "longhaul-stack-"));
    // A busy machine may hold a hop up until its time is over; Lambda tries it again after a minute, here after a second.
    aws = await startLocalAws({ lambda: { timeScale: 1 / 60 } });
  });
  after(async () => {
    await aws.stop();
    await rm(directory, { recursive: true });
  });

  it("is synthesized, deployed, and runs its function through several hops", { timeout: 240_000 }, async () => {
    const app = new App({ outdir: join(directory, "cdk.out"), analyticsReporting: false });
    new CounterStack(app, "Counter");
    const { outputs } = await aws.deploy(app.synth().directory);

    const config = { endpoint: aws.url, region: aws.region, credentials: outsideCredentials };
    const lambda = new LambdaClient(config);
    const client = new DynamoDBClient(config);
    await lambda.send(
      new InvokeCommand({
        FunctionName: outputs.FunctionName ?? "",
        InvocationType: "Event",
        Payload: JSON.stringify({ name: "to-60", upTo: 60 }),
      }),
    );
    await aws.lambda.idle();

    const record = await dynamodbRunStore({ tableName: outputs.RunTableName ?? "", client }).get("to-60");
    assert.equal(record?.phase, "done");
    assert.equal(record.result, JSON.stringify(`counted to 60 on ${process.version}`));
    assert.ok(record.hop >= 2, `there were only ${record.hop + 1} hops`);
    lambda.destroy();
    client.destroy();
  });
});
