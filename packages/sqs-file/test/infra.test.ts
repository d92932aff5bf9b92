import { App, Duration, RemovalPolicy } from "aws-cdk-lib";
import { Match, Template } from "aws-cdk-lib/assertions";
import { describe, expect, it } from "vitest";
import { settingsFrom } from "../infra/settings.ts";
import { SqsFileStack, type SqsFileStackProps } from "../infra/stack.ts";
import { settingsFrom as handlerSettings } from "../src/settings.ts";

/** No template depends on the bundles, so they are left out the way `cdk ls` does it. Throws where CloudFormation would. */
function templateOf(props: SqsFileStackProps = {}): Template {
  const app = new App({
    context: { "aws:cdk:bundling-stacks": [], "@aws-cdk/core:validateAgainstDefaultRules": true },
  });
  return Template.fromStack(new SqsFileStack(app, "SqsFile", props));
}

const template = templateOf();

describe("[S3.1] bucket, topic, queue, function", () => {
  it("the bucket tells the topic of uploads below in/, once it may", () => {
    template.hasResource("AWS::S3::Bucket", {
      DependsOn: [Match.stringLikeRegexp("^UploadsMayPublish")],
      Properties: {
        NotificationConfiguration: {
          TopicConfigurations: [
            { Event: "s3:ObjectCreated:*", Filter: { S3Key: { Rules: [{ Name: "prefix", Value: "in/" }] } } },
          ],
        },
      },
    });
  });

  it("only this bucket of this account may publish", () => {
    template.hasResourceProperties("AWS::SNS::TopicPolicy", {
      PolicyDocument: {
        Statement: [
          {
            Action: "sns:Publish",
            Principal: { Service: "s3.amazonaws.com" },
            Condition: {
              ArnLike: { "aws:SourceArn": Match.anyValue() },
              StringEquals: { "aws:SourceAccount": { Ref: "AWS::AccountId" } },
            },
          },
        ],
      },
    });
    const [policy] = Object.values(template.findResources("AWS::SNS::TopicPolicy"));
    expect(JSON.stringify(policy?.Properties.PolicyDocument.Statement[0].Condition.ArnLike)).toContain(
      "sqs-file-uploads",
    );
  });

  it("the topic passes on to the queue, with or without its envelope", () => {
    template.hasResourceProperties("AWS::SNS::Subscription", { Protocol: "sqs" });
    templateOf({ rawMessageDelivery: true }).hasResourceProperties("AWS::SNS::Subscription", {
      RawMessageDelivery: true,
    });
  });

  it("the queue feeds the function, which answers message by message", () => {
    template.hasResourceProperties("AWS::Lambda::EventSourceMapping", {
      BatchSize: 10,
      FunctionResponseTypes: ["ReportBatchItemFailures"],
    });
  });
});

describe("the queue's protection", () => {
  it("hides a message for six times the function's timeout, and keeps what fails for good", () => {
    templateOf({ timeout: Duration.seconds(20) }).hasResourceProperties("AWS::SQS::Queue", {
      VisibilityTimeout: 120,
      MessageRetentionPeriod: 1_209_600,
      RedrivePolicy: {
        maxReceiveCount: 40,
        deadLetterTargetArn: { "Fn::GetAtt": [Match.stringLikeRegexp("^DeadLetters"), "Arn"] },
      },
    });
  });

  it("leaves the function more receipts than it waits for, so that it can say why before SQS gives a message up", () => {
    const needed = { LONGHAUL_RUN_TABLE: "t", RECORDS_TABLE: "t", QUEUE_URL: "q", DEAD_LETTER_URL: "d" };
    expect(handlerSettings({ ...needed, MAX_LOOKS: "39" }).maxLooks).toBe(39);
    expect(() => handlerSettings({ ...needed, MAX_LOOKS: "40" })).toThrow("MAX_LOOKS");
  });

  it("nothing is reached without TLS, and no upload by the public", () => {
    const insecure = { Effect: "Deny", Condition: { Bool: { "aws:SecureTransport": "false" } } };
    const policies = {
      ...template.findResources("AWS::SQS::QueuePolicy"),
      ...template.findResources("AWS::S3::BucketPolicy"),
    };
    const queues = Object.keys(template.findResources("AWS::SQS::Queue")).length;
    expect(Object.keys(policies)).toHaveLength(queues + 1);
    for (const { Properties } of Object.values(policies)) {
      expect(Properties.PolicyDocument.Statement).toContainEqual(expect.objectContaining(insecure));
    }
    template.hasResourceProperties("AWS::S3::Bucket", {
      PublicAccessBlockConfiguration: { BlockPublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true },
    });
  });

  it("bucket and tables outlive the stack, unless it says otherwise", () => {
    for (const type of ["AWS::S3::Bucket", "AWS::DynamoDB::Table"]) {
      template.allResources(type, { DeletionPolicy: "Retain", UpdateReplacePolicy: "Retain" });
      templateOf({ removalPolicy: RemovalPolicy.DESTROY }).allResources(type, { DeletionPolicy: "Delete" });
    }
  });

  it("every queue is encrypted and keeps messages for 14 days", () => {
    for (const { Properties } of Object.values(template.findResources("AWS::SQS::Queue"))) {
      expect(Properties).toMatchObject({ SqsManagedSseEnabled: true, MessageRetentionPeriod: 1_209_600 });
    }
  });
});

/** What the worker may do, action by action, and on what. */
function actionsOf(of: Template): [action: string, resource: string][] {
  const policies = Object.entries(of.findResources("AWS::IAM::Policy")).filter(([id]) => id.startsWith("Worker"));
  return policies.flatMap(([, { Properties }]) =>
    (Properties.PolicyDocument.Statement as { Action: string | string[]; Resource: unknown }[]).flatMap(
      ({ Action, Resource }) => [Action].flat().map((action): [string, string] => [action, JSON.stringify(Resource)]),
    ),
  );
}

describe("the function may do what it does, and no more", () => {
  it("read files, write records, know and continue runs, keep and bury messages", () => {
    const actions = actionsOf(template);
    expect(actions.filter(([, resource]) => resource === '"*"')).toEqual([]);
    expect([...new Set(actions.map(([action]) => action))].sort()).toEqual([
      "dynamodb:BatchWriteItem",
      "dynamodb:GetItem",
      "dynamodb:UpdateItem",
      "logs:CreateLogStream",
      "logs:PutLogEvents",
      "s3:GetObject",
      "s3:ListBucket",
      "sqs:ChangeMessageVisibility",
      "sqs:DeleteMessage",
      "sqs:GetQueueAttributes",
      "sqs:GetQueueUrl",
      "sqs:ReceiveMessage",
      "sqs:SendMessage",
    ]);
  });

  it("it reads files below the prefix only", () => {
    const [resource = ""] = actionsOf(template).flatMap(([action, on]) => (action === "s3:GetObject" ? [on] : []));
    expect(resource).toContain("/in/*");
  });

  it("it invokes itself only if runs continue so", () => {
    const invokes = (of: Template) => actionsOf(of).filter(([action]) => action === "lambda:InvokeFunction").length;
    expect(invokes(template)).toBe(0);
    expect(invokes(templateOf({ continueBy: "lambda" }))).toBe(1);
  });

  it("it sends to its own queue only if runs continue through it", () => {
    const sendsTo = (of: Template) =>
      actionsOf(of).flatMap(([action, resource]) => (action === "sqs:SendMessage" ? [resource] : []));
    const toQueue = expect.stringMatching(/"Queue[0-9A-F]{8}"/);
    expect(sendsTo(template)).toContainEqual(toQueue);
    expect(sendsTo(templateOf({ continueBy: "lambda" }))).not.toContainEqual(toQueue);
  });
});

describe("what may be set", () => {
  it("by props", () => {
    const stack = templateOf({ messagesPerInvocation: 1, maxConcurrency: 20, environment: { MAX_ATTEMPTS: "3" } });
    stack.hasResourceProperties("AWS::Lambda::EventSourceMapping", {
      BatchSize: 1,
      ScalingConfig: { MaximumConcurrency: 20 },
    });
    stack.hasResourceProperties("AWS::Lambda::Function", {
      Environment: { Variables: Match.objectLike({ CONTINUE_BY: "sqs", MAX_ATTEMPTS: "3" }) },
    });
  });

  it("by context, on the command line as text", () => {
    const context: Readonly<Record<string, unknown>> = {
      ...{ timeoutSeconds: "60", memoryMb: "512", batchSize: 50, messagesPerInvocation: "2", maxConcurrency: "3" },
      ...{ onInvalid: "skip", continueBy: "lambda", delivery: "raw", data: "delete" },
    };
    expect(settingsFrom((name) => context[name])).toEqual({
      ...{ timeout: Duration.seconds(60), memorySize: 512, batchSize: 50, messagesPerInvocation: 2, maxConcurrency: 3 },
      ...{ onInvalid: "skip", continueBy: "lambda", rawMessageDelivery: true, removalPolicy: RemovalPolicy.DESTROY },
    });
    expect(settingsFrom(() => undefined)).toEqual({});
  });

  it.each([
    ["timeoutSeconds", "0"],
    ["batchSize", "many"],
    ["continueBy", "sns"],
    ["delivery", ""],
  ])("%s cannot be %j", (name, value) => {
    expect(() => settingsFrom((asked) => (asked === name ? value : undefined))).toThrow(name);
  });
});
