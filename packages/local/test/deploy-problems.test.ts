import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { DeploymentProblemsError, ResourceFailedError } from "../src/cloudformation/deployment-error.ts";
import { resourceProperties } from "../src/cloudformation/resources/properties.ts";
import type { Inputs } from "../src/gateway/inputs.ts";
import { type LocalAws, startLocalAws } from "../src/local-aws.ts";
import { type CdkStructure, cdkProperties } from "./cdk-model.ts";
import { deployTemplates, type Templates } from "./template-deployment.ts";

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

const deploy = (templates: Templates, options?: Parameters<LocalAws["deploy"]>[1]) =>
  deployTemplates(aws, directory, templates, options);
const failureOf = (promise: Promise<unknown>): Promise<Error> =>
  promise.then(
    () => new Error("It was deployed."),
    (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
  );

const queue = { Type: "AWS::SQS::Queue" };
const role = {
  Type: "AWS::IAM::Role",
  Properties: { AssumeRolePolicyDocument: { Statement: { Effect: "Allow", Action: "sts:AssumeRole" } } },
};
const functionOf = (properties: object = {}) => ({
  Type: "AWS::Lambda::Function",
  Properties: {
    Runtime: "nodejs24.x",
    Handler: "index.handler",
    Role: { "Fn::GetAtt": ["Role", "Arn"] },
    Code: { ZipFile: "exports.handler = async () => 1;" },
    ...properties,
  },
});

/** Everything there is, by kind. */
async function inventory(): Promise<unknown> {
  const { TableNames } = await aws.dynamodb.call("ListTables", {});
  return {
    queues: aws.sqs.queues.list().map(({ arn, attributes }) => [arn, attributes]),
    topics: aws.sns.topics.list().map(({ arn, subscriptions }) => [arn, [...subscriptions.keys()]]),
    buckets: aws.s3.listBuckets(),
    tables: TableNames,
    roles: aws.roles.list(),
    rules: aws.events.rules(),
    schedules: aws.scheduler.schedules().map(({ definition }) => definition),
    groups: aws.scheduler.groups(),
    alarms: aws.cloudwatch.alarms.list().map(({ settings }) => settings),
    mappings: aws.eventSources.list().map(({ uuid }) => uuid),
  };
}

describe("everything that cannot be deployed is told at once, before anything is made", () => {
  it("types, properties, values, sections and expressions, of all stacks", async () => {
    const before = await inventory();
    const error = await failureOf(
      deploy({
        First: {
          Transform: "AWS::LanguageExtensions",
          Resources: {
            Queue: queue,
            Vpc: { Type: "AWS::EC2::VPC" },
            Fifo: { ...queue, Properties: { FifoQueue: true, Colour: "blue" } },
            Wait: { ...queue, CreationPolicy: { ResourceSignal: {} } },
          },
        },
        Second: {
          Resources: {
            Role: role,
            F: functionOf({ Runtime: "ruby3.4", Layers: ["arn:aws:lambda:us-east-1:1:layer:x:1"], VpcConfig: {} }),
            Rule: { Type: "AWS::Events::Rule", Properties: { ScheduleExpression: "rate(5 minute)" } },
            Pattern: { Type: "AWS::Events::Rule", Properties: { EventPattern: { $or: [] } } },
            Schedule: {
              Type: "AWS::Scheduler::Schedule",
              Properties: {
                ScheduleExpression: "every(day)",
                FlexibleTimeWindow: { Mode: "OFF" },
                Target: { Arn: "arn:aws:scheduler:::aws-sdk:sqs:sendMessage", RoleArn: "r" },
              },
            },
            Stream: {
              Type: "AWS::Lambda::EventSourceMapping",
              Properties: { EventSourceArn: "arn:aws:kinesis:us-east-1:0:stream/s", FunctionName: "f" },
            },
            Missing: { ...queue, Properties: { QueueName: { Ref: "Nobody" } } },
          },
        },
      }),
    );
    expect(error).toBeInstanceOf(DeploymentProblemsError);
    for (const part of [
      "First.Transform: this section is not supported",
      "First/Vpc: the embedded AWS cannot deploy AWS::EC2::VPC",
      "First/Fifo: the embedded AWS does not support the property FifoQueue of AWS::SQS::Queue (true; false is)",
      "First/Fifo: the embedded AWS does not support the property Colour",
      "First.Resources.Wait.CreationPolicy: this attribute of a resource is not supported",
      "Second/F: the embedded AWS does not support the property Runtime of AWS::Lambda::Function (ruby3.4; nodejs22.x and",
      "Second/F: the embedded AWS does not support the property Layers[0] of AWS::Lambda::Function (No stack here has made the layer",
      "Second/F: the embedded AWS does not support the property VpcConfig",
      'Second/Rule (AWS::Events::Rule) could not be created: Schedule "rate(5 minute)"',
      "Second/Pattern (AWS::Events::Rule) could not be created: Event pattern is not valid. Reason: There must have at least 2 Objects in $or relationship. (at $or)",
      'Second/Schedule (AWS::Scheduler::Schedule) could not be created: Schedule "every(day)"',
      "Second/Schedule: the embedded AWS does not support the property Target.Arn",
      "Second/Stream: the embedded AWS does not support the property EventSourceArn",
      "Second.Resources.Missing.Properties.QueueName.Ref: there is no parameter or resource Nobody",
    ]) {
      expect(error.message).toContain(part);
    }
    expect(error).toMatchObject({ problems: { length: 14 } });
    expect(await inventory()).toEqual(before);
  });

  it("but not what only depends on resources that are to be made", async () => {
    const Arn = { "Fn::GetAtt": ["Queue", "Arn"] };
    const region = { "Fn::Select": [3, { "Fn::Split": [":", Arn] }] };
    const { outputs } = await deploy({
      Guessed: {
        Parameters: { Stage: { Type: "String", Default: "a" } },
        Resources: {
          Queue: queue,
          Dead: { ...queue, Properties: { Tags: [{ Key: "region", Value: region }] } },
          Rule: {
            Type: "AWS::Events::Rule",
            Properties: { EventPattern: { source: [Arn] }, Targets: [{ Id: "q", Arn }] },
          },
        },
        Outputs: { Region: { Value: region, Export: { Name: { "Fn::Join": ["-", ["guessed", { Ref: "Stage" }]] } } } },
      },
      Importing: {
        Resources: { Q: { ...queue, Properties: { QueueName: { "Fn::ImportValue": "guessed-a" } } } },
        Outputs: { Name: { Value: { "Fn::GetAtt": ["Q", "QueueName"] } } },
      },
    });
    expect(outputs).toEqual({ Region: aws.region, Name: aws.region });
  });

  it("a parameter whose value its constraints do not allow", async () => {
    const template = (parameter: object) => ({
      Params: { Parameters: { P: parameter }, Resources: { Q: { ...queue, Properties: { QueueName: { Ref: "P" } } } } },
    });
    const given = (value: string) => ({ parameters: { P: value } });
    for (const [parameter, value, message] of [
      [{ Type: "String", AllowedValues: ["a", "b"] }, "c", "must be one of a, b"],
      [{ Type: "String", AllowedPattern: "[a-z]+" }, "UPPER", "must match [a-z]+"],
      [{ Type: "String", MinLength: 3 }, "ab", "must have 3 to"],
      [{ Type: "Number", MaxValue: 5 }, "6", "must be from -Infinity to 5"],
      [{ Type: "Number" }, "six", "is no number"],
    ] as const) {
      const failing = deploy(template(parameter), given(value));
      await expect(failing).rejects.toThrow(`Params.Parameters.P: ${JSON.stringify(value)} ${message}`);
    }
  });
});

describe("a deployment that fails is taken back", () => {
  it("whatever it had made, in all its stacks", async () => {
    const Arn = (id: string) => ({ "Fn::GetAtt": [id, "Arn"] });
    const table = {
      Type: "AWS::DynamoDB::Table",
      Properties: {
        BillingMode: "PAY_PER_REQUEST",
        DeletionProtectionEnabled: true,
        KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
        AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
      },
    };
    const one = {
      Resources: {
        Role: role,
        F: functionOf(),
        Version: { Type: "AWS::Lambda::Version", Properties: { FunctionName: { Ref: "F" } } },
        Alias: {
          Type: "AWS::Lambda::Alias",
          Properties: {
            FunctionName: { Ref: "F" },
            Name: "live",
            FunctionVersion: { "Fn::GetAtt": ["Version", "Version"] },
          },
        },
        Invoke: {
          Type: "AWS::Lambda::EventInvokeConfig",
          Properties: { FunctionName: { Ref: "F" }, Qualifier: "$LATEST", MaximumRetryAttempts: 0 },
        },
        Policy: {
          Type: "AWS::IAM::ManagedPolicy",
          Properties: {
            Roles: [{ Ref: "Role" }],
            PolicyDocument: { Statement: { Effect: "Allow", Action: "*", Resource: "*" } },
          },
        },
        Queue: { ...queue, Properties: { VisibilityTimeout: 60 } },
        Topic: { Type: "AWS::SNS::Topic" },
        Subscription: {
          Type: "AWS::SNS::Subscription",
          Properties: { TopicArn: { Ref: "Topic" }, Protocol: "sqs", Endpoint: Arn("Queue") },
        },
        Bucket: { Type: "AWS::S3::Bucket" },
        Table: table,
        Mapping: {
          Type: "AWS::Lambda::EventSourceMapping",
          Properties: { EventSourceArn: Arn("Queue"), FunctionName: { Ref: "F" } },
        },
        Rule: {
          Type: "AWS::Events::Rule",
          Properties: { ScheduleExpression: "rate(1 day)", Targets: [{ Id: "q", Arn: Arn("Queue") }] },
        },
        Group: { Type: "AWS::Scheduler::ScheduleGroup", Properties: { Name: "mine" } },
        Alarm: {
          Type: "AWS::CloudWatch::Alarm",
          Properties: {
            ...{ Namespace: "n", MetricName: "m", Statistic: "Sum", Period: 60, EvaluationPeriods: 1, Threshold: 1 },
            ComparisonOperator: "LessThanThreshold",
          },
        },
      },
    };
    const before = await inventory();
    const failing = deploy({
      One: one,
      Two: { Resources: { Bad: { ...queue, Properties: { VisibilityTimeout: -1 } } } },
    });
    await expect(failing).rejects.toThrow(ResourceFailedError);
    await expect(failing).rejects.toThrow("Two/Bad (AWS::SQS::Queue) could not be created");
    expect(await inventory()).toEqual(before);
    // Nothing that is left hinders another try.
    const { functions } = await deploy({ One: one });
    expect((await aws.lambda.invoke({ functionName: functions[0] ?? "" })).payload).toBe("1");
  });

  it("and leaves alone what was there before", async () => {
    const rule = (expression: string) => ({
      Type: "AWS::Events::Rule",
      Properties: { Name: "kept", ScheduleExpression: expression, Targets: [] },
    });
    const kept = { Q: { ...queue, Properties: { QueueName: "kept" } }, R: rule("rate(1 day)") };
    await deploy({ Kept: { Resources: kept } });
    const before = await inventory();
    const Bad = { ...queue, Properties: { VisibilityTimeout: -1 }, DependsOn: ["R"] };
    await expect(deploy({ Kept: { Resources: { ...kept, R: rule("rate(2 days)"), Bad } } })).rejects.toThrow(
      "could not be created",
    );
    expect(await inventory()).toEqual(before);
  });
});

describe("EventBridge Scheduler", () => {
  const schedule = (properties: object) => ({
    Type: "AWS::Scheduler::Schedule",
    Properties: {
      FlexibleTimeWindow: { Mode: "FLEXIBLE", MaximumWindowInMinutes: 5 },
      Target: { Arn: { "Fn::GetAtt": ["Queue", "Arn"] }, RoleArn: "arn:role", Input: '"<aws.scheduler.schedule-arn>"' },
      ...properties,
    },
  });

  it("serves rates in any spelling, cron in a time zone, moments, and groups", async () => {
    const soon = new Date(Date.now() + 1_000_000).toISOString().slice(0, 19);
    const { queues } = await deploy({
      Schedules: {
        Resources: {
          Queue: queue,
          Group: { Type: "AWS::Scheduler::ScheduleGroup", Properties: { Name: "nightly" } },
          Rate: schedule({ Name: "rate", ScheduleExpression: "rate(5 minute)" }),
          At: schedule({ Name: "at", ScheduleExpression: `at(${soon})` }),
          Cron: schedule({
            Name: "cron",
            GroupName: { Ref: "Group" },
            ScheduleExpression: "cron(0/5 * * * ? *)",
            ScheduleExpressionTimezone: "Asia/Kolkata",
          }),
        },
      },
    });
    const bodies = new Set<string>();
    while (bodies.size < 3) {
      const messages = await aws.sqs.queues.receive(aws.sqs.queues.get(queues[0] ?? ""), {
        maxMessages: 10,
        waitMs: 5_000,
      });
      for (const { body } of messages) bodies.add(body);
    }
    const arn = (name: string) => `"arn:aws:scheduler:us-east-1:000000000000:schedule/${name}"`;
    expect(bodies).toEqual(new Set([arn("default/rate"), arn("default/at"), arn("nightly/cron")]));
  });

  it("knows no group that is not deployed", async () => {
    const failing = deploy({
      Ungrouped: {
        Resources: { Queue: queue, S: schedule({ GroupName: "nobody", ScheduleExpression: "rate(1 day)" }) },
      },
    });
    await expect(failing).rejects.toThrow("Ungrouped/S (AWS::Scheduler::Schedule): GroupName is nobody");
  });
});

describe("a table that is deployed again", () => {
  it("may not have other keys or indexes, which would be ignored", async () => {
    const table = (properties: object) => ({
      T: {
        Resources: {
          T: {
            Type: "AWS::DynamoDB::Table",
            Properties: {
              TableName: "again",
              BillingMode: "PAY_PER_REQUEST",
              KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
              AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
              ...properties,
            },
          },
        },
      },
    });
    await deploy(table({}));
    await deploy(table({ Tags: [{ Key: "a", Value: "b" }] }));
    const KeySchema = [{ AttributeName: "id", KeyType: "HASH" }];
    const GlobalSecondaryIndexes = [{ IndexName: "more", KeySchema, Projection: { ProjectionType: "ALL" } }];
    await expect(deploy(table({ GlobalSecondaryIndexes }))).rejects.toThrow(
      "does not support the property GlobalSecondaryIndexes of AWS::DynamoDB::Table (it differs",
    );
  });
});

describe("the properties of each type are those that CloudFormation knows, and the others are refused", () => {
  const types = Object.keys(resourceProperties).filter((type) => type.startsWith("AWS::"));

  it.for(types)("%s", async (type) => {
    const known = cdkProperties(type);
    expect(Object.keys(known).length).toBeGreaterThan(1);
    const inputs = resourceProperties[type] ?? {};
    expect(unknownIn(inputs, known)).toEqual([]);
    const refused = Object.keys(known).filter((name) => inputs[name] === undefined);
    const Properties = Object.fromEntries(refused.map((name) => [name, "x"]));
    const error = await failureOf(deploy({ Refused: { Resources: { It: { Type: type, Properties } } } }));
    for (const name of refused) {
      expect(error.message).toContain(`Refused/It: the embedded AWS does not support the property ${name} of ${type}`);
    }
  });

  function unknownIn(inputs: Inputs, known: CdkStructure, path = ""): readonly string[] {
    return Object.entries(inputs).flatMap(([name, input]): readonly string[] => {
      if (!(name in known)) return [`${path}${name}`];
      const inner = input.kind === "list" ? input.of : input;
      return inner.kind === "structure" ? unknownIn(inner.fields, known[name] ?? {}, `${path}${name}.`) : [];
    });
  }
});
