import { type PolicyTemplate, statedPermissions } from "@longhaul/local/testing";
import { App } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { describe, expect, it } from "vitest";
import { S3BatchStack } from "../infra/stack.ts";

/** No template depends on the bundles, so they are left out the way `cdk ls` does it. Throws where CloudFormation would. */
function templateOf(context: Readonly<Record<string, unknown>> = {}): Template {
  const safe = { "aws:cdk:bundling-stacks": [], "@aws-cdk/core:validateAgainstDefaultRules": true };
  return Template.fromStack(new S3BatchStack(new App({ context: { ...safe, ...context } }), "S3Batch"));
}

const template = templateOf();

describe("the stack", () => {
  it("lets its function do what it does, and nothing else", () => {
    const permissions = statedPermissions(template.toJSON() as PolicyTemplate, (id) => id.startsWith("BatchWorker"));
    expect(permissions.map((each) => each.replace(/longhaul-[0-9a-f]{12}-…/, "BatchSource"))).toEqual([
      "dynamodb:GetItem on BatchRunsTable",
      "dynamodb:UpdateItem on BatchRunsTable",
      "lambda:InvokeFunction on BatchWorkerFunction",
      "lambda:InvokeFunction on BatchWorkerFunction:*",
      "logs:CreateLogStream on BatchWorkerLogs",
      "logs:PutLogEvents on BatchWorkerLogs",
      "s3:AbortMultipartUpload on BatchOutput/out/*",
      "s3:DeleteObject on BatchOutput/out/*/.longhaul/*",
      "s3:DeleteObject on BatchOutput/out/.longhaul/*",
      "s3:GetObject on BatchOutput/out/*",
      "s3:GetObject on BatchSource/in/*",
      "s3:ListBucket on BatchOutput",
      "s3:ListBucket on BatchSource",
      "s3:ListMultipartUploadParts on BatchOutput/out/*",
      "s3:PutObject on BatchOutput/out/*",
      "sqs:SendMessage on BatchWorkerFailures",
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
      "SourceBucketName",
      "OutputBucketName",
      "FunctionName",
      "RunTableName",
      "FailuresQueueUrl",
    ]);
  });
});
