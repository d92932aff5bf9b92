import { type PolicyTemplate, statedPermissions } from "@longhaul/local/testing";
import { Duration, RemovalPolicy } from "aws-cdk-lib";
import { Match, type Template } from "aws-cdk-lib/assertions";
import { describe, expect, it } from "vitest";
import { handlerFile as entry, stackWith, templateOf as templateWith } from "../test/synthesize.ts";
import { BucketWalk, type BucketWalkProps } from "./bucket-walk.ts";

/** Ids of a construct named `Default` are those of its parts. */
const templateOf = (props: Partial<BucketWalkProps> = {}) =>
  templateWith((stack) => new BucketWalk(stack, "Default", { entry, ...props }));

const template = templateOf();
const worker = { Description: Match.stringLikeRegexp("^Walks every object") };

/** The worker's permissions as `action on resource`, without what CDK and the platform fill in. */
const permissionsOf = (from: Template) =>
  statedPermissions(from.toJSON() as PolicyTemplate, (id) => id.startsWith("Worker"));

const RUN = [
  "dynamodb:GetItem on RunsTable",
  "dynamodb:GetItem on Walks",
  "dynamodb:PutItem on Walks",
  "dynamodb:Query on Walks",
  "dynamodb:UpdateItem on RunsTable",
  "dynamodb:UpdateItem on Walks",
  "lambda:InvokeFunction on WorkerFunction",
  "lambda:InvokeFunction on WorkerFunction:*",
  "logs:CreateLogStream on WorkerLogs",
  "logs:PutLogEvents on WorkerLogs",
  "s3:GetObject on Output/walks/.longhaul/*",
  "s3:PutObject on Output/walks/*",
  "sqs:SendMessage on WorkerFailures",
];

describe("the function", () => {
  it("knows what it walks, where results go, and where walks are recorded", () => {
    template.hasResourceProperties("AWS::Lambda::Function", {
      ...worker,
      RecursiveLoop: "Allow",
      // One processor; and the memory that a walk leaves behind is collected early.
      MemorySize: 1769,
      Environment: {
        Variables: {
          NODE_OPTIONS: "--max-semi-space-size=4 --expose-gc",
          BUCKET: { Ref: Match.stringLikeRegexp("^Objects") },
          OUTPUT_BUCKET: { Ref: Match.stringLikeRegexp("^Output") },
          OUTPUT_PREFIX: "walks/",
          WALK_TABLE: { Ref: Match.stringLikeRegexp("^Walks") },
          LONGHAUL_RECURSIVE_LOOP: "Allow",
          LONGHAUL_RUN_TABLE: { Ref: Match.stringLikeRegexp("^RunsTable") },
        },
      },
    });
  });

  it("may list and report, and nothing else, unless more is asked for", () => {
    expect(permissionsOf(template)).toEqual([...RUN, "s3:ListBucket on Objects"].sort());
  });

  it.each<[NonNullable<BucketWalkProps["actions"]>, readonly string[]]>([
    [["each"], ["s3:GetObject on photos/*"]],
    [["delete"], ["s3:DeleteObject on photos/*", "s3:GetObject on photos/*"]],
    [
      ["copy"],
      [
        "s3:GetObject on photos/*",
        "s3:GetObjectTagging on photos/*",
        "s3:AbortMultipartUpload on archive/*",
        "s3:PutObject on archive/*",
        "s3:PutObjectTagging on archive/*",
      ],
    ],
  ])("may do what %j takes, in the buckets that are named", (actions, more) => {
    const permitted = templateOf({ bucketNames: ["photos"], actions, targetBucketName: "archive" });
    expect(permissionsOf(permitted)).toEqual([...RUN, "s3:ListBucket on photos", ...more].sort());
    permitted.resourceCountIs("AWS::S3::Bucket", 1);
  });

  it("takes its limits and defaults from props", () => {
    templateOf({
      timeout: Duration.seconds(6),
      memorySize: 512,
      mode: "serial",
      depth: 3,
      maxParts: 20,
      outputPrefix: "reports/",
      environment: { LIST_CONCURRENCY: "16" },
    }).hasResourceProperties("AWS::Lambda::Function", {
      ...worker,
      Timeout: 6,
      MemorySize: 512,
      Environment: {
        Variables: { MODE: "serial", DEPTH: "3", MAX_PARTS: "20", OUTPUT_PREFIX: "reports/", LIST_CONCURRENCY: "16" },
      },
    });
  });

  it("is started for each bucket every so many days, if asked", () => {
    templateOf({ bucketNames: ["a", "b"], everyDays: 7 }).hasResourceProperties("AWS::Events::Rule", {
      ScheduleExpression: "rate(7 days)",
      Targets: ["a", "b"].map((bucket) => Match.objectLike({ Input: JSON.stringify({ bucket, action: "report" }) })),
    });
  });
});

describe("what the stack stores", () => {
  it("outlives it, unless told otherwise", () => {
    for (const type of ["AWS::S3::Bucket", "AWS::DynamoDB::Table"]) {
      template.allResources(type, { DeletionPolicy: "Retain", UpdateReplacePolicy: "Retain" });
      templateOf({ removalPolicy: RemovalPolicy.DESTROY }).allResources(type, { DeletionPolicy: "Delete" });
    }
  });

  it("is closed to the public and to plain HTTP", () => {
    template.allResourcesProperties("AWS::S3::Bucket", {
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
    });
    template.resourcePropertiesCountIs(
      "AWS::S3::BucketPolicy",
      {
        PolicyDocument: {
          Statement: [Match.objectLike({ Effect: "Deny", Condition: { Bool: { "aws:SecureTransport": "false" } } })],
        },
      },
      2,
    );
  });

  it("expires: records of walks, and as late as these the states that were too large for one", () => {
    template.hasResourceProperties("AWS::DynamoDB::Table", {
      KeySchema: [
        { AttributeName: "walk", KeyType: "HASH" },
        { AttributeName: "part", KeyType: "RANGE" },
      ],
      TimeToLiveSpecification: { AttributeName: "ttl", Enabled: true },
      BillingMode: "PAY_PER_REQUEST",
    });
    template.hasResourceProperties("AWS::S3::Bucket", {
      LifecycleConfiguration: { Rules: [{ ExpirationInDays: 30, Prefix: "walks/.longhaul/", Status: "Enabled" }] },
    });
  });
});

describe("the template", () => {
  it("has no resource type that nobody asked for, so no function of CDK's own", () => {
    const types = Object.values(template.toJSON().Resources as Record<string, { Type: string }>).map(
      ({ Type }) => Type,
    );
    expect([...new Set(types)].sort()).toEqual([
      "AWS::DynamoDB::Table",
      "AWS::Events::Rule",
      "AWS::IAM::Policy",
      "AWS::IAM::Role",
      "AWS::Lambda::EventInvokeConfig",
      "AWS::Lambda::Function",
      "AWS::Lambda::Permission",
      "AWS::Logs::LogGroup",
      "AWS::S3::Bucket",
      "AWS::S3::BucketPolicy",
      "AWS::SQS::Queue",
      "AWS::SQS::QueuePolicy",
    ]);
    template.resourceCountIs("AWS::Lambda::Function", 2);
  });
});

describe("settings from the command line", () => {
  const settings = (context: Record<string, unknown>) => BucketWalk.settingsFromContext(stackWith(context));

  it("are text or JSON", () => {
    const expected = {
      bucketNames: ["a", "b"],
      actions: ["copy", "delete"],
      targetBucketName: "c",
      timeout: Duration.seconds(6),
      depth: 3,
      memorySize: 512,
      maxParts: 20,
      everyDays: 7,
      mode: "serial",
      removalPolicy: RemovalPolicy.DESTROY,
    };
    const numbers = { timeoutSeconds: "6", depth: "3", memoryMb: "512", maxParts: "20", everyDays: "7" };
    const given = { ...numbers, mode: "serial", data: "delete", target: "c" };
    expect(settings({ ...given, buckets: "a, b", actions: "copy,delete" })).toEqual(expected);
    expect(settings({ ...given, buckets: ["a", "b"], actions: ["copy", "delete"], depth: 3 })).toEqual(expected);
  });

  it("leave the construct's defaults where nothing is set", () => {
    expect(settings({})).toEqual({});
  });

  it.each([
    ["timeoutSeconds", "soon", 'must be a whole number above 0; it is "soon"'],
    ["memoryMb", 1.5, "above 0"],
    ["depth", "0", "above 0"],
    ["buckets", "", "must be names"],
    ["buckets", "a,,b", "must be names"],
    ["actions", "move", "must be each or copy or delete"],
    ["mode", "fast", "must be parallel or serial"],
    ["data", true, "must be keep or delete"],
  ])("%s=%s is refused", (setting, value, message) => {
    expect(() => settings({ [setting]: value })).toThrow(
      expect.objectContaining({ code: "SETTING", setting, message: expect.stringContaining(message) }),
    );
  });

  it("actions=copy is refused without a target", () => {
    expect(() => settings({ actions: "copy" })).toThrow(
      expect.objectContaining({ code: "SETTING", setting: "target" }),
    );
  });
});
