import { type PolicyTemplate, statedPermissions } from "@longhaul/local/testing";
import { Duration, RemovalPolicy } from "aws-cdk-lib";
import { Match, type Template } from "aws-cdk-lib/assertions";
import { describe, expect, it } from "vitest";
import { handlerFile as entry, stackWith, templateOf as templateWith } from "../test/synthesize.ts";
import { QueuedFiles, type QueuedFilesProps } from "./queued-files.ts";

/** Ids of a construct named `Default` are those of its parts. */
const templateOf = (props: Partial<QueuedFilesProps> = {}) =>
  templateWith((stack) => new QueuedFiles(stack, "Default", { entry, ...props }));

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

  it("only this bucket of this account may publish, and over TLS alone", () => {
    template.hasResourceProperties("AWS::SNS::TopicPolicy", {
      PolicyDocument: {
        Statement: [
          {
            Effect: "Deny",
            Action: "sns:Publish",
            Principal: "*",
            Condition: { Bool: { "aws:SecureTransport": "false" } },
          },
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
    expect(JSON.stringify(policy?.Properties.PolicyDocument.Statement[1].Condition.ArnLike)).toContain("longhaul-");
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

/** The worker's permissions as `action on resource`. */
const permissionsOf = (from: Template) =>
  statedPermissions(from.toJSON() as PolicyTemplate, (id) => id.startsWith("Worker"));

describe("the function may do what it does, and no more", () => {
  it("read files below its prefix, write records, know and continue runs, keep and bury messages", () => {
    expect(permissionsOf(template)).toEqual([
      "dynamodb:GetItem on RunsTable",
      "dynamodb:UpdateItem on RunsTable",
      "logs:CreateLogStream on WorkerLogs",
      "logs:PutLogEvents on WorkerLogs",
      "s3:GetObject on UploadsBucket/in/*",
      "s3:ListBucket on UploadsBucket",
      "sqs:ChangeMessageVisibility on Queue",
      "sqs:DeleteMessage on Queue",
      "sqs:GetQueueAttributes on Queue",
      "sqs:GetQueueUrl on Queue",
      "sqs:ReceiveMessage on Queue",
      "sqs:SendMessage on DeadLetters",
      "sqs:SendMessage on Queue",
      "sqs:SendMessage on WorkerFailures",
    ]);
  });

  it("it invokes itself, and sends nothing to its own queue, if runs continue so", () => {
    const [bySqs, byLambda] = [permissionsOf(template), permissionsOf(templateOf({ continueBy: "lambda" }))];
    expect(byLambda.filter((permission) => !bySqs.includes(permission))).toEqual([
      "lambda:InvokeFunction on WorkerFunction",
      "lambda:InvokeFunction on WorkerFunction:*",
    ]);
    expect(bySqs.filter((permission) => !byLambda.includes(permission))).toEqual(["sqs:SendMessage on Queue"]);
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
    expect(QueuedFiles.settingsFromContext(stackWith(context))).toEqual({
      ...{ timeout: Duration.seconds(60), memorySize: 512, batchSize: 50, messagesPerInvocation: 2, maxConcurrency: 3 },
      ...{ onInvalid: "skip", continueBy: "lambda", rawMessageDelivery: true, removalPolicy: RemovalPolicy.DESTROY },
    });
    expect(QueuedFiles.settingsFromContext(stackWith({}))).toEqual({});
  });

  it.each([
    ["timeoutSeconds", "0"],
    ["batchSize", "many"],
    ["continueBy", "sns"],
    ["delivery", ""],
  ])("%s cannot be %j", (name, value) => {
    expect(() => QueuedFiles.settingsFromContext(stackWith({ [name]: value }))).toThrow(name);
  });
});
