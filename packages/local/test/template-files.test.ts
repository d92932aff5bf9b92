import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { ReceiveMessageCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { strToU8, zipSync } from "fflate";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Deployment, DeployOptions } from "../src/cloudformation/deployment.ts";
import { outsideCredentials } from "../src/gateway/credentials.ts";
import { type LocalAws, startLocalAws } from "../src/local-aws.ts";

let aws: LocalAws;
let root: string;
let projects = 0;
beforeAll(async () => {
  aws = await startLocalAws({ scheduleScale: 60 });
  root = await mkdtemp(join(tmpdir(), "longhaul-templates-"));
});
afterAll(async () => {
  await aws.stop();
  await rm(root, { recursive: true, force: true });
});

/** The project's own modules, esbuild among them: those of this workspace. */
const installModules = () =>
  symlink(fileURLToPath(new URL("../../../node_modules", import.meta.url)), join(root, "node_modules"));

type Files = Readonly<Record<string, string | Uint8Array>>;

/** Writes a project's files, and deploys one of them. */
async function deploy(files: Files, file = "template.yaml", options?: DeployOptions): Promise<Deployment> {
  const folder = join(root, `project-${++projects}`);
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  return aws.deploy(join(folder, file), options);
}

async function invoke(functionName: string, event: unknown = {}): Promise<unknown> {
  const { payload } = await aws.lambda.invoke({ functionName, payload: JSON.stringify(event) });
  return JSON.parse(payload ?? "null") as unknown;
}

const plain = (code: string) => `
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties: { AssumeRolePolicyDocument: { Statement: { Effect: Allow, Action: sts:AssumeRole } } }
  F:
    Type: AWS::Lambda::Function
    Properties: { Runtime: nodejs24.x, Handler: app.handler, Role: !GetAtt Role.Arn, ${code} }
Outputs:
  F: { Value: !Ref F }`;
const handler = 'exports.handler = async () => "it ran";';

describe("code of a template is found as `aws cloudformation package` finds it", () => {
  it.each<[string, string, Files]>([
    ["a folder", "Code: ./src", { "src/app.js": handler }],
    ["a zip file", "Code: build/code.zip", { "build/code.zip": zipSync({ "app.js": strToU8(handler) }) }],
    ["one file", "Code: app.js", { "app.js": handler, "other.js": "" }],
    ["the template's folder, if it names none", "Timeout: 3", { "app.js": handler }],
  ])("%s", async (_, code, files) => {
    const { outputs } = await deploy({ ...files, "template.yaml": plain(code) });
    expect(await invoke(outputs.F ?? "")).toBe("it ran");
  });

  it("what is not there is told with its place, before anything is made", async () => {
    await expect(deploy({ "template.yaml": plain("Code: gone") })).rejects.toThrow(
      /Resources\.F\.Properties\.Code: .*gone is not there/,
    );
    await expect(deploy({ "template.yaml": plain("Code: { S3Bucket: b, S3Key: elsewhere.zip }") })).rejects.toThrow(
      /Code\.S3Key is elsewhere\.zip, which is no asset\. Give the path of a folder or zip file/,
    );
  });
});

describe("a SAM template runs as it is", () => {
  it("with events, policies, a table, and TypeScript bundled by esbuild", async () => {
    await installModules();
    const { outputs } = await deploy({
      "template.yaml": `
Transform: AWS::Serverless-2016-10-31
Globals: { Function: { Runtime: nodejs24.x, Timeout: 10 } }
Resources:
  Uploads: { Type: AWS::S3::Bucket }
  Orders: { Type: AWS::SQS::Queue }
  Seen: { Type: AWS::SQS::Queue }
  Worker:
    Type: AWS::Serverless::Function
    Metadata: { BuildMethod: esbuild, BuildProperties: { EntryPoints: [app.ts], External: ["@aws-sdk/*"] } }
    Properties:
      CodeUri: src
      Handler: app.handler
      Environment: { Variables: { SEEN: !Ref Seen } }
      Policies: [SQSSendMessagePolicy: { QueueName: !GetAtt Seen.QueueName }]
      Events:
        Upload: { Type: S3, Properties: { Bucket: !Ref Uploads, Events: "s3:ObjectCreated:*" } }
        Order: { Type: SQS, Properties: { Queue: !GetAtt Orders.Arn } }
        Minute: { Type: Schedule, Properties: { Schedule: rate(1 minute), Input: '{"Records":[{"body":"a minute"}]}' } }
Outputs:
  Uploads: { Value: !Ref Uploads }
  Orders: { Value: !Ref Orders }
  Seen: { Value: !Ref Seen }`,
      "src/app.ts": `
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { named, type Event } from "./named";
export const handler = async ({ Records }: Event): Promise<void> => {
  for (const record of Records) {
    await new SQSClient({}).send(new SendMessageCommand({ QueueUrl: process.env.SEEN, MessageBody: named(record) }));
  }
};`,
      "src/named.ts": `
interface Record { body?: string; s3?: { object: { key: string } } }
export interface Event { Records: Record[] }
export const named = (record: Record): string => record.body ?? record.s3?.object.key ?? "";`,
    });
    const place = { endpoint: aws.url, region: aws.region, credentials: outsideCredentials };
    const sqs = new SQSClient(place);
    await new S3Client({ ...place, forcePathStyle: true }).send(
      new PutObjectCommand({ Bucket: outputs.Uploads, Key: "a.txt", Body: "x" }),
    );
    await sqs.send(new SendMessageCommand({ QueueUrl: outputs.Orders, MessageBody: "an order" }));
    const seen = new Set<string>();
    while (seen.size < 3) {
      const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl: outputs.Seen, WaitTimeSeconds: 20 }));
      for (const { Body = "" } of Messages ?? []) seen.add(Body);
    }
    expect(seen).toEqual(new Set(["a.txt", "an order", "a minute"]));
  });

  it("what is not translated is listed at once, and can be skipped", async () => {
    const template = `
Transform: AWS::Serverless-2016-10-31
Resources:
  Worker:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: nodejs24.x
      Handler: index.handler
      InlineCode: exports.handler = async () => process.env.URL;
      Environment: { Variables: { URL: !Sub "https://\${ServerlessRestApi}/" } }
      Events:
        Get: { Type: Api, Properties: { Path: /, Method: get } }
        Stream: { Type: Kinesis, Properties: { Stream: s, StartingPosition: LATEST } }
Outputs:
  Worker: { Value: !Ref Worker }
  Url: { Value: !Sub "https://\${ServerlessRestApi}/" }`;
    await expect(deploy({ "template.yaml": template })).rejects.toThrow(
      /2 things[\s\S]*--skip AWS::Serverless::Api\b[\s\S]*--skip AWS::Serverless::Event::Kinesis/,
    );
    const skip = ["AWS::Serverless::Api", "AWS::Serverless::Event::*"];
    const { outputs } = await deploy({ "template.yaml": template }, "template.yaml", { skip });
    expect(Object.keys(outputs)).toEqual(["Worker"]);
    expect(await invoke(outputs.Worker ?? "")).toMatch(/^https:\/\/project-/);
  });
});

it("a function has the modules of its layers, and programs in their bin", async () => {
  const { outputs } = await deploy({
    "template.yaml": `
Transform: AWS::Serverless-2016-10-31
Resources:
  Shared: { Type: AWS::Serverless::LayerVersion, Properties: { ContentUri: shared } }
  Zipped: { Type: AWS::Serverless::LayerVersion, Properties: { ContentUri: zipped.zip, LayerName: zipped } }
  F:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: nodejs24.x
      Handler: index.handler
      Layers: [!Ref Shared, !Ref Zipped]
      InlineCode: |
        exports.handler = async () => [require("one"), require("two"), process.env.PATH.split(":")[0]];
Outputs:
  F: { Value: !Ref F }
  Layer: { Value: !Ref Zipped }`,
    "shared/nodejs/node_modules/one/index.js": 'module.exports = "one of the first";',
    "shared/nodejs/node_modules/two/index.js": 'module.exports = "two of the first";',
    "zipped.zip": zipSync({ "nodejs/node_modules/two/index.js": strToU8('module.exports = "two of the second";') }),
  });
  expect(outputs.Layer).toMatch(/:layer:zipped:1$/);
  expect(await invoke(outputs.F ?? "")).toEqual([
    "one of the first",
    "two of the second",
    expect.stringMatching(/\/bin$/),
  ]);
});

it("what osls package writes runs, with the zip files beside the template", async () => {
  const template = {
    Resources: {
      ServerlessDeploymentBucket: { Type: "AWS::S3::Bucket" },
      Role: {
        Type: "AWS::IAM::Role",
        Properties: { AssumeRolePolicyDocument: { Statement: [{ Effect: "Allow", Action: "sts:AssumeRole" }] } },
      },
      OrdersLambdaFunction: {
        Type: "AWS::Lambda::Function",
        Properties: {
          Code: { S3Bucket: { Ref: "ServerlessDeploymentBucket" }, S3Key: "serverless/orders/dev/1-2026/orders.zip" },
          Handler: "app.handler",
          Runtime: "nodejs24.x",
          Role: { "Fn::GetAtt": ["Role", "Arn"] },
        },
      },
    },
    Outputs: { Name: { Value: { Ref: "OrdersLambdaFunction" } } },
  };
  const files = {
    ".serverless/cloudformation-template-update-stack.json": JSON.stringify(template),
    ".serverless/orders.zip": zipSync({ "app.js": strToU8(handler) }),
  };
  const { outputs, stacks } = await deploy(files, ".serverless");
  expect(await invoke(outputs.Name ?? "")).toBe("it ran");
  // Named after the project, not after the hidden folder.
  expect(stacks[0]?.name).toMatch(/^project-\d+$/);
});
