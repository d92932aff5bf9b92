import { App, Duration } from "aws-cdk-lib";
import { Match, Template } from "aws-cdk-lib/assertions";
import { describe, expect, it } from "vitest";
import { SqsFileStack, type SqsFileStackProps } from "../infra/stack.ts";

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

  it("every queue is encrypted and keeps messages for 14 days", () => {
    for (const { Properties } of Object.values(template.findResources("AWS::SQS::Queue"))) {
      expect(Properties).toMatchObject({ SqsManagedSseEnabled: true, MessageRetentionPeriod: 1_209_600 });
    }
  });
});

describe("the function may do what it does, and no more", () => {
  it("read files, write records, know and continue runs, keep and bury messages", () => {
    const policies = Object.entries(template.findResources("AWS::IAM::Policy")).filter(([id]) =>
      id.startsWith("Worker"),
    );
    const actions = policies.flatMap(([, { Properties }]) =>
      (Properties.PolicyDocument.Statement as { Action: string | string[]; Resource: unknown }[]).flatMap(
        ({ Action, Resource }) => {
          expect(Resource).not.toBe("*");
          return Action;
        },
      ),
    );
    expect([...new Set(actions)].sort()).toEqual([
      "dynamodb:BatchWriteItem",
      "dynamodb:GetItem",
      "dynamodb:UpdateItem",
      "lambda:InvokeFunction",
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
});
