import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Deployment, type LocalAws, outsideCredentials, startLocalAws } from "../src/index.ts";

/** Notes each object in the table and tells the queue; uses the SDK as any function would. */
const handlerSource = `
import { DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { SQSClient, SendMessageCommand } from "@aws-sdk/client-sqs";
const dynamodb = new DynamoDBClient();
const sqs = new SQSClient();
export const handler = async (event) => {
  for (const { s3 } of event.Records) {
    const key = decodeURIComponent(s3.object.key.replaceAll("+", " "));
    const Item = { key: { S: key }, bytes: { N: String(s3.object.size) } };
    await dynamodb.send(new PutItemCommand({ TableName: process.env.TABLE, Item }));
    await sqs.send(new SendMessageCommand({ QueueUrl: process.env.QUEUE, MessageBody: key }));
  }
};`;

const template = {
  Resources: {
    Role: {
      Type: "AWS::IAM::Role",
      Properties: {
        AssumeRolePolicyDocument: {
          Statement: [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }],
        },
      },
    },
    Table: {
      Type: "AWS::DynamoDB::Table",
      Properties: {
        BillingMode: "PAY_PER_REQUEST",
        KeySchema: [{ AttributeName: "key", KeyType: "HASH" }],
        AttributeDefinitions: [{ AttributeName: "key", AttributeType: "S" }],
      },
    },
    Queue: { Type: "AWS::SQS::Queue", Properties: { VisibilityTimeout: 60 } },
    Policy: {
      Type: "AWS::IAM::Policy",
      Properties: {
        PolicyName: "write",
        Roles: [{ Ref: "Role" }],
        PolicyDocument: {
          Statement: [
            { Effect: "Allow", Action: "dynamodb:PutItem", Resource: { "Fn::GetAtt": ["Table", "Arn"] } },
            { Effect: "Allow", Action: ["sqs:SendMessage"], Resource: { "Fn::GetAtt": ["Queue", "Arn"] } },
          ],
        },
      },
    },
    Function: {
      Type: "AWS::Lambda::Function",
      DependsOn: ["Policy"],
      Properties: {
        Code: { S3Bucket: { "Fn::Join": ["-", ["cdk-assets", { Ref: "AWS::AccountId" }]] }, S3Key: "code.zip" },
        Handler: "index.handler",
        Runtime: "nodejs24.x",
        MemorySize: 256,
        Timeout: 20,
        Role: { "Fn::GetAtt": ["Role", "Arn"] },
        Environment: { Variables: { TABLE: { Ref: "Table" }, QUEUE: { Ref: "Queue" } } },
      },
    },
    MayInvoke: {
      Type: "AWS::Lambda::Permission",
      Properties: {
        Action: "lambda:InvokeFunction",
        FunctionName: { "Fn::GetAtt": ["Function", "Arn"] },
        Principal: "s3.amazonaws.com",
        SourceArn: "arn:aws:s3:::smoke-source",
      },
    },
    Bucket: {
      Type: "AWS::S3::Bucket",
      DependsOn: "MayInvoke",
      Properties: {
        BucketName: "smoke-source",
        NotificationConfiguration: {
          LambdaConfigurations: [
            {
              Event: "s3:ObjectCreated:*",
              Function: { "Fn::GetAtt": ["Function", "Arn"] },
              Filter: { S3Key: { Rules: [{ Name: "prefix", Value: "in/" }] } },
            },
          ],
        },
      },
    },
  },
  Outputs: { TableName: { Value: { Ref: "Table" } }, QueueUrl: { Value: { Ref: "Queue" } } },
};

describe("a stack on the embedded AWS, with the real SDK on both sides", () => {
  let directory: string;
  let aws: LocalAws;
  let deployment: Deployment;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "longhaul-smoke-"));
    await writeAssembly(directory);
    aws = await startLocalAws();
    deployment = await aws.deploy(directory);
  });
  afterAll(async () => {
    await aws.stop();
    await rm(directory, { recursive: true });
  });

  it("runs its function for each object put, under the function's role", async () => {
    const config = { endpoint: aws.url, region: aws.region, credentials: outsideCredentials };
    const [s3, sqs, dynamodb] = [new S3Client(config), new SQSClient(config), new DynamoDBClient(config)];
    const Key = "in/a b+ü 🚀.json";
    await s3.send(new PutObjectCommand({ Bucket: "smoke-source", Key, Body: "[1, 2, 3]" }));
    await s3.send(new PutObjectCommand({ Bucket: "smoke-source", Key: "elsewhere/x", Body: "x" }));

    const QueueUrl = deployment.outputs.QueueUrl;
    const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 15 }));
    expect(Messages?.map(({ Body }) => Body)).toEqual([Key]);
    const TableName = deployment.outputs.TableName;
    const { Item } = await dynamodb.send(new GetItemCommand({ TableName, Key: { key: { S: Key } } }));
    expect(Item?.bytes).toEqual({ N: "9" });

    await aws.lambda.idle();
    const [role] = aws.roles.list();
    const calls = aws.calls.list().filter(({ roleArn }) => roleArn === role?.arn);
    expect(calls.map(({ action, count }) => [action, count])).toEqual([
      ["dynamodb:PutItem", 1],
      ["sqs:SendMessage", 1],
    ]);
    for (const client of [s3, sqs, dynamodb]) client.destroy();
  });

  it("is named by its stack and logical ids, always the same", () => {
    expect(deployment.functions).toEqual([expect.stringMatching(/^smoke-function-[0-9a-f]{8}$/)]);
    expect(deployment.buckets).toEqual(["smoke-source"]);
    expect(deployment.tables).toHaveLength(1);
    expect(deployment.queues).toHaveLength(1);
  });

  it("can be deployed again, and keeps its data", async () => {
    expect(await aws.deploy(directory)).toEqual(deployment);
  });
});

async function writeAssembly(directory: string): Promise<void> {
  await mkdir(join(directory, "asset.code"));
  await build({
    stdin: { contents: handlerSource, resolveDir: import.meta.dirname },
    outfile: join(directory, "asset.code", "index.mjs"),
    bundle: true,
    platform: "node",
    format: "esm",
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
    logLevel: "error",
  });
  const assets = {
    files: {
      code: {
        source: { path: "asset.code", packaging: "zip" },
        destinations: { here: { bucketName: "cdk-assets-000000000000", objectKey: "code.zip" } },
      },
    },
  };
  const manifest = {
    artifacts: {
      Smoke: { type: "aws:cloudformation:stack", properties: { templateFile: "Smoke.template.json" } },
      "Smoke.assets": { type: "cdk:asset-manifest", properties: { file: "Smoke.assets.json" } },
    },
  };
  await writeFile(join(directory, "manifest.json"), JSON.stringify(manifest));
  await writeFile(join(directory, "Smoke.assets.json"), JSON.stringify(assets));
  await writeFile(join(directory, "Smoke.template.json"), JSON.stringify(template));
}
