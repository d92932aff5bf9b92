import { fileURLToPath } from "node:url";
import { LoopFleet, type LoopFleetProps } from "@longhaul/cdk";
import { type PolicyTemplate, statedPermissions } from "@longhaul/local/testing";
import { App, Duration, RemovalPolicy, Stack } from "aws-cdk-lib";
import { Match, Template } from "aws-cdk-lib/assertions";
import { describe, expect, it } from "vitest";
import { fleetSettings } from "../src/fleet-settings.ts";

const entry = fileURLToPath(new URL("two-queues/handler.ts", import.meta.url));

function fleetOf(props: Partial<LoopFleetProps> = {}): LoopFleet {
  // No template depends on the bundles, so they are left out the way `cdk ls` does it. Throws where CloudFormation would.
  const app = new App({
    context: { "aws:cdk:bundling-stacks": [], "@aws-cdk/core:validateAgainstDefaultRules": true },
  });
  return new LoopFleet(new Stack(app, "Test"), "Fleet", { entry, ...props });
}

function templateOf(props: Partial<LoopFleetProps> = {}): Template {
  return Template.fromStack(Stack.of(fleetOf(props)));
}

const template = templateOf();
const loop = { Description: Match.stringLikeRegexp("^Runs the loops") };

/** A role's permissions as `action on resource`, without what CDK and the platform fill in. */
const permissionsOf = (from: Template, construct: string) =>
  statedPermissions(
    from.toJSON() as PolicyTemplate,
    (id) => id.startsWith(`Fleet${construct}Role`) || id.startsWith(`Fleet${construct}Continue`),
  );

describe("[S4.2] the token table", () => {
  it("is keyed by queue and token, and forgets ended tokens", () => {
    template.hasResourceProperties("AWS::DynamoDB::Table", {
      KeySchema: [
        { AttributeName: "queue_url", KeyType: "HASH" },
        { AttributeName: "token", KeyType: "RANGE" },
      ],
      BillingMode: "PAY_PER_REQUEST",
      TimeToLiveSpecification: { AttributeName: "ttl", Enabled: true },
    });
  });

  it("goes with the stack, unless told otherwise", () => {
    template.allResources("AWS::DynamoDB::Table", { DeletionPolicy: "Delete" });
    templateOf({ removalPolicy: RemovalPolicy.RETAIN }).allResources("AWS::DynamoDB::Table", {
      DeletionPolicy: "Retain",
    });
  });
});

describe("[S4.1] a queue", () => {
  it("has dead letters, which get what failed five times", () => {
    template.hasResourceProperties("AWS::SQS::Queue", {
      VisibilityTimeout: 60,
      RedrivePolicy: {
        deadLetterTargetArn: { "Fn::GetAtt": [Match.stringLikeRegexp("^FleetMessagesDeadLetters"), "Arn"] },
        maxReceiveCount: 5,
      },
    });
  });

  it("and its dead letters are encrypted, and closed to plain HTTP", () => {
    template.resourceCountIs("AWS::SQS::Queue", 3);
    template.allResourcesProperties("AWS::SQS::Queue", { SqsManagedSseEnabled: true });
    template.resourcePropertiesCountIs(
      "AWS::SQS::QueuePolicy",
      {
        PolicyDocument: {
          Statement: [Match.objectLike({ Effect: "Deny", Condition: { Bool: { "aws:SecureTransport": "false" } } })],
        },
      },
      3,
    );
  });
});

describe("[S4.7] staggered alarms on a queue's depth", () => {
  const thresholds = (from: Template) =>
    Object.values(from.findResources("AWS::CloudWatch::Alarm")).map(({ Properties }) => Properties.Threshold);

  it("at 100, 1,000 and 10,000 messages, or as told", () => {
    expect(thresholds(template)).toEqual([100, 1_000, 10_000]);
    expect(thresholds(templateOf({ queues: { Messages: { alarmsAt: [7] } } }))).toEqual([7]);
  });

  it("tell one topic of their begin, and another of their end", () => {
    template.allResourcesProperties("AWS::CloudWatch::Alarm", {
      Namespace: "AWS/SQS",
      MetricName: "ApproximateNumberOfMessagesVisible",
      Dimensions: [
        { Name: "QueueName", Value: { "Fn::GetAtt": [Match.stringLikeRegexp("^FleetMessagesQueue"), "QueueName"] } },
      ],
      Statistic: "Maximum",
      Period: 60,
      EvaluationPeriods: 1,
      ComparisonOperator: "GreaterThanThreshold",
      TreatMissingData: "notBreaching",
      AlarmActions: [{ Ref: Match.stringLikeRegexp("^FleetUpTopic") }],
      OKActions: [{ Ref: Match.stringLikeRegexp("^FleetDownTopic") }],
      InsufficientDataActions: Match.absent(),
    });
    for (const [topic, target] of [
      ["Up", "ScaleUp"],
      ["Down", "ScaleDown"],
    ]) {
      template.hasResourceProperties("AWS::SNS::Subscription", {
        Protocol: "lambda",
        TopicArn: { Ref: Match.stringLikeRegexp(`^Fleet${topic}Topic`) },
        Endpoint: { "Fn::GetAtt": [Match.stringLikeRegexp(`^Fleet${target}Function`), "Arn"] },
      });
    }
  });

  it("from this account only, as only CloudWatch may publish", () => {
    template.resourceCountIs("AWS::SNS::TopicPolicy", 2);
    template.allResourcesProperties("AWS::SNS::TopicPolicy", {
      PolicyDocument: {
        Statement: [
          Match.objectLike({ Effect: "Deny", Condition: { Bool: { "aws:SecureTransport": "false" } } }),
          Match.objectLike({
            Effect: "Allow",
            Action: "sns:Publish",
            Principal: { Service: "cloudwatch.amazonaws.com" },
            Condition: { StringEquals: { "aws:SourceAccount": { Ref: "AWS::AccountId" } } },
          }),
        ],
      },
    });
  });

  it("or call the functions themselves", () => {
    const direct = templateOf({ alarmPath: "lambda" });
    direct.resourceCountIs("AWS::SNS::Topic", 0);
    direct.allResourcesProperties("AWS::CloudWatch::Alarm", {
      AlarmActions: [{ "Fn::GetAtt": [Match.stringLikeRegexp("^FleetScaleUpFunction"), "Arn"] }],
      OKActions: [{ "Fn::GetAtt": [Match.stringLikeRegexp("^FleetScaleDownFunction"), "Arn"] }],
    });
    direct.resourcePropertiesCountIs(
      "AWS::Lambda::Permission",
      { Principal: "lambda.alarms.cloudwatch.amazonaws.com" },
      6,
    );
  });
});

describe("the functions", () => {
  it("[S4.1] loops may invoke themselves for ever", () => {
    template.hasResourceProperties("AWS::Lambda::Function", {
      ...loop,
      RecursiveLoop: "Allow",
      Timeout: 900,
      MemorySize: 256,
    });
  });

  it("[S4.4] restart runs every minute, and is not retried", () => {
    template.hasResourceProperties("AWS::Events::Rule", {
      ScheduleExpression: "rate(1 minute)",
      Targets: [Match.objectLike({ Arn: { "Fn::GetAtt": [Match.stringLikeRegexp("^FleetRestartFunction"), "Arn"] } })],
    });
    template.hasResourceProperties("AWS::Lambda::EventInvokeConfig", {
      FunctionName: { Ref: Match.stringLikeRegexp("^FleetRestartFunction") },
      MaximumRetryAttempts: 0,
    });
    templateOf({ restartEvery: Duration.minutes(5) }).hasResourceProperties("AWS::Events::Rule", {
      ScheduleExpression: "rate(5 minutes)",
    });
  });

  it.each([
    [
      "Loop",
      [
        "dynamodb:GetItem on FleetTokens",
        "dynamodb:PutItem on FleetTokens",
        "lambda:InvokeFunction on FleetLoopFunction",
        "lambda:InvokeFunction on FleetLoopFunction:*",
        "logs:CreateLogStream on FleetLoopLogs",
        "logs:PutLogEvents on FleetLoopLogs",
        "sqs:ChangeMessageVisibility on FleetMessagesQueue",
        "sqs:DeleteMessage on FleetMessagesQueue",
        "sqs:ReceiveMessage on FleetMessagesQueue",
        "sqs:SendMessage on FleetLoopFailures",
      ],
    ],
    [
      "Restart",
      [
        "dynamodb:PutItem on FleetTokens",
        "dynamodb:Query on FleetTokens",
        "dynamodb:Scan on FleetTokens",
        "lambda:InvokeFunction on FleetLoopFunction",
        "logs:CreateLogStream on FleetRestartLogs",
        "logs:PutLogEvents on FleetRestartLogs",
        "sqs:GetQueueAttributes on FleetMessagesQueue",
      ],
    ],
    ...["ScaleUp", "Start"].map((name): [string, string[]] => [
      name,
      [
        "dynamodb:PutItem on FleetTokens",
        "dynamodb:Query on FleetTokens",
        "lambda:InvokeFunction on FleetLoopFunction",
        `logs:CreateLogStream on Fleet${name}Logs`,
        `logs:PutLogEvents on Fleet${name}Logs`,
      ],
    ]),
    ...["ScaleDown", "Stop"].map((name): [string, string[]] => [
      name,
      [
        "dynamodb:PutItem on FleetTokens",
        "dynamodb:Query on FleetTokens",
        `logs:CreateLogStream on Fleet${name}Logs`,
        `logs:PutLogEvents on Fleet${name}Logs`,
      ],
    ]),
  ] as [string, string[]][])("%s may do what it is for, and nothing else", (name, permissions) => {
    expect(permissionsOf(template, name)).toEqual(permissions);
  });

  it("only those that start loops know which function runs them", () => {
    const knowing = template.findResources("AWS::Lambda::Function", {
      Properties: { Environment: { Variables: { LOOP_FUNCTION: Match.anyValue() } } },
    });
    expect(
      Object.keys(knowing)
        .map((id) => id.replace(/^Fleet|Function\w+$/g, ""))
        .sort(),
    ).toEqual(["Restart", "ScaleUp", "Start"]);
  });
});

describe("[S4.8] several queues on one set of functions", () => {
  const two = templateOf({
    queues: {
      Orders: { processor: "orders", minLoops: 2, batchSize: 5 },
      Mails: { processor: "mails", alarmsAt: [50] },
    },
  });

  it("are told to the functions as settings that they can read", () => {
    const [{ Properties } = { Properties: {} }] = Object.values(
      two.findResources("AWS::Lambda::Function", { Properties: loop }),
    );
    const [, pieces] = Properties.Environment.Variables.QUEUES["Fn::Join"];
    let queues = 0;
    const QUEUES = pieces
      .map((piece: unknown) =>
        typeof piece === "string" ? piece : `https://sqs.eu-central-1.amazonaws.com/123456789012/q${++queues}`,
      )
      .join("");
    expect(fleetSettings({ QUEUES, TOKEN_TABLE: "tokens" }).queues).toMatchObject([
      { processor: "orders", minLoops: 2, batchSize: 5 },
      { processor: "mails", batchSize: 10 },
    ]);
  });

  it("with alarms, dead letters and outputs of their own", () => {
    two.resourceCountIs("AWS::CloudWatch::Alarm", 4);
    expect(Object.keys(fleetOf({ queues: { Orders: {}, Mails: {} } }).outputs)).toEqual([
      "OrdersQueueUrl",
      "OrdersDeadLettersUrl",
      "MailsQueueUrl",
      "MailsDeadLettersUrl",
      "TokenTableName",
      "FunctionName",
      "RestartFunctionName",
      "ScaleUpFunctionName",
      "ScaleDownFunctionName",
      "StartFunctionName",
      "StopFunctionName",
      "FailuresQueueUrl",
    ]);
  });
});

describe("the template", () => {
  it("has no resource type that nobody asked for, so no function of CDK's own", () => {
    const resources: Record<string, { Type: string }> = template.toJSON().Resources;
    expect([...new Set(Object.values(resources).map(({ Type }) => Type))].sort()).toEqual([
      "AWS::CloudWatch::Alarm",
      "AWS::DynamoDB::Table",
      "AWS::Events::Rule",
      "AWS::IAM::Policy",
      "AWS::IAM::Role",
      "AWS::Lambda::EventInvokeConfig",
      "AWS::Lambda::Function",
      "AWS::Lambda::Permission",
      "AWS::Logs::LogGroup",
      "AWS::SNS::Subscription",
      "AWS::SNS::Topic",
      "AWS::SNS::TopicPolicy",
      "AWS::SQS::Queue",
      "AWS::SQS::QueuePolicy",
    ]);
    template.resourceCountIs("AWS::Lambda::Function", 6);
  });
});

describe("settings from the command line", () => {
  const settings = (context: Record<string, unknown>) => LoopFleet.settingsFromContext(new App({ context }));

  it("are text or JSON", () => {
    const expected = {
      queues: { Messages: { minLoops: 2, maxLoops: 5, cooldownSeconds: 9, visibilitySeconds: 30, alarmsAt: [10, 40] } },
      timeout: Duration.seconds(30),
      memorySize: 512,
      alarmPath: "lambda",
      removalPolicy: RemovalPolicy.RETAIN,
    };
    const common = { cooldownSeconds: "9", visibilitySeconds: 30, alarmPath: "lambda", data: "keep" };
    expect(
      settings({ timeoutSeconds: "30", memoryMb: "512", minLoops: "2", maxLoops: "5", alarmsAt: "10,40", ...common }),
    ).toEqual(expected);
    expect(
      settings({ timeoutSeconds: 30, memoryMb: 512, minLoops: 2, maxLoops: 5, alarmsAt: [10, 40], ...common }),
    ).toEqual(expected);
  });

  it("leave the stack's defaults where nothing is set", () => {
    expect(settings({})).toEqual({});
  });

  it.each([
    ["timeoutSeconds", "soon", 'must be a whole number above 0; it is "soon"'],
    ["minLoops", "0", "above 0"],
    ["alarmsAt", "10,", "above 0"],
    ["alarmsAt", "10,x", "above 0"],
    ["alarmPath", "email", "must be sns or lambda"],
    ["data", true, "must be keep or delete"],
  ])("%s=%s is refused", (setting, value, message) => {
    expect(() => settings({ [setting]: value })).toThrow(
      expect.objectContaining({ code: "SETTING", setting, message: expect.stringContaining(message) }),
    );
  });
});
