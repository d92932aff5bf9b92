import { Duration, Size } from "aws-cdk-lib";
import { Match } from "aws-cdk-lib/assertions";
import { Runtime } from "aws-cdk-lib/aws-lambda";
import { Bucket } from "aws-cdk-lib/aws-s3";
import { Queue } from "aws-cdk-lib/aws-sqs";
import { describe, expect, it } from "vitest";
import { permissionsOf } from "../test/policies.ts";
import { emptyStack, handlerFile as entry, templateOf } from "../test/synthesize.ts";
import { RecursiveFunction, type RecursiveFunctionProps } from "./recursive-function.ts";
import { RunTable } from "./run-table.ts";

const withProps = (props: Partial<RecursiveFunctionProps> = {}) =>
  templateOf((stack) => {
    new RecursiveFunction(stack, "Worker", { entry, ...props });
  });

const withTable = templateOf((stack) => {
  const runTable = new RunTable(stack, "Runs");
  new RecursiveFunction(stack, "Worker", { entry, runTable });
});

describe("a RecursiveFunction may recurse", () => {
  it("is exempt from Lambda's recursive-loop detection and tells the handler so", () => {
    withProps().hasResourceProperties("AWS::Lambda::Function", {
      RecursiveLoop: "Allow",
      Environment: { Variables: { LONGHAUL_RECURSIVE_LOOP: "Allow" } },
    });
  });

  it("may invoke itself, on any alias or version, and nothing else", () => {
    expect(permissionsOf(withProps()).filter((permission) => permission.startsWith("lambda:"))).toEqual([
      expect.stringMatching(/^lambda:InvokeFunction on WorkerFunction\w+\.Arn$/),
      expect.stringMatching(/^lambda:InvokeFunction on WorkerFunction\w+\.Arn:\*$/),
    ]);
  });

  it("or not, if its runs continue another way", () => {
    const permissions = permissionsOf(withProps({ mayInvokeItself: false }));
    expect(permissions.filter((permission) => permission.startsWith("lambda:"))).toEqual([]);
  });

  it("does so without a circle of dependencies, which CloudFormation and `Template.fromStack` refuse", () => {
    expect(() => withProps()).not.toThrow();
  });
});

describe("a RecursiveFunction that wakes on time", () => {
  const template = withProps({ wakesOnTime: true });

  it("may make schedules in its own group, with a role that may invoke it and nothing else", () => {
    expect(permissionsOf(template, "WorkerWakingRole")).toEqual([
      expect.stringMatching(/^lambda:InvokeFunction on WorkerFunction\w+\.Arn$/),
      expect.stringMatching(/^lambda:InvokeFunction on WorkerFunction\w+\.Arn:\*$/),
    ]);
    const own = permissionsOf(template).filter((permission) => /^(iam|scheduler):/.test(permission));
    expect(own).toEqual([
      expect.stringMatching(/^iam:PassRole on WorkerWakingRole\w+\.Arn$/),
      expect.stringMatching(/^scheduler:CreateSchedule on .*:schedule\/\$\{WorkerWakingSchedules\w+\}\/\*$/),
    ]);
  });

  it("tells its handler role and group; only EventBridge Scheduler may assume the role, for that group", () => {
    const [group] = Object.keys(template.findResources("AWS::Scheduler::ScheduleGroup"));
    const roleArn = { "Fn::GetAtt": [Match.stringLikeRegexp("^WorkerWakingRole"), "Arn"] };
    template.hasResourceProperties("AWS::Lambda::Function", {
      Environment: {
        Variables: Match.objectLike({ LONGHAUL_WAKE_ROLE: roleArn, LONGHAUL_WAKE_GROUP: { Ref: group } }),
      },
    });
    template.hasResourceProperties("AWS::IAM::Role", {
      AssumeRolePolicyDocument: {
        Statement: [
          {
            ...{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "scheduler.amazonaws.com" } },
            Condition: {
              StringEquals: {
                "aws:SourceAccount": { Ref: "AWS::AccountId" },
                "aws:SourceArn": { "Fn::GetAtt": [group, "Arn"] },
              },
            },
          },
        ],
      },
    });
  });

  it("through a queue has a role that may not invoke it, but that can be let send to the queue", () => {
    const queued = templateOf((stack) => {
      const worker = new RecursiveFunction(stack, "Worker", { entry, mayInvokeItself: false, wakesOnTime: true });
      if (worker.wakeRole) new Queue(stack, "Hops").grantSendMessages(worker.wakeRole);
    });
    const permissions = permissionsOf(queued);
    expect(permissions.filter((permission) => permission.startsWith("lambda:"))).toEqual([]);
    expect(permissions).toContainEqual(expect.stringMatching(/^sqs:SendMessage on Hops\w+\.Arn$/));
  });

  it("is not made unless it is asked for", () => {
    withProps().resourceCountIs("AWS::Scheduler::ScheduleGroup", 0);
    expect(JSON.stringify(withProps().toJSON())).not.toMatch(/scheduler|LONGHAUL_WAKE/);
  });
});

describe("a RecursiveFunction loses no event", () => {
  it("tries a failed hop twice more and keeps throttled events for 6 hours", () => {
    withProps().hasResourceProperties("AWS::Lambda::EventInvokeConfig", {
      MaximumRetryAttempts: 2,
      MaximumEventAgeInSeconds: 21_600,
      DestinationConfig: {
        OnFailure: { Destination: { "Fn::GetAtt": [Match.stringLikeRegexp("^WorkerFailures"), "Arn"] } },
      },
    });
  });

  it("keeps what fails for good encrypted for 14 days", () => {
    withProps().hasResourceProperties("AWS::SQS::Queue", {
      SqsManagedSseEnabled: true,
      MessageRetentionPeriod: 1_209_600,
    });
  });

  it("takes other retries and ages", () => {
    withProps({ retryAttempts: 0, maxEventAge: Duration.minutes(5) }).hasResourceProperties(
      "AWS::Lambda::EventInvokeConfig",
      {
        MaximumRetryAttempts: 0,
        MaximumEventAgeInSeconds: 300,
      },
    );
  });
});

describe("a RecursiveFunction's settings", () => {
  it("default to the longest hop on the newest supported runtime and arm64, with JSON logs for a month", () => {
    const template = withProps();
    template.hasResourceProperties("AWS::Lambda::Function", {
      Handler: "index.handler",
      Runtime: "nodejs24.x",
      Architectures: ["arm64"],
      Timeout: 900,
      MemorySize: 1024,
      LoggingConfig: { LogFormat: "JSON", LogGroup: { Ref: Match.stringLikeRegexp("^WorkerLogs") } },
      TracingConfig: Match.absent(),
      ReservedConcurrentExecutions: Match.absent(),
    });
    template.hasResourceProperties("AWS::Logs::LogGroup", { RetentionInDays: 30 });
  });

  it("can be chosen", () => {
    withProps({
      handler: "work",
      runtime: Runtime.NODEJS_22_X,
      timeout: Duration.seconds(20),
      memorySize: 2048,
      ephemeralStorageSize: Size.gibibytes(4),
      reservedConcurrentExecutions: 3,
      environment: { BATCH_SIZE: "500" },
      bundling: { sourceMap: true },
      description: "counts",
    }).hasResourceProperties("AWS::Lambda::Function", {
      Handler: "index.work",
      Runtime: "nodejs22.x",
      Timeout: 20,
      MemorySize: 2048,
      EphemeralStorage: { Size: 4096 },
      ReservedConcurrentExecutions: 3,
      Environment: { Variables: { BATCH_SIZE: "500", NODE_OPTIONS: "--enable-source-maps" } },
      Description: "counts",
    });
  });

  it("include an alarm on dropped hops only on request", () => {
    withProps().resourceCountIs("AWS::CloudWatch::Alarm", 0);
    withProps({ alarmOnDroppedHops: true }).hasResourceProperties("AWS::CloudWatch::Alarm", {
      MetricName: "RecursiveInvocationsDropped",
      Namespace: "AWS/Lambda",
      Threshold: 1,
    });
  });
});

describe("a RecursiveFunction's role holds what a run needs and nothing else", () => {
  it("without a table: its log group, its failures, itself", () => {
    const template = withProps();
    expect(permissionsOf(template)).toEqual([
      expect.stringMatching(/^lambda:InvokeFunction on WorkerFunction\w+\.Arn$/),
      expect.stringMatching(/^lambda:InvokeFunction on WorkerFunction\w+\.Arn:\*$/),
      expect.stringMatching(/^logs:CreateLogStream on WorkerLogs\w+\.Arn$/),
      expect.stringMatching(/^logs:PutLogEvents on WorkerLogs\w+\.Arn$/),
      expect.stringMatching(/^sqs:SendMessage on WorkerFailures\w+\.Arn$/),
    ]);
    template.hasResourceProperties("AWS::IAM::Role", { ManagedPolicyArns: Match.absent() });
  });

  it("with a table: single records, no scan, no delete", () => {
    expect(permissionsOf(withTable, "WorkerRole").filter((permission) => permission.startsWith("dynamodb:"))).toEqual([
      expect.stringMatching(/^dynamodb:GetItem on RunsTable\w+\.Arn$/),
      expect.stringMatching(/^dynamodb:UpdateItem on RunsTable\w+\.Arn$/),
    ]);
    withTable.hasResourceProperties("AWS::Lambda::Function", {
      Environment: { Variables: { LONGHAUL_RUN_TABLE: { Ref: Match.stringLikeRegexp("^RunsTable") } } },
    });
  });

  it("never names the resource *", () => {
    expect(permissionsOf(withTable).filter((permission) => permission.endsWith(" on *"))).toEqual([]);
  });

  it("grows through the usual CDK grants", () => {
    const template = templateOf((stack) => {
      new Bucket(stack, "Source").grantRead(new RecursiveFunction(stack, "Worker", { entry }));
    });
    expect(permissionsOf(template, "WorkerRole")).toContainEqual(
      expect.stringMatching(/^s3:GetObject\* on Source\w+\.Arn/),
    );
  });
});

describe("a RecursiveFunction refuses before deployment what Lambda would refuse in the middle of it", () => {
  it.each<[string, Partial<RecursiveFunctionProps>, RegExp]>([
    [
      "timeout",
      { timeout: Duration.seconds(901) },
      /Test\/Worker: timeout must be a whole number from 1 to 900 s; it is 901/,
    ],
    ["timeout", { timeout: Duration.millis(1500) }, /it is 1.5/],
    ["timeout", { timeout: Duration.seconds(0) }, /it is 0/],
    ["memorySize", { memorySize: 64 }, /from 128 to 10240 MB/],
    ["ephemeralStorageSize", { ephemeralStorageSize: Size.mebibytes(100) }, /from 512 to 10240 MiB/],
    ["retryAttempts", { retryAttempts: 3 }, /from 0 to 2; it is 3/],
    ["maxEventAge", { maxEventAge: Duration.hours(7) }, /from 60 to 21600 s; it is 25200/],
    ["reservedConcurrentExecutions", { reservedConcurrentExecutions: -1 }, /it is -1/],
    ["runtime", { runtime: Runtime.PYTHON_3_13 }, /must be a Node.js runtime; it is python3.13/],
    ["environment", { environment: { LONGHAUL_RUN_TABLE: "mine" } }, /may not set LONGHAUL_RUN_TABLE/],
  ])("%s: %o", (prop, props, message) => {
    const build = () => new RecursiveFunction(emptyStack(), "Worker", { entry, ...props });
    expect(build).toThrow(
      expect.objectContaining({ code: "INVALID_PROP", prop, message: expect.stringMatching(message) }),
    );
  });
});
