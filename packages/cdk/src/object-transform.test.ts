import { type PolicyTemplate, statedPermissions } from "@longhaul/local/testing";
import { Duration, RemovalPolicy, Size } from "aws-cdk-lib";
import { Match, type Template } from "aws-cdk-lib/assertions";
import { describe, expect, it } from "vitest";
import { handlerFile as entry, stackWith, templateOf as templateWith } from "../test/synthesize.ts";
import { ObjectTransform, type ObjectTransformProps } from "./object-transform.ts";

/** Ids of a construct named `Default` are those of its parts. */
const templateOf = (props: Partial<ObjectTransformProps> = {}) =>
  templateWith((stack) => new ObjectTransform(stack, "Default", { entry, ...props }));

const template = templateOf();
const worker = { Description: Match.stringLikeRegexp("^Works off") };

/** The worker's permissions as `action on resource`, without what CDK and the platform fill in. */
const permissionsOf = (from: Template) =>
  statedPermissions(from.toJSON() as PolicyTemplate, (id) => id.startsWith("Worker")).map((permission) =>
    permission.replace(/longhaul-[0-9a-f]{12}-…/, "SourceBucket"),
  );

describe("an object put below in/ starts a run", () => {
  it("by the bucket's own notification, for every format the handler reads", () => {
    const filters = template.findResources("AWS::S3::Bucket", {
      Properties: { NotificationConfiguration: Match.anyValue() },
    });
    const [bucket] = Object.values(filters);
    expect(
      bucket?.Properties.NotificationConfiguration.LambdaConfigurations.map(
        (configuration: { Filter: { S3Key: { Rules: { Value: string }[] } } }) =>
          configuration.Filter.S3Key.Rules.map(({ Value }) => Value).join("*"),
      ),
    ).toEqual(["in/*.json", "in/*.ndjson", "in/*.jsonl", "in/*.csv", "in/*.tsv", "in/*.txt", "in/*.log", "in/*.gz"]);
  });

  it("from this bucket of this account only", () => {
    template.hasResourceProperties("AWS::Lambda::Permission", {
      Principal: "s3.amazonaws.com",
      SourceAccount: { Ref: "AWS::AccountId" },
      SourceArn: { "Fn::Join": ["", ["arn:", { Ref: "AWS::Partition" }, ":s3:::", Match.anyValue()]] },
    });
  });

  it("not before the function may invoke itself", () => {
    const [permission] = Object.values(
      template.findResources("AWS::Lambda::Permission", { Properties: { Principal: "s3.amazonaws.com" } }),
    );
    expect(permission?.DependsOn).toContainEqual(expect.stringMatching(/^WorkerContinueAsNew/));
    template.hasResource("AWS::S3::Bucket", {
      Properties: { NotificationConfiguration: Match.anyValue() },
      DependsOn: [Match.stringLikeRegexp("^SourceMayStartRuns")],
    });
  });

  it("through an EventBridge rule if asked", () => {
    const eventbridge = templateOf({ trigger: "eventbridge", sourcePrefix: "a*b/", suffixes: [".csv"] });
    eventbridge.hasResourceProperties("AWS::S3::Bucket", {
      NotificationConfiguration: {
        EventBridgeConfiguration: { EventBridgeEnabled: true },
        LambdaConfigurations: Match.absent(),
      },
    });
    eventbridge.hasResourceProperties("AWS::Events::Rule", {
      EventPattern: {
        source: ["aws.s3"],
        "detail-type": ["Object Created"],
        detail: {
          bucket: { name: [{ Ref: Match.stringLikeRegexp("^SourceBucket") }] },
          object: { key: [{ wildcard: "a\\*b/*.csv" }] },
        },
      },
      Targets: [Match.objectLike({ Arn: { "Fn::GetAtt": [Match.stringLikeRegexp("^WorkerFunction"), "Arn"] } })],
    });
  });

  it("whatever its name, if no suffixes are set", () => {
    templateOf({ suffixes: [] }).hasResourceProperties("AWS::S3::Bucket", {
      NotificationConfiguration: {
        LambdaConfigurations: [Match.objectLike({ Filter: { S3Key: { Rules: [{ Name: "prefix", Value: "in/" }] } } })],
      },
    });
  });
});

describe("the function", () => {
  it("knows where results go and where runs are recorded", () => {
    template.hasResourceProperties("AWS::Lambda::Function", {
      ...worker,
      RecursiveLoop: "Allow",
      Environment: {
        Variables: {
          SOURCE_PREFIX: "in/",
          OUTPUT_BUCKET: { Ref: Match.stringLikeRegexp("^Output") },
          OUTPUT_PREFIX: "out/",
          LONGHAUL_RECURSIVE_LOOP: "Allow",
          LONGHAUL_RUN_TABLE: { Ref: Match.stringLikeRegexp("^RunsTable") },
        },
      },
    });
  });

  it("may do what a run does, and nothing else", () => {
    expect(permissionsOf(template)).toEqual([
      "dynamodb:GetItem on RunsTable",
      "dynamodb:UpdateItem on RunsTable",
      "lambda:InvokeFunction on WorkerFunction",
      "lambda:InvokeFunction on WorkerFunction:*",
      "logs:CreateLogStream on WorkerLogs",
      "logs:PutLogEvents on WorkerLogs",
      "s3:AbortMultipartUpload on Output/out/*",
      "s3:DeleteObject on Output/out/*/.longhaul/*",
      "s3:DeleteObject on Output/out/.longhaul/*",
      "s3:GetObject on Output/out/*",
      "s3:GetObject on SourceBucket/in/*",
      "s3:ListBucket on Output",
      "s3:ListBucket on SourceBucket",
      "s3:ListMultipartUploadParts on Output/out/*",
      "s3:PutObject on Output/out/*",
      "sqs:SendMessage on WorkerFailures",
    ]);
  });

  it("takes its limits and names from props", () => {
    templateOf({
      timeout: Duration.seconds(6),
      memorySize: 512,
      ephemeralStorageSize: Size.gibibytes(5),
      batchSize: 50,
      onChanged: "restart",
      onBrokenRecord: "skip",
      sourcePrefix: "todo/",
      outputPrefix: "done/",
      environment: { MAX_BYTES_PER_SECOND: "1000" },
    }).hasResourceProperties("AWS::Lambda::Function", {
      ...worker,
      Timeout: 6,
      MemorySize: 512,
      EphemeralStorage: { Size: 5120 },
      Environment: {
        Variables: {
          BATCH_SIZE: "50",
          ON_CHANGED: "restart",
          ON_BROKEN_RECORD: "skip",
          SOURCE_PREFIX: "todo/",
          OUTPUT_PREFIX: "done/",
          TMP_MAX_BYTES: String(4096 * 1024 * 1024),
          MAX_BYTES_PER_SECOND: "1000",
        },
      },
    });
  });
});

it("several of one stack have buckets of their own", () => {
  const two = templateWith((stack) => {
    for (const id of ["One", "Two"]) new ObjectTransform(stack, id, { entry });
  });
  const names = Object.values(two.findResources("AWS::S3::Bucket")).flatMap(({ Properties: { BucketName: name } }) =>
    name === undefined ? [] : [JSON.stringify(name)],
  );
  expect(new Set(names).size).toBe(2);
});

describe("the function's memory", () => {
  it("is kept from growing with the length of a run", () => {
    template.hasResourceProperties("AWS::Lambda::Function", {
      ...worker,
      Environment: { Variables: { NODE_OPTIONS: "--max-semi-space-size=16", MALLOC_MMAP_THRESHOLD_: "65536" } },
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

  it.each([
    ["a week, unless it is set", {}, 604_800_000, 14],
    ["a fraction of a day", { maxDuration: Duration.hours(25) }, 90_000_000, 9],
    ["a month", { maxDuration: Duration.days(30) }, 2_592_000_000, 37],
  ])("keeps what a run needs for a week longer than a run may take: %s", (_case, props, maxDurationMs, days) => {
    const template = templateOf(props);
    template.hasResourceProperties("AWS::S3::Bucket", {
      LifecycleConfiguration: {
        Rules: [
          { AbortIncompleteMultipartUpload: { DaysAfterInitiation: days }, Status: "Enabled" },
          { ExpirationInDays: days, Prefix: "out/.longhaul/", Status: "Enabled" },
        ],
      },
    });
    template.hasResourceProperties("AWS::Lambda::Function", {
      Environment: { Variables: { MAX_DURATION_MS: String(maxDurationMs) } },
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
  const settings = (context: Record<string, unknown>) => ObjectTransform.settingsFromContext(stackWith(context));

  it("are text or JSON", () => {
    const expected = {
      timeout: Duration.seconds(6),
      batchSize: 50,
      trigger: "eventbridge",
      removalPolicy: RemovalPolicy.DESTROY,
    };
    expect(settings({ timeoutSeconds: "6", batchSize: "50", trigger: "eventbridge", data: "delete" })).toEqual(
      expected,
    );
    expect(settings({ timeoutSeconds: 6, batchSize: 50, trigger: "eventbridge", data: "delete" })).toEqual(expected);
  });

  it("leave the construct's defaults where nothing is set", () => {
    expect(settings({})).toEqual({});
  });

  it.each([
    ["timeoutSeconds", "soon", 'must be a whole number above 0; it is "soon"'],
    ["batchSize", "0", "above 0"],
    ["batchSize", "", "above 0"],
    ["memoryMb", 1.5, "above 0"],
    ["onChanged", "ignore", "must be restart or fail"],
    ["onBrokenRecord", "retry", "must be fail or skip"],
    ["trigger", "cron", 'must be notification or eventbridge; it is "cron"'],
    ["data", true, "must be keep or delete"],
  ])("%s=%s is refused", (setting, value, message) => {
    expect(() => settings({ [setting]: value })).toThrow(
      expect.objectContaining({ code: "SETTING", setting, message: expect.stringContaining(message) }),
    );
  });
});
