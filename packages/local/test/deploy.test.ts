import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { strToU8, zipSync } from "fflate";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  AssemblyError,
  DependencyCycleError,
  type Deployment,
  InvalidPropertyError,
  type LocalAws,
  outsideCredentials,
  ResourceFailedError,
  startLocalAws,
  TemplateError,
  UnsupportedPropertyError,
  UnsupportedResourceError,
} from "../src/index.ts";
import { deployTemplates } from "./template-deployment.ts";

const cdkApp = join(import.meta.dirname, "fixtures", "cdk-app");

describe("what CDK synthesizes for buckets, queues, functions, rules and tables", () => {
  let aws: LocalAws;
  let deployment: Deployment;
  const invoked: { readonly functionName: string }[] = [];
  const ignored: string[] = [];

  beforeAll(async () => {
    aws = await startLocalAws();
    aws.lambda.on("invoke.start", (event) => invoked.push(event));
    deployment = await aws.deploy(cdkApp, {
      onProgress: ({ status, logicalId }) => void (status === "ignored" && ignored.push(logicalId)),
    });
  });
  afterAll(() => aws.stop());

  const config = () => ({ endpoint: aws.url, region: aws.region, credentials: outsideCredentials, maxAttempts: 1 });

  async function putObject(Bucket: string | undefined, Key: string): Promise<void> {
    const s3 = new S3Client(config());
    await s3.send(new PutObjectCommand({ Bucket, Key, Body: "x" }));
    s3.destroy();
    await aws.s3.settled();
  }

  async function receiveBodies(): Promise<unknown[]> {
    const sqs = new SQSClient(config());
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl: deployment.outputs.QueueUrl, MaxNumberOfMessages: 10 }),
    );
    sqs.destroy();
    return Messages.map(({ Body }) => JSON.parse(Body ?? "null"));
  }

  it("is deployed, stack after stack, with values handed from one to the other", () => {
    expect(deployment.stacks.map(({ name }) => name)).toEqual(["Data", "Work"]);
    expect(deployment.functions).toEqual([deployment.outputs.FunctionName]);
    expect(deployment.tables).toHaveLength(1);
    expect(deployment.buckets).toEqual([deployment.outputs.BucketName, deployment.outputs.EventsBucketName]);
    expect(deployment.queues).toHaveLength(2);
  });

  it("with the ARNs of what was made, and the log group that a function writes to", () => {
    const { resources = [], physicalIds = {} } = deployment.stacks[1] ?? {};
    const { arn, logGroup } = aws.lambda.getFunction(deployment.outputs.FunctionName ?? "");
    expect(resources).toContainEqual({ logicalId: expect.any(String), type: "AWS::Lambda::Function", arn });
    expect(logGroup).toBe(physicalIds.Log95422804);
  });

  it("without the functions behind custom resources, whose work is done natively", () => {
    expect(ignored).toEqual([
      expect.stringContaining("CustomS3AutoDeleteObjects"),
      expect.stringContaining("BucketNotificationsHandler"),
    ]);
  });

  it("bucket notifications reach function and queue by prefix", async () => {
    // Setting them sent a test event to the queue, as S3 does.
    expect(await receiveBodies()).toEqual([expect.objectContaining({ Event: "s3:TestEvent" })]);
    const before = invoked.length;
    await putObject(deployment.outputs.BucketName, "in/a.json");
    await putObject(deployment.outputs.BucketName, "queue/b.json");
    await putObject(deployment.outputs.BucketName, "elsewhere.json");
    await aws.lambda.idle();
    expect(invoked.length - before).toBe(1);
    expect(await receiveBodies()).toEqual([{ Records: [expect.objectContaining({ eventName: "ObjectCreated:Put" })] }]);
  });

  it("a rule reaches function and queue by EventBridge", async () => {
    const before = invoked.length;
    await putObject(deployment.outputs.EventsBucketName, "in/a.json");
    await putObject(deployment.outputs.EventsBucketName, "out/a.json");
    await aws.lambda.idle();
    expect(invoked.length - before).toBe(1);
    expect(await receiveBodies()).toEqual([
      expect.objectContaining({ "detail-type": "Object Created", source: "aws.s3" }),
    ]);
  });

  it("roles keep what their policies say, names resolved", () => {
    const worker = aws.roles.list().find(({ name }) => name.startsWith("work-workerservicerole"));
    const table = `arn:aws:dynamodb:us-east-1:000000000000:table/${deployment.tables[0]}`;
    expect(worker?.managedPolicyArns).toEqual(["arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"]);
    const statement = worker?.statements.find(({ actions }) => actions.includes("dynamodb:GetItem"));
    expect(statement).toMatchObject({ effect: "Allow", resources: [table] });
  });

  it("the table takes items", async () => {
    const dynamodb = new DynamoDBClient(config());
    const Item = { id: { S: "a" } };
    await dynamodb.send(new PutItemCommand({ TableName: deployment.tables[0], Item }));
    dynamodb.destroy();
    const { TimeToLiveDescription } = await aws.dynamodb.call("DescribeTimeToLive", {
      TableName: deployment.tables[0],
    });
    expect(TimeToLiveDescription).toEqual({ TimeToLiveStatus: "ENABLED", AttributeName: "ttl" });
  });

  it("is the same when it is deployed again", async () => {
    expect(await aws.deploy(cdkApp)).toEqual(deployment);
  });
});

describe("a template", () => {
  let aws: LocalAws;
  let directory: string;
  beforeAll(async () => {
    aws = await startLocalAws({ scheduleScale: 3600 });
  });
  afterAll(() => aws.stop());
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "longhaul-deploy-"));
  });
  afterEach(() => rm(directory, { recursive: true }));

  let stacks = 0;
  async function deploy(template: object, options: Parameters<LocalAws["deploy"]>[1] = {}): Promise<Deployment> {
    stacks += 1;
    return deployTemplates(aws, directory, { [`T${stacks}`]: template }, options);
  }

  const role = {
    Type: "AWS::IAM::Role",
    Properties: { AssumeRolePolicyDocument: { Statement: { Effect: "Allow", Action: "sts:AssumeRole" } } },
  };
  const functionWith = (properties: object) => ({
    Type: "AWS::Lambda::Function",
    Properties: {
      Runtime: "nodejs24.x",
      Handler: "index.handler",
      Role: { "Fn::GetAtt": ["Role", "Arn"] },
      Code: { ZipFile: "exports.handler = async () => ({ a: process.env.A, b: process.env.B });" },
      ...properties,
    },
  });

  it("names a resource type that cannot be deployed, before anything is made", async () => {
    const before = aws.sqs.queues.list().length;
    const failing = deploy({ Resources: { Queue: { Type: "AWS::SQS::Queue" }, Vpc: { Type: "AWS::EC2::VPC" } } });
    await expect(failing).rejects.toThrow(UnsupportedResourceError);
    await expect(failing).rejects.toThrow(/\/Vpc: the embedded AWS cannot deploy AWS::EC2::VPC/);
    expect(aws.sqs.queues.list()).toHaveLength(before);
  });

  it.each<[string, object, string]>([
    ["unknown to it", { Type: "AWS::SQS::Queue", Properties: { Colour: "blue" } }, "Colour of AWS::SQS::Queue"],
    ["of a FIFO queue", { Type: "AWS::SQS::Queue", Properties: { FifoQueue: true } }, "FifoQueue of AWS::SQS::Queue"],
    [
      "of a versioned bucket",
      { Type: "AWS::S3::Bucket", Properties: { VersioningConfiguration: { Status: "Enabled" } } },
      "VersioningConfiguration.Status of AWS::S3::Bucket",
    ],
    [
      "deep in a structure",
      {
        Type: "AWS::S3::Bucket",
        Properties: { NotificationConfiguration: { TopicConfigurations: [{ Event: "s3:*", Topic: "arn", Id: "x" }] } },
      },
      "NotificationConfiguration.TopicConfigurations[0].Id of AWS::S3::Bucket",
    ],
    [
      "of an alarm on a percentile",
      { Type: "AWS::CloudWatch::Alarm", Properties: { EvaluationPeriods: 1, ExtendedStatistic: "p99" } },
      "ExtendedStatistic of AWS::CloudWatch::Alarm",
    ],
    [
      "of an alarm on an expression",
      { Type: "AWS::CloudWatch::Alarm", Properties: { Metrics: [{ Id: "e1", Expression: "m1 + m2" }] } },
      "Metrics of AWS::CloudWatch::Alarm",
    ],
  ])("names a property %s", async (_, resource, message) => {
    const failing = deploy({ Resources: { It: resource } });
    await expect(failing).rejects.toThrow(UnsupportedPropertyError);
    await expect(failing).rejects.toThrow(`/It: the embedded AWS does not support the property ${message}`);
  });

  it.each<[string, object, string]>([
    [
      "an event bus that is not there",
      { EventBusName: "mine", Targets: [] },
      "EventBusName is mine, which is no event bus.",
    ],
    [
      "an input that is transformed by nothing",
      { EventPattern: {}, Targets: [{ Arn: "a", Id: "b", InputTransformer: {} }] },
      "Targets[0].InputTransformer.InputTemplate is required.",
    ],
  ])("with a rule says which of its properties is wrong: %s", async (_, Properties, message) => {
    const failing = deploy({ Resources: { It: { Type: "AWS::Events::Rule", Properties } } });
    await expect(failing).rejects.toThrow(InvalidPropertyError);
    await expect(failing).rejects.toThrow(`/It (AWS::Events::Rule): ${message}`);
  });

  it("names a runtime that cannot run here", async () => {
    const failing = deploy({ Resources: { Role: role, F: functionWith({ Runtime: "ruby3.4" }) } });
    await expect(failing).rejects.toThrow("Runtime of AWS::Lambda::Function (ruby3.4; nodejs22.x and");
  });

  it("with a property missing says which", async () => {
    await expect(deploy({ Resources: { P: { Type: "AWS::IAM::Policy" } } })).rejects.toThrow(InvalidPropertyError);
  });

  it("may change its alarms, and says why one cannot be made", async () => {
    const alarm = (Properties: object) => ({
      Resources: {
        A: {
          Type: "AWS::CloudWatch::Alarm",
          // Numbers may be written as text.
          Properties: {
            AlarmName: "depth",
            Namespace: "n",
            MetricName: "m",
            Statistic: "Sum",
            Period: "60",
            EvaluationPeriods: "1",
            Threshold: "2.5",
            ComparisonOperator: "LessThanThreshold",
            ...Properties,
          },
        },
      },
    });
    await deploy(alarm({}));
    expect(aws.cloudwatch.alarms.get("depth").settings).toMatchObject({ threshold: 2.5, actionsEnabled: true });
    await deploy(alarm({ Threshold: 3, ActionsEnabled: "false" }));
    expect(aws.cloudwatch.alarms.get("depth").settings).toMatchObject({ threshold: 3, actionsEnabled: false });
    const failing = deploy(alarm({ AlarmName: "other", DatapointsToAlarm: 2 }));
    await expect(failing).rejects.toThrow("DatapointsToAlarm must not be greater than EvaluationPeriods");
    expect(aws.cloudwatch.alarms.find("other")).toBeUndefined();
  });

  it("whose resources need each other says in what circle", async () => {
    const queue = (other: string) => ({ Type: "AWS::SQS::Queue", Properties: { QueueName: { Ref: other } } });
    const failing = deploy({ Resources: { A: queue("B"), B: queue("A") } });
    await expect(failing).rejects.toThrow(DependencyCycleError);
  });

  it("whose notification S3 could not deliver is refused, as S3 does", async () => {
    const bucket = {
      Type: "AWS::S3::Bucket",
      Properties: {
        NotificationConfiguration: {
          LambdaConfigurations: [{ Event: "s3:ObjectCreated:*", Function: { "Fn::GetAtt": ["F", "Arn"] } }],
        },
      },
    };
    const failing = deploy({ Resources: { Role: role, F: functionWith({}), Bucket: bucket } });
    await expect(failing).rejects.toThrow(ResourceFailedError);
    await expect(failing).rejects.toThrow("no AWS::Lambda::Permission lets s3.amazonaws.com invoke it");
  });

  it("follows conditions, mappings and parameters", async () => {
    const template = {
      Parameters: { Stage: { Type: "String", Default: "test" }, Size: { Type: "Number" } },
      Mappings: { Seconds: { test: { visibility: 7 }, live: { visibility: 30 } } },
      Conditions: { IsLive: { "Fn::Equals": [{ Ref: "Stage" }, "live"] } },
      Resources: {
        Always: {
          Type: "AWS::SQS::Queue",
          Properties: {
            VisibilityTimeout: { "Fn::FindInMap": ["Seconds", { Ref: "Stage" }, "visibility"] },
            DelaySeconds: { "Fn::If": ["IsLive", 1, { Ref: "AWS::NoValue" }] },
            MaximumMessageSize: { Ref: "Size" },
          },
        },
        Live: { Type: "AWS::SQS::Queue", Condition: "IsLive" },
      },
      Outputs: {
        Arn: { Value: { "Fn::GetAtt": ["Always", "Arn"] } },
        Live: { Value: { Ref: "Live" }, Condition: "IsLive" },
      },
    };
    await expect(deploy(template)).rejects.toThrow(TemplateError);
    const test = await deploy(template, { parameters: { Size: "2048" } });
    expect(test.queues).toHaveLength(1);
    expect(Object.keys(test.outputs)).toEqual(["Arn"]);
    const settings = aws.sqs.queues.find(test.outputs.Arn ?? "")?.messages.settings;
    expect(settings).toMatchObject({ visibilityTimeoutSeconds: 7, delaySeconds: 0, maxMessageBytes: 2048 });
    const live = await deploy(template, { parameters: { Size: "2048", Stage: "live" } });
    expect(live.queues).toHaveLength(2);
  });

  it("may have functions changed for a demo", async () => {
    const Environment = { Variables: { A: "template", B: "template" } };
    const { functions } = await deploy(
      { Resources: { Role: role, F: functionWith({ Environment, Timeout: 900 }) } },
      { functionOverrides: { "*": { timeoutSeconds: 15 }, F: { environment: { B: "override" } } } },
    );
    const { payload } = await aws.lambda.invoke({ functionName: functions[0] ?? "" });
    expect(JSON.parse(payload ?? "")).toEqual({ a: "template", b: "override" });
  });

  it("may bring code in a zip file", async () => {
    await writeFile(
      join(directory, "code.zip"),
      zipSync({
        "lib/answer.mjs": strToU8("export default 42;"),
        "index.mjs": strToU8(`import answer from "./lib/answer.mjs"; export const handler = async () => answer;`),
      }),
    );
    const Code = { S3Bucket: "any", S3Key: "code.zip" };
    const { functions } = await deploy({ Resources: { Role: role, F: functionWith({ Code }) } });
    expect((await aws.lambda.invoke({ functionName: functions[0] ?? "" })).payload).toBe("42");
  });

  it.each(["../outside.mjs", "/outside.mjs", "a/../../outside.mjs", "a\\..\\outside.mjs"])(
    "may not bring a zip file that writes outside of itself: %s",
    async (name) => {
      await writeFile(join(directory, "code.zip"), zipSync({ [name]: strToU8("") }));
      const Code = { S3Bucket: "any", S3Key: "code.zip" };
      const failing = deploy({ Resources: { Role: role, F: functionWith({ Code }) } });
      await expect(failing).rejects.toThrow("holds a file outside of itself");
    },
  );

  it("may have schedules, which run at the scale asked for", async () => {
    const resources = {
      Queue: { Type: "AWS::SQS::Queue" },
      Rule: {
        Type: "AWS::Events::Rule",
        Properties: {
          ScheduleExpression: "rate(1 minute)",
          Targets: [{ Id: "q", Arn: { "Fn::GetAtt": ["Queue", "Arn"] }, Input: '"by rule"' }],
        },
      },
      Schedule: {
        Type: "AWS::Scheduler::Schedule",
        Properties: {
          ScheduleExpression: "rate(1 hour)",
          FlexibleTimeWindow: { Mode: "OFF" },
          Target: { Arn: { "Fn::GetAtt": ["Queue", "Arn"] }, RoleArn: "arn:role", Input: '"by schedule"' },
        },
      },
    };
    const { queues } = await deploy({ Resources: resources });
    const queue = aws.sqs.queues.get(queues[0] ?? "");
    const bodies = new Set<string>();
    while (bodies.size < 2) {
      const messages = await aws.sqs.queues.receive(queue, { maxMessages: 10, waitMs: 5_000 });
      for (const { body } of messages) bodies.add(body);
    }
    expect(bodies).toEqual(new Set(['"by rule"', '"by schedule"']));
  });
});

describe("a directory that is no cloud assembly", () => {
  it("is refused with what to do", async () => {
    const aws = await startLocalAws();
    const empty = await mkdtemp(join(tmpdir(), "longhaul-deploy-"));
    await mkdir(join(empty, "sub"));
    const failing = aws.deploy(join(empty, "sub"));
    await expect(failing).rejects.toThrow(AssemblyError);
    await expect(failing).rejects.toThrow("cdk synth");
    await rm(empty, { recursive: true });
    await aws.stop();
  });
});
