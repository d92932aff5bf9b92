import { type PolicyTemplate, statedPermissions } from "@longhaul/local/testing";
import { queueSettings } from "@longhaul/objects";
import { App } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { describe, expect, it } from "vitest";
import { SqsFileStack } from "../infra/stack.ts";

/** No template depends on the bundles, so they are left out the way `cdk ls` does it. Throws where CloudFormation would. */
function templateOf(context: Readonly<Record<string, unknown>> = {}): Template {
  const safe = { "aws:cdk:bundling-stacks": [], "@aws-cdk/core:validateAgainstDefaultRules": true };
  return Template.fromStack(new SqsFileStack(new App({ context: { ...safe, ...context } }), "SqsFile"));
}

const template = templateOf();

describe("the stack", () => {
  it("lets its function do what it does, and nothing else", () => {
    const permissions = statedPermissions(template.toJSON() as PolicyTemplate, (id) => id.startsWith("FilesWorker"));
    expect(permissions).toEqual([
      "dynamodb:BatchWriteItem on Records",
      "dynamodb:GetItem on FilesRunsTable",
      "dynamodb:UpdateItem on FilesRunsTable",
      "logs:CreateLogStream on FilesWorkerLogs",
      "logs:PutLogEvents on FilesWorkerLogs",
      "s3:GetObject on FilesUploadsBucket/in/*",
      "s3:ListBucket on FilesUploadsBucket",
      "sqs:ChangeMessageVisibility on FilesQueue",
      "sqs:DeleteMessage on FilesQueue",
      "sqs:GetQueueAttributes on FilesQueue",
      "sqs:GetQueueUrl on FilesQueue",
      "sqs:ReceiveMessage on FilesQueue",
      "sqs:SendMessage on FilesDeadLetters",
      "sqs:SendMessage on FilesQueue",
      "sqs:SendMessage on FilesWorkerFailures",
    ]);
  });

  it("takes settings from the command line", () => {
    const set = templateOf({ timeoutSeconds: "6", data: "delete" });
    set.hasResourceProperties("AWS::Lambda::Function", { RecursiveLoop: "Allow", Timeout: 6 });
    set.allResources("AWS::DynamoDB::Table", { DeletionPolicy: "Delete" });
    template.allResources("AWS::DynamoDB::Table", { DeletionPolicy: "Retain" });
  });

  it("tells where everything is", () => {
    expect(Object.keys(template.toJSON().Outputs)).toEqual([
      "BucketName",
      "RunTableName",
      "FunctionName",
      "QueueUrl",
      "DeadLettersUrl",
      "FailuresQueueUrl",
      "RecordsTableName",
    ]);
  });

  it("leaves the function more receipts than it waits for, so that it can say why before SQS gives a message up", () => {
    const needed = { LONGHAUL_RUN_TABLE: "t", RECORDS_TABLE: "t", QUEUE_URL: "q", DEAD_LETTER_URL: "d" };
    expect(queueSettings({ ...needed, MAX_LOOKS: "39" }).maxLooks).toBe(39);
    expect(() => queueSettings({ ...needed, MAX_LOOKS: "40" })).toThrow("MAX_LOOKS");
  });
});
