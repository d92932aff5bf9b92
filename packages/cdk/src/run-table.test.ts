import { Duration, RemovalPolicy } from "aws-cdk-lib";
import { Match } from "aws-cdk-lib/assertions";
import { describe, expect, it } from "vitest";
import { permissionsOf } from "../test/policies.ts";
import { emptyStack, handlerFile as entry, templateOf } from "../test/synthesize.ts";
import { RecursiveFunction } from "./recursive-function.ts";
import { RunTable, type RunTableProps } from "./run-table.ts";

const withProps = (props: RunTableProps = {}) =>
  templateOf((stack) => {
    new RecursiveFunction(stack, "Worker", { entry, runTable: new RunTable(stack, "Runs", props) });
  });

describe("a RunTable keeps one record per run", () => {
  it("by its id, on demand, until the record expires", () => {
    withProps().hasResourceProperties("AWS::DynamoDB::Table", {
      KeySchema: [{ AttributeName: "run", KeyType: "HASH" }],
      AttributeDefinitions: [
        { AttributeName: "run", AttributeType: "S" },
        { AttributeName: "live", AttributeType: "S" },
        { AttributeName: "dueAtMs", AttributeType: "N" },
        { AttributeName: "status", AttributeType: "S" },
        { AttributeName: "changedAtMs", AttributeType: "N" },
      ],
      BillingMode: "PAY_PER_REQUEST",
      TimeToLiveSpecification: { AttributeName: "ttl", Enabled: true },
      PointInTimeRecoverySpecification: Match.absent(),
    });
  });

  it("with an index of those that are due, and one by status, of the keys alone", () => {
    const keys = (partition: string, sort: string) => [
      { AttributeName: partition, KeyType: "HASH" },
      { AttributeName: sort, KeyType: "RANGE" },
    ];
    const Projection = { ProjectionType: "KEYS_ONLY" };
    withProps().hasResourceProperties("AWS::DynamoDB::Table", {
      GlobalSecondaryIndexes: [
        { IndexName: "live", KeySchema: keys("live", "dueAtMs"), Projection },
        { IndexName: "status", KeySchema: keys("status", "changedAtMs"), Projection },
      ],
    });
  });

  it("which hops read and write, and nothing but the table", () => {
    const dynamodb = permissionsOf(withProps(), "Worker").filter((permission) => permission.startsWith("dynamodb:"));
    expect(dynamodb).toEqual([
      expect.stringMatching(/^dynamodb:GetItem on RunsTable\w+\.Arn$/),
      expect.stringMatching(/^dynamodb:UpdateItem on RunsTable\w+\.Arn$/),
    ]);
  });

  it("and outlives its stack unless told otherwise", () => {
    withProps().hasResource("AWS::DynamoDB::Table", { DeletionPolicy: "Retain", UpdateReplacePolicy: "Retain" });
    withProps({ removalPolicy: RemovalPolicy.DESTROY }).hasResource("AWS::DynamoDB::Table", {
      DeletionPolicy: "Delete",
    });
  });

  it("with continuous backups on request", () => {
    withProps({ pointInTimeRecovery: true }).hasResourceProperties("AWS::DynamoDB::Table", {
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    });
  });
});

describe("a RunTable brings its sweeper", () => {
  it("every minute, over runs that have been due for a minute", () => {
    const template = withProps();
    template.hasResourceProperties("AWS::Events::Rule", {
      ScheduleExpression: "rate(1 minute)",
      State: "ENABLED",
      Targets: [{ Arn: { "Fn::GetAtt": [Match.stringLikeRegexp("^RunsSweeperFunction"), "Arn"] } }],
    });
    template.hasResourceProperties("AWS::Lambda::Function", {
      Environment: {
        Variables: {
          LONGHAUL_RUN_TABLE: { Ref: Match.stringLikeRegexp("^RunsTable") },
          LONGHAUL_RESUME_AFTER_MS: "60000",
        },
      },
      ReservedConcurrentExecutions: Match.absent(),
    });
  });

  it("or as told", () => {
    const template = withProps({ sweepEvery: Duration.minutes(5), resumeAfter: Duration.seconds(90) });
    template.hasResourceProperties("AWS::Events::Rule", { ScheduleExpression: "rate(5 minutes)" });
    template.hasResourceProperties("AWS::Lambda::Function", {
      Environment: { Variables: { LONGHAUL_RESUME_AFTER_MS: "90000" } },
    });
  });

  it("which is started by its own rule only", () => {
    withProps().hasResourceProperties("AWS::Lambda::Permission", {
      Action: "lambda:InvokeFunction",
      FunctionName: { "Fn::GetAtt": [Match.stringLikeRegexp("^RunsSweeperFunction"), "Arn"] },
      Principal: "events.amazonaws.com",
      SourceArn: { "Fn::GetAtt": [Match.stringLikeRegexp("^RunsSweeperSchedule"), "Arn"] },
    });
  });

  it("which is not retried: the next sweep is a minute away", () => {
    withProps().hasResourceProperties("AWS::Lambda::EventInvokeConfig", {
      FunctionName: { Ref: Match.stringLikeRegexp("^RunsSweeperFunction") },
      MaximumRetryAttempts: 0,
    });
  });

  it("which may read the index of what is due, mark records, and invoke the functions named to it", () => {
    expect(permissionsOf(withProps(), "RunsSweeperRole")).toEqual([
      expect.stringMatching(/^dynamodb:Query on RunsTable\w+\.Arn\/index\/live$/),
      expect.stringMatching(/^dynamodb:UpdateItem on RunsTable\w+\.Arn$/),
      expect.stringMatching(/^lambda:InvokeFunction on WorkerFunction\w+\.Arn$/),
      expect.stringMatching(/^lambda:InvokeFunction on WorkerFunction\w+\.Arn:\*$/),
      expect.stringMatching(/^logs:CreateLogStream on RunsSweeperLogs\w+\.Arn$/),
      expect.stringMatching(/^logs:PutLogEvents on RunsSweeperLogs\w+\.Arn$/),
    ]);
  });

  it("and serves several functions", () => {
    const template = templateOf((stack) => {
      const runTable = new RunTable(stack, "Runs");
      for (const id of ["Reader", "Writer"]) new RecursiveFunction(stack, id, { entry, runTable });
    });
    const invokable = permissionsOf(template, "RunsSweeperRole").filter((permission) =>
      permission.startsWith("lambda:"),
    );
    expect(invokable).toHaveLength(4);
  });
});

describe("a RunTable refuses", () => {
  it.each<[string, RunTableProps, string]>([
    ["sweepEvery", { sweepEvery: Duration.seconds(30) }, "whole number of minutes"],
    ["sweepEvery", { sweepEvery: Duration.seconds(90) }, "whole number of minutes"],
    ["resumeAfter", { resumeAfter: Duration.millis(0) }, "whole number of seconds"],
  ])("%s: %o", (prop, props, message) => {
    const build = () => new RunTable(emptyStack(), "Runs", props);
    expect(build).toThrow(
      expect.objectContaining({ code: "INVALID_PROP", prop, message: expect.stringContaining(message) }),
    );
  });

  it("to be deployed with a sweeper that may resume nothing", () => {
    const build = () => templateOf((stack) => void new RunTable(stack, "Runs"));
    expect(build).toThrow("Test/Runs resumes no function");
  });
});
